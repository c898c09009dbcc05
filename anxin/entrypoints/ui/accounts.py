"""How staff sign in: nobody signs himself up; people are hired by an administrator."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Password sign-in without sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts come from ``merchants.hire``."""
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: our own pages show what happened."""
