"""Who is at the other end of a page: staff, merchant, language and theme of one request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from anxin.domains.merchants.public import SignedIn, signed_in
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.preferences import language_of, theme_of
from anxin.kernel.errors import DomainError
from anxin.kernel.tenancy import acting_for


class StaffMiddleware:
    """Set ``request.actor`` and ``request.staff`` (None for strangers), act for their merchant.

    Language and theme: the person's own, else the cookie's, else Chinese and the device's.
    Comes after Django's authentication and allauth's middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as the person behind it."""
        who = _who(request)
        request.actor = who.actor if who else None  # type: ignore[attr-defined]
        request.staff = who.staff if who else None  # type: ignore[attr-defined]
        request.theme = theme_of(request)  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = language = language_of(request)
        with ExitStack() as stack:
            stack.enter_context(translation.override(language))
            if who:
                stack.enter_context(acting_for(who.actor.merchant_id))
            response = self.get_response(request)
        response["Content-Language"] = language
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal no view caught into its page; everything else is a bug and rises."""
        return refusals.refused(request, error) if isinstance(error, DomainError) else None


def _who(request: HttpRequest) -> SignedIn | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return signed_in(user.pk)
