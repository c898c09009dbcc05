"""What the sandbox provider can be told to do wrong, as a form."""

from __future__ import annotations

from dataclasses import asdict

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.domains.finance.ports import Misbehaviour


class MisbehaviourForm(forms.Form):
    """The fields of Misbehaviour."""

    slow_seconds = forms.FloatField(
        label=_("每次应答慢几秒"),
        help_text=_("超过 10 秒等于没有回音，但款项照退。"),
        min_value=0,
        max_value=60,
    )
    is_down = forms.BooleanField(label=_("停机：什么都不做"), required=False)
    refuses_always = forms.BooleanField(label=_("一律拒绝"), required=False)
    fail_next = forms.IntegerField(label=_("接下来拒绝几笔"), min_value=0, max_value=1000)
    lose_next = forms.IntegerField(
        label=_("接下来丢失几次应答"),
        help_text=_("款项照退，但我方收不到应答。"),
        min_value=0,
        max_value=1000,
    )
    pending_seconds = forms.IntegerField(
        label=_("先答“处理中”，几秒后再完成"),
        help_text=_("留空则立即完成。"),
        min_value=0,
        max_value=86_400,
        required=False,
    )
    pending_fails = forms.BooleanField(label=_("处理中的退款最后失败"), required=False)
    duplicates_callbacks = forms.BooleanField(label=_("每个回调发两遍"), required=False)
    reorders_callbacks = forms.BooleanField(label=_("回调乱序"), required=False)
    corrupts_amount = forms.BooleanField(label=_("回调金额差一分"), required=False)
    drops_callbacks = forms.BooleanField(label=_("不发回调"), required=False)

    @classmethod
    def of(cls, wrong: Misbehaviour) -> MisbehaviourForm:
        """Return the form filled with what holds now."""
        return cls(initial=asdict(wrong))

    def wanted(self) -> Misbehaviour:
        """Return what was asked for; the form is valid."""
        return Misbehaviour(**self.cleaned_data)
