"""The rooms of the staff: who may enter which, and where a person starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.domains.merchants.data import Permission, StaffData
from anxin.entrypoints.ui import refusals
from anxin.kernel.actors import Actor

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in person of the staff, as views behind ``@room`` see it."""

    actor: Actor
    staff: StaffData


@dataclass(frozen=True, slots=True)
class Room:
    """A part of the site with its own address, open to whoever has one of ``any_of``."""

    key: str
    name: str | Promise
    path: str
    icon: str
    letter: str
    any_of: tuple[Permission, ...]


ROOMS = (
    Room("workspace", _("工作台"), "/workspace/", "headset", "w", (Permission.CONVERSATIONS_READ,)),
    Room("station", _("仓库"), "/station/", "barcode", "s", (Permission.STATION_USE,)),
    Room(
        "console",
        _("管理台"),
        "/console/",
        "layout-dashboard",
        "c",
        (
            Permission.REFUNDS_READ,
            Permission.DELIVERIES_MANAGE,
            Permission.ORDERS_IMPORT,
            Permission.POLICIES_MANAGE,
            Permission.AUDIT_READ,
            Permission.STAFF_MANAGE,
        ),
    ),
    Room("wallboard", _("大屏"), "/wallboard/", "chart-bar", "b", (Permission.METRICS_READ,)),
)


def rooms_of(actor: Actor) -> list[Room]:
    """Return the rooms this person may enter, in the order of the bar."""
    return [room for room in ROOMS if _may_any(actor, room.any_of) and _exists(room.path)]


def home_of(actor: Actor) -> str | None:
    """Return the address where this person starts, or None when no room is open to him."""
    rooms = rooms_of(actor)
    return rooms[0].path if rooms else None


def room(
    *any_of: Permission,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Guard a view: sign-in first, then one of ``any_of`` (none given: any staff)."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return sign_in_first(request)
            if any_of and not _may_any(actor, any_of):
                return refusals.forbidden(request)
            return view(cast(StaffRequest, request), *args, **kwargs)

        return guarded

    return decorate


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a stranger to sign-in; inside a page, say so and leave what was typed where it is."""
    if request.user.is_authenticated:
        # A sign-in without a staff row (any more): signing in again would not help.
        return refusals.forbidden(request)
    if refusals.is_partial(request):
        return refusals.session_expired(sign_in_url(page_of(request)))
    return HttpResponseRedirect(sign_in_url(page_of(request)))


def sign_in_url(page: str) -> str:
    """Return the sign-in address that comes back to ``page``."""
    return f"{reverse('account_login')}?{urlencode({'next': page})}"


def page_of(request: HttpRequest) -> str:
    """Return the page to come back to: for a posted form the page that holds it."""
    if request.method in {"GET", "HEAD"} and not refusals.is_partial(request):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def nothing_here() -> str:
    """Return what a person without any room is told."""
    return gettext("您的账号还没有任何权限，请联系管理员。")


def _may_any(actor: Actor, any_of: tuple[Permission, ...]) -> bool:
    return any(actor.may(permission) for permission in any_of)


@cache
def _exists(path: str) -> bool:
    """Return whether the installation serves the room at all."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
