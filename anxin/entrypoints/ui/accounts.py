"""How staff sign in: password and second factor; nobody signs himself up, people are hired."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_WRONG = _("账号或密码不对。请检查大小写和输入法，或联系管理员重设密码。")
_WRONG_CODE = _("验证码不对或已过期。请使用验证器上的最新 6 位数字，或使用恢复码。")


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Password sign-in without sign-up, in our words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("该账号已停用，请联系管理员。"),
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "incorrect_password": _("密码不对，请重试。"),
        "enter_current_password": _("当前密码不对，请重试。"),
        "incorrect_code": _WRONG_CODE,
        "too_many_login_attempts": _("尝试次数太多，请过几分钟再试。"),
        "rate_limited": _("操作太频繁，请稍等片刻再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts come from ``merchants.hire``."""
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: our own pages show what happened."""


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """The second factor; its secrets are encrypted with a key made from SECRET_KEY."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": _WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """Return what is stored of a secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


class Plain:
    """A form whose labels stand above its fields: no placeholder repeats them."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class StaffLoginForm(Plain, LoginForm):  # type: ignore[misc]  # allauth is untyped
    """E-mail or user name, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("用户名或邮箱")
        login.widget.attrs.update(
            autocomplete="username", autocapitalize="none", spellcheck="false"
        )
        password.label = _("密码")
        password.help_text = ""


class PlainReauthenticateForm(Plain, ReauthenticateForm):  # type: ignore[misc]  # untyped
    """The password once more."""


class PlainChangePasswordForm(Plain, ChangePasswordForm):  # type: ignore[misc]  # untyped
    """The old password and the new one twice."""


class PlainAuthenticateForm(Plain, AuthenticateForm):  # type: ignore[misc]  # untyped
    """The code of the second factor."""


class PlainReauthenticateByCodeForm(Plain, ReauthenticateByCodeForm):  # type: ignore[misc]  # untyped
    """The code of the second factor once more."""


class PlainActivateForm(Plain, ActivateTOTPForm):  # type: ignore[misc]  # untyped
    """The first code of a new second factor."""


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"anxin.mfa:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
