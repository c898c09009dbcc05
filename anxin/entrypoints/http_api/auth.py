"""Who calls the API: a program by its bearer key, or a signed-in person of the staff.

@router.get("/orders/{order_id}", response=OrderOut, auth=scope(Permission.ORDERS_READ))
def get_order(request: ApiRequest, order_id: UUID) -> OrderOut: ...  # request.actor
"""

from __future__ import annotations

import time
from functools import cache

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security import HttpBearer

from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import actor_of_key, hash_of_key, note_key_use
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotAllowed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A revoked key works this much longer in a process that has just seen it.
_REMEMBERED_SECONDS = 5.0
_REMEMBERED_KEYS = 4_096

_remembered: dict[bytes, tuple[float, Actor | None]] = {}


class ApiRequest(HttpRequest):
    """A request that passed ``ApiMiddleware``: somebody known makes it."""

    actor: Actor


class CrossSite(NotAllowed):
    """A signed-in browser must send its CSRF token with a change."""

    code = "csrf_failed"


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, without its page for those who fail it."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)

    def fails(self, request: HttpRequest) -> bool:
        """Return whether the request comes without the token of its own session."""
        self.process_request(request)
        return self.process_view(request, _no_view, (), {}) is not None


def _no_view(request: HttpRequest) -> HttpResponse:
    raise AssertionError("only named to the check, never called")


_csrf = _CsrfCheck(_no_view)


class _Signed(HttpBearer):
    """Somebody known, with one permission if any is named; documented as the bearer key."""

    def __init__(self, permission: Permission | None = None) -> None:
        self.permission = permission
        super().__init__()

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and self.permission is not None:
            actor.require(self.permission)
        return actor

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return nobody: ``ApiMiddleware`` has read the token already."""
        return None


signed = _Signed()


@cache
def scope(permission: Permission) -> _Signed:
    """Return the ``auth=`` of an operation that needs this permission; 403 without it."""
    return _Signed(permission)


def caller_of(request: HttpRequest) -> Actor | None:
    """Return who calls: the key's program if a key is sent, else the signed-in person.

    Raise CrossSite when a browser's session changes something without its CSRF token.
    """
    if given := request.headers.get("Authorization"):
        kind, _, key = given.partition(" ")
        return actor_of_bearer(key.strip()) if kind.lower() == "bearer" else None
    person: Actor | None = getattr(request, "actor", None)
    if person is not None and request.method not in SAFE_METHODS and _csrf.fails(request):
        raise CrossSite
    return person


def actor_of_bearer(key: str) -> Actor | None:
    """Return the program behind a key; the answer is remembered for a few seconds."""
    digest, now = hash_of_key(key), time.monotonic()
    known = _remembered.get(digest)
    if known is not None and known[0] > now:
        return known[1]
    actor = program_of(key)
    if len(_remembered) >= _REMEMBERED_KEYS:
        _remembered.clear()
    _remembered[digest] = (now + _REMEMBERED_SECONDS, actor)
    return actor


def program_of(key: str) -> Actor | None:
    """Return the program behind a key as of now, and note that the key is in use."""
    actor = actor_of_key(key)
    if actor is not None:
        note_key_use(actor, now=utcnow())
    return actor


def forget_keys() -> None:
    """Forget remembered keys, for tests and after a key was revoked in this process."""
    _remembered.clear()
