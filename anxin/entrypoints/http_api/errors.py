"""One table: what a domain, a validator or a bug says, as problem+json."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from anxin.entrypoints.http_api.problems import problem
from anxin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable

log = logging.getLogger(__name__)

STATUS_OF_REFUSAL: dict[type[DomainError], int] = {
    Invalid: 422,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}
# What the library itself refuses with an HTTP status and no code of ours.
CODE_OF_STATUS = {
    400: "malformed",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal of a domain with the status of its kind."""
    status = next(
        (status for kind, status in STATUS_OF_REFUSAL.items() if isinstance(error, kind)), 422
    )
    return problem(request, status, error.code, str(error), fields=error.fields)


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer values that do not fit the shape, one entry for each place."""
    errors = [
        {"loc": list(e.get("loc", ())), "msg": e.get("msg", ""), "type": e.get("type", "")}
        for e in error.errors
    ]
    return problem(
        request, 422, "invalid", "The request does not have the expected shape.", errors=errors
    )


def refused_by_status(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the library refuses by itself, such as a body that is no JSON."""
    code = CODE_OF_STATUS.get(error.status_code, "refused")
    return problem(request, error.status_code, code, str(error))


def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return problem(request, 404, "not_found", "No such thing, or not for this actor.")


def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """Answer a body beyond the limit."""
    return problem(request, 413, "too_large", "The body is larger than this server accepts.")


def does_not_fit(request: HttpRequest, error: DataError) -> HttpResponse:
    """Answer a value no column can hold: a number out of range, a NUL in a text."""
    return problem(request, 422, "invalid", "A value is out of range or not storable.")


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a bug: it is logged whole, the caller learns nothing of our insides."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(request, 500, "internal", "Something went wrong on our side; it was recorded.")


def install(api: NinjaAPI) -> None:
    """Have the API answer every error through this table."""
    handlers: tuple[tuple[type[Exception], Any], ...] = (
        (DomainError, refused),
        (ValidationError, invalid),
        (HttpError, refused_by_status),
        (Http404, missing),
        (RequestDataTooBig, too_large),
        (DataError, does_not_fit),
        (Exception, broken),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)
