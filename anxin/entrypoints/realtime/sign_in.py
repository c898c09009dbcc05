"""Who is at the other end of a socket, and whether the page it comes from may open it."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from anxin.domains.merchants.data import StoreId
from anxin.domains.merchants.public import signed_in, widget_origins
from anxin.entrypoints.realtime.tokens import BuyerToken, read_buyer
from anxin.kernel.actors import Actor
from anxin.kernel.tenancy import acting_for

Headers = dict[bytes, bytes]


def is_own_page(headers: Headers, scheme: str) -> bool:
    """Return whether the socket was opened by a page of ours, or by no page at all.

    Browsers always send Origin; without one it is a program, which no foreign page can steer.
    """
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return True
    if origin in settings.CSRF_TRUSTED_ORIGINS or origin == _base_origin():
        return True
    own = "https" if scheme == "wss" else "http"
    return origin == f"{own}://{headers.get(b'host', b'').decode('latin-1')}"


def _base_origin() -> str:
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.scheme}://{parts.netloc}"


def session_key(headers: Headers) -> str | None:
    """Return the session named by the cookies."""
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else None


def staff_of_session(key: str) -> Actor | None:
    """Return the signed-in person of the staff behind a session."""
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(key)
    user = get_user(request)
    found = signed_in(user.pk) if user.is_authenticated and user.pk else None
    return found.actor if found else None


def buyer_of_token(token: str, headers: Headers, scheme: str) -> BuyerToken | None:
    """Return the buyer of a token, when his page is ours or of a shop that carries the widget."""
    buyer = read_buyer(token)
    if buyer is None:
        return None
    if is_own_page(headers, scheme) or _is_widget_page(buyer, headers):
        return buyer
    return None


def _is_widget_page(buyer: BuyerToken, headers: Headers) -> bool:
    store_id: UUID | None = buyer.store_id
    if store_id is None:
        return False
    with acting_for(buyer.merchant_id):
        allowed = widget_origins(buyer.merchant_id, StoreId(store_id))
    return headers.get(b"origin", b"").decode("latin-1") in allowed
