"""What surrounds every API call: who calls, for which merchant, how often, and whether again."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from anxin.entrypoints.http_api import errors
from anxin.entrypoints.http_api.auth import SAFE_METHODS, caller_of
from anxin.entrypoints.http_api.idempotency import answer_once
from anxin.entrypoints.http_api.limits import RateLimiter
from anxin.entrypoints.http_api.problems import problem
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.errors import DomainError
from anxin.kernel.tenancy import acting_for

PREFIX = "/api/v1/"
# Read before anyone has a key.
PUBLIC = frozenset({"/api/v1/openapi.json"})


class ApiMiddleware:
    """Set ``request.actor`` and act for his merchant; only for paths under /api/v1/.

    Comes after StaffMiddleware, whose person it takes over when no key is sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.limiter = RateLimiter(settings.API_CALLS_PER_MINUTE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer an API call; let everything else pass."""
        if not request.path.startswith(PREFIX) or request.path in PUBLIC:
            return self.get_response(request)
        try:
            actor = caller_of(request)
        except DomainError as error:
            return errors.refused(request, error)
        request.actor = actor  # type: ignore[attr-defined]
        if actor is None:
            return _unknown(request)
        if seconds := self._wait(actor):
            return _too_often(request, seconds)
        with acting_for(actor.merchant_id):
            return self._answer_for(request, actor)

    def _wait(self, actor: Actor) -> int:
        # People click; only programs run away.
        return self.limiter.wait_for(actor.id) if actor.kind is ActorKind.PROGRAM else 0

    def _answer_for(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if not key or request.method in SAFE_METHODS:
            return self._answer(request)
        try:
            return answer_once(request, actor, key, self._answer)
        except RequestDataTooBig as error:
            return errors.too_large(request, error)
        except Exception as error:
            # The view's own errors are answers by now; this is what only the commit refused.
            return errors.broken(request, error)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        return _as_problem(request, response)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give Django's own refusals (no such address, wrong method) the API's shape."""
    if response.status_code < 400 or "json" in response.get("Content-Type", ""):
        return response
    status = response.status_code
    code = errors.CODE_OF_STATUS.get(status, "internal" if status >= 500 else "refused")
    answer = problem(request, status, code, HTTPStatus(status).description or code)
    if "Allow" in response:
        answer["Allow"] = response["Allow"]
    return answer


def _unknown(request: HttpRequest) -> HttpResponse:
    response = problem(
        request, 401, "not_authenticated", "Send a valid key: Authorization: Bearer <key>."
    )
    response["WWW-Authenticate"] = 'Bearer realm="anxin"'
    return response


def _too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    response = problem(
        request, 429, "too_many_requests", f"Too many calls; try again in {seconds} s."
    )
    response["Retry-After"] = str(seconds)
    return response
