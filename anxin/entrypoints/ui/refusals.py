"""Saying no in a page: 403, 404, 409, 422, 503 and the expired session."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from anxin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable

# Not a registered status; frameworks use it for "your page is older than your session".
SESSION_EXPIRED = 419

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (Unavailable, 503),
)


def is_partial(request: HttpRequest) -> bool:
    """Return whether the answer goes into an open page (htmx or our own fetch)."""
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal that no view caught."""
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    if is_partial(request):
        return spoken(_words(status), status)
    template = f"ui/errors/{status}.html" if status in {403, 404} else "ui/errors/refused.html"
    return render(request, template, {"words": _words(status)}, status=status)


def forbidden(request: HttpRequest, words: str = "") -> HttpResponse:
    """Answer 403 as a page, or as a sentence when the page is already open."""
    if is_partial(request):
        return spoken(words or _words(403), 403)
    return render(request, "ui/errors/403.html", {"words": words}, status=403)


def session_expired(sign_in: str) -> HttpResponse:
    """Answer a request from a page whose session is over; its script offers ``sign_in``."""
    response = spoken(
        gettext("登录已过期。请重新登录，您填写的内容会保留在本页。"), SESSION_EXPIRED
    )
    response["X-Sign-In"] = sign_in
    return response


def spoken(words: str, status: int) -> HttpResponse:
    """Return a sentence for a toast: nothing on the page is replaced."""
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    response["X-Message"] = quote(words)
    response["HX-Reswap"] = "none"
    return response


def _words(status: int) -> str:
    return {
        403: gettext("您没有权限进行这项操作。"),
        404: gettext("找不到该内容，它可能已被删除或不属于您。"),
        409: gettext("内容刚刚发生了变化，请刷新后再试。"),
        422: gettext("提交的内容有误，请检查后重试。"),
        503: gettext("外部服务暂时没有响应，请稍后再试。"),
    }[status]
