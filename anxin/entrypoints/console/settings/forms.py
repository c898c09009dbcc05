"""Forms of the administration, and refusals of the domain as errors beside their fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anxin.domains.merchants.data import (
    Duty,
    StaffRecord,
    StaffTerms,
    StoreData,
    StoreId,
    StoreTerms,
    TeamData,
    TeamId,
)
from anxin.entrypoints.console.settings.labels import PERMISSION_GROUPS
from anxin.entrypoints.ui.labels import label_of
from anxin.kernel.errors import DomainError
from anxin.kernel.money import Money, exponent_of, parse_money

_CURRENCIES = ("CNY", "HKD", "TWD", "USD", "EUR", "GBP", "JPY", "KRW", "SGD", "AUD")
_REGIONS: dict[str, str | Promise] = {
    "CN": _("中国大陆"),
    "HK": _("中国香港"),
    "MO": _("中国澳门"),
    "TW": _("中国台湾"),
    "SG": _("新加坡"),
    "JP": _("日本"),
    "KR": _("韩国"),
    "US": _("美国"),
    "GB": _("英国"),
    "DE": _("德国"),
    "FR": _("法国"),
    "AU": _("澳大利亚"),
}
_LATIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}


class AmountField(forms.CharField):
    """An amount in major units, such as 1,234.50; its value is in minor units."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "num"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return minor units as people write them."""
        if not isinstance(value, int):
            return value
        return f"{Money(value, self.currency).decimal:.{exponent_of(self.currency)}f}"

    def clean(self, value: Any) -> int:
        """Return minor units."""
        try:
            minor = parse_money(super().clean(value), self.currency).minor
        except ValueError:
            raise forms.ValidationError(_("请填写金额，例如 500 或 1,234.50。")) from None
        if not 0 <= minor <= 10**12:
            raise forms.ValidationError(_("金额太大或是负数，请检查。"))
        return minor


