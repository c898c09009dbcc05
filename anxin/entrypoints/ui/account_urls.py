"""Addresses of sign-in: allauth's views with our templates, and nothing of it that we do not offer.

The names are allauth's own, because its flows reverse them.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from anxin.entrypoints.ui import accounts

_FOLDER = "ui/account/"

urlpatterns = [
    path(
        "login/",
        account.LoginView.as_view(
            template_name=f"{_FOLDER}login.html", form_class=accounts.StaffLoginForm
        ),
        name="account_login",
    ),
    path(
        "logout/",
        account.LogoutView.as_view(template_name=f"{_FOLDER}logout.html"),
        name="account_logout",
    ),
    path(
        "inactive/",
        account.AccountInactiveView.as_view(template_name=f"{_FOLDER}inactive.html"),
        name="account_inactive",
    ),
    path(
        "reauthenticate/",
        account.ReauthenticateView.as_view(
            template_name=f"{_FOLDER}reauthenticate.html",
            form_class=accounts.PlainReauthenticateForm,
        ),
        name="account_reauthenticate",
    ),
    path(
        "password/change/",
        account.PasswordChangeView.as_view(
            template_name=f"{_FOLDER}password_change.html",
            success_url="/",
            form_class=accounts.PlainChangePasswordForm,
        ),
        name="account_change_password",
    ),
    path("2fa/", mfa.IndexView.as_view(template_name=f"{_FOLDER}mfa.html"), name="mfa_index"),
    path(
        "2fa/authenticate/",
        mfa.AuthenticateView.as_view(
            template_name=f"{_FOLDER}mfa_authenticate.html",
            form_class=accounts.PlainAuthenticateForm,
        ),
        name="mfa_authenticate",
    ),
    path(
        "2fa/reauthenticate/",
        mfa.ReauthenticateView.as_view(
            template_name=f"{_FOLDER}mfa_reauthenticate.html",
            form_class=accounts.PlainReauthenticateByCodeForm,
        ),
        name="mfa_reauthenticate",
    ),
    path(
        "2fa/totp/activate/",
        totp.ActivateTOTPView.as_view(
            template_name=f"{_FOLDER}totp_activate.html", form_class=accounts.PlainActivateForm
        ),
        name="mfa_activate_totp",
    ),
    path(
        "2fa/totp/deactivate/",
        totp.DeactivateTOTPView.as_view(template_name=f"{_FOLDER}totp_deactivate.html"),
        name="mfa_deactivate_totp",
    ),
    path(
        "2fa/recovery-codes/",
        codes.ViewRecoveryCodesView.as_view(template_name=f"{_FOLDER}recovery_codes.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        codes.GenerateRecoveryCodesView.as_view(
            template_name=f"{_FOLDER}recovery_codes_generate.html"
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        codes.DownloadRecoveryCodesView.as_view(),
        name="mfa_download_recovery_codes",
    ),
]
