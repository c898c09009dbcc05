"""Language and theme of a request: the person's own, else the cookie's, else the default."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEME_COOKIE = "anxin_theme"
THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


def language_of(request: HttpRequest) -> str:
    """Return one of the installed languages; Chinese unless the person chose."""
    staff = getattr(request, "staff", None)
    chosen = staff.language if staff else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def theme_of(request: HttpRequest) -> str:
    """Return ``auto``, ``light`` or ``dark``."""
    staff = getattr(request, "staff", None)
    chosen = staff.theme if staff else request.COOKIES.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"


def keep_in_cookies(response: HttpResponse, *, language: str | None, theme: str | None) -> None:
    """Remember the choice in the browser, so that sign-in and portal pages follow it."""
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)


def _keep(response: HttpResponse, name: str, value: str | None) -> None:
    response.set_cookie(
        name,
        value or "",
        max_age=_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