class StaffForm(forms.Form):
    """What a person of the staff is there for."""

    name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("客户和同事看到的名字。"))
    duties = forms.MultipleChoiceField(
        label=_("职责"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一项职责，否则他什么也做不了。")},
    )
    teams = forms.MultipleChoiceField(
        label=_("团队"), required=False, widget=forms.CheckboxSelectMultiple
    )
    stores = forms.MultipleChoiceField(
        label=_("负责的店铺"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选表示所有店铺。目前用来说明分工，不限制他能看到的内容。"),
    )

    def __init__(
        self,
        currency: str,
        teams: Sequence[TeamData],
        stores: Sequence[StoreData],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "duties", [(str(one), label_of(one, "duty").text) for one in Duty])
        _offer(self, "teams", [(str(one.id), one.name) for one in teams])
        _offer(self, "stores", [(str(one.id), one.name) for one in stores])
        self.fields["duties"].required = True
        self.fields["approval_limit"] = AmountField(
            currency,
            label=_("审批额度（%(currency)s）") % {"currency": currency},
            initial=0,
            help_text=_("他一个人能批准或让步的最大金额，0 表示不能。"),
        )

    def terms(self, *, is_active: bool = True) -> StaffTerms:
        """Return what was filled in."""
        data = self.cleaned_data
        return StaffTerms(
            data["name"],
            frozenset(Duty(one) for one in data["duties"]),
            frozenset(TeamId(UUID(one)) for one in data["teams"]),
            frozenset(StoreId(UUID(one)) for one in data["stores"]),
            data["approval_limit"],
            is_active,
        )


class HireForm(StaffForm):
    """A new person: how he signs in besides."""

    user_name = forms.CharField(
        label=_("用户名"),
        max_length=60,
        help_text=_("登录用，之后不能改。小写字母、数字和 . _ - @ +，至少 2 个字符。"),
        widget=forms.TextInput(attrs=_LATIN),
    )
    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        help_text=_("也可以用来登录。"),
        error_messages={"invalid": _("这不像一个邮箱地址，请检查。")},
    )
    password = forms.CharField(
        label=_("初始密码"),
        max_length=128,
        strip=False,
        help_text=_("已为您随机生成，请转告本人，登录后可自行修改。"),
        widget=forms.TextInput(attrs={**_LATIN, "class": "mono"}),
    )
    field_order = ("name", "user_name", "email", "password", "duties", "teams", "stores")


class PasswordForm(forms.Form):
    """A new password for somebody."""

    password = forms.CharField(
        label=_("新密码"),
        max_length=128,
        strip=False,
        help_text=_("已为您随机生成，也可以自己写一个，至少 8 个字符。"),
        widget=forms.TextInput(attrs={**_LATIN, "class": "mono"}),
    )


class TeamForm(forms.Form):
    """The name of a team."""

    name = forms.CharField(label=_("团队名称"), max_length=60)


class StoreForm(forms.Form):
    """What can be changed about a store."""

    name = forms.CharField(label=_("店铺名称"), max_length=100)
    return_address = forms.CharField(
        label=_("退货地址"),
        max_length=300,
        required=False,
        help_text=_("同意退货后买家会看到它，必须真实有效。"),
    )
    return_contact = forms.CharField(label=_("收件人"), max_length=60, required=False)
    return_phone = forms.CharField(
        label=_("收件电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    widget_origins = forms.CharField(
        label=_("可以嵌入聊天窗口的网站"),
        required=False,
        max_length=10_000,
        help_text=_("每行一个，例如 https://shop.example.cn。只写到域名，不带路径。"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", **_LATIN}),
    )
    region = forms.ChoiceField(label=_("所在地区"), help_text=_("决定适用哪里的法律。"))
    zone = forms.ChoiceField(label=_("时区"), help_text=_("期限按这个时区计算。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = str(self.initial.get("region", "CN"))
        _offer(self, "region", list({region: region, **_REGIONS}.items()))
        zones = sorted(zone for zone in available_timezones() if "/" in zone and zone[:3] != "Etc")
        _offer(self, "zone", [(zone, zone) for zone in zones])

    def terms(self) -> StoreTerms:
        """Return what was filled in."""
        data = {**self.cleaned_data}
        origins = tuple(data.pop("widget_origins").splitlines())
        return StoreTerms(
            data["name"],
            data["zone"],
            data["region"],
            data["return_address"],
            data["return_contact"],
            data["return_phone"],
            origins,
        )


class NewStoreForm(StoreForm):
    """A new store: what stays for good besides."""

    slug = forms.CharField(
        label=_("网址名"),
        max_length=40,
        help_text=_("买家入口的网址的一部分，之后不能改。小写字母、数字和连字符。"),
        widget=forms.TextInput(attrs=_LATIN),
    )
    currency = forms.ChoiceField(
        label=_("币种"), choices=[(one, one) for one in _CURRENCIES], help_text=_("之后不能改。")
    )
    field_order = ("name", "slug", "currency")


class ApprovalForm(forms.Form):
    """Above which amount a refund needs a second person."""

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["refund_approval_above"] = AmountField(
            currency, label=_("超过多少需要复核（%(currency)s）") % {"currency": currency}
        )


class KeyForm(forms.Form):
    """A new key of a program."""

    name = forms.CharField(
        label=_("给谁用"), max_length=60, help_text=_("例如“ERP 同步”，方便以后认出它。")
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以做什么"),
        choices=[(str(one), "") for _title, group in PERMISSION_GROUPS for one in group],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一项。只选它用得到的。")},
    )


def staff_initial(record: StaffRecord) -> dict[str, Any]:
    """Return a person's terms as the form shows them."""
    return {
        "name": record.name,
        "duties": [str(one) for one in record.duties],
        "teams": [str(one) for one in record.team_ids],
        "stores": [str(one) for one in record.store_ids],
        "approval_limit": record.approval_limit_minor,
    }


def say(form: forms.Form, refusal: DomainError) -> None:
    """Put a refusal beside the field it concerns, else above the form."""
    field = str(refusal.fields.get("field", ""))
    if refusal.code == "password_refused":
        faults = refusal.fields.get("faults", [])
        form.add_error("password", [_PASSWORD.get(fault, _unusable) for fault in faults])
    elif refusal.code == "own_limit":
        form.add_error("approval_limit", _("不能提高自己的额度，请让另一位管理员来改。"))
    elif refusal.code == "last_administrator":
        form.add_error(
            "duties", _("这是最后一位在职的管理员。请先让另一个人成为管理员，再改这里。")
        )
    elif refusal.code == "beyond_own_rights":
        form.add_error(None, _("这里有您自己没有的权限，所以您不能授予或管理。"))
    elif refusal.code == "name_taken":
        form.add_error(field, _TAKEN.get(field, _("已经有同名的了，请换一个。")))
    elif field in form.fields:
        value = refusal.fields.get("value")
        words = _DETAILS.get(field, _("这一项不能用，请检查。"))
        form.add_error(field, f"{words} {value}" if value else words)
    else:
        raise refusal


_unusable = _("这个密码不能用，请换一个。")
_PASSWORD = {
    "password_too_short": _("密码太短，至少 8 个字符。"),
    "password_too_common": _("这个密码太常见，容易被猜到。"),
}
_TAKEN = {
    "user_name": _("这个用户名已经有人用了，请换一个。"),
    "email": _("这个邮箱已经有人用了。"),
    "slug": _("这个网址名已经被占用了，请换一个。"),
}
_DETAILS = {
    "user_name": _("用户名只能用小写字母、数字和 . _ - @ +，至少 2 个字符。"),
    "slug": _("网址名只能用小写字母、数字和中间的连字符。"),
    "widget_origins": _("每行写一个以 https:// 开头的网站地址，不带路径。有问题的是："),
}


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str | Promise]]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a choice field
