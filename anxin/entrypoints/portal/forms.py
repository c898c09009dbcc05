"""What buyers fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.domains.aftersales.public import tracking_of
from anxin.domains.customers.public import AddressInvalid
from anxin.entrypoints.portal.sign_in import read_address
from anxin.kernel.errors import Invalid


class OrderForm(forms.Form):
    """Which order, and where the code goes."""

    order_no = forms.CharField(
        label=_("订单号"),
        max_length=60,
        help_text=_("在购物平台的“我的订单”或短信里可以找到。"),
        error_messages={"required": _("请填写订单号。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    address = forms.CharField(
        label=_("手机号或邮箱"),
        max_length=200,
        help_text=_("下单或收货时留的那个，验证码会发到这里。"),
        error_messages={"required": _("请填写手机号或邮箱。")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region

    def clean_address(self) -> str:
        """Refuse what is neither a phone number nor an e-mail address."""
        text: str = self.cleaned_data["address"]
        try:
            read_address(text, self.region)
        except AddressInvalid as error:
            raise forms.ValidationError(
                _("这不像手机号或邮箱，请检查一下，例如 13812345678。")
            ) from error
        return text


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.RegexField(
        label=_("6 位验证码"),
        regex=r"^\s*\d{6}\s*$",
        error_messages={
            "required": _("请填写验证码。"),
            "invalid": _("验证码是 6 位数字。"),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "maxlength": "6",
                "class": "code-input",
                "autofocus": "",
            }
        ),
    )


class ParcelForm(forms.Form):
    """The parcel the buyer sends himself."""

    carrier = forms.CharField(
        label=_("快递公司"),
        max_length=40,
        error_messages={"required": _("请填写快递公司。")},
        widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"}),
    )
    tracking_no = forms.CharField(
        label=_("快递单号"),
        max_length=60,
        error_messages={"required": _("请填写快递单号。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_tracking_no(self) -> str:
        """Refuse what is no tracking number."""
        try:
            return tracking_of(self.cleaned_data["tracking_no"])
        except Invalid as error:
            raise forms.ValidationError(
                _("这不像快递单号，应为 6 到 40 位字母和数字，请对照面单检查。")
            ) from error
