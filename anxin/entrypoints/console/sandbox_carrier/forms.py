"""How the sandbox carrier can be told to behave, as a form."""

from __future__ import annotations

from dataclasses import asdict

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.domains.deliveries.ports import CarrierMood


class MoodForm(forms.Form):
    """The fields of CarrierMood."""

    moves_by_itself = forms.BooleanField(label=_("包裹自动前进"), required=False)
    step_seconds = forms.IntegerField(
        label=_("每一步几秒"),
        help_text=_("揽收、在途、送达各一步；真实世界里是几小时。"),
        min_value=1,
        max_value=86_400,
    )
    slow_seconds = forms.FloatField(
        label=_("每次应答慢几秒"),
        help_text=_("超过 10 秒等于没有回音，但预约照收。"),
        min_value=0,
        max_value=60,
    )
    is_down = forms.BooleanField(label=_("停机：什么都不做"), required=False)
    refuses = forms.BooleanField(label=_("一律拒收预约"), required=False)
    loses_events = forms.BooleanField(label=_("不推送物流消息"), required=False)
    doubles_events = forms.BooleanField(label=_("每条消息推送两遍"), required=False)
    reorders_events = forms.BooleanField(label=_("消息乱序"), required=False)

    @classmethod
    def of(cls, mood: CarrierMood) -> MoodForm:
        """Return the form filled with what holds now."""
        return cls(initial=asdict(mood))

    def wanted(self) -> CarrierMood:
        """Return what was asked for; the form is valid."""
        return CarrierMood(**self.cleaned_data)
