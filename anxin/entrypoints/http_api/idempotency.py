"""The same write twice is one write: answers kept under the caller's ``Idempotency-Key``.

The record commits in the same transaction as the work it tells of. So when the process dies in
between, neither is there and the next attempt does the work; and of two that arrive at once, only
the one that gets the lock works, while the other is told to come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from anxin.entrypoints.http_api.problems import problem
from anxin.kernel.actors import Actor
from anxin.kernel.models import IdempotencyRecord

MAX_KEY = 200

View = Callable[[HttpRequest], HttpResponse]


def answer_once(request: HttpRequest, by: Actor, key: str, answer: View) -> HttpResponse:
    """Answer with ``answer``, or with what it answered before under this key.

    A refusal (4xx, 5xx) undoes whatever the view did and is not kept: nothing happened, so the
    same key may be used again.
    """
    if not key.isprintable() or len(key) > MAX_KEY:
        detail = f"Idempotency-Key must be 1 to {MAX_KEY} printable characters."
        return problem(request, 422, "idempotency_key_invalid", detail)
    # Keys are the caller's own: two programs of one merchant may use the same one.
    scoped = hashlib.sha256(f"{by.kind}:{by.id}:{key}".encode()).hexdigest()
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not _lock(by, scoped):
            return _still_running(request)
        kept = IdempotencyRecord.objects.filter(key=scoped).first()
        if kept is not None:
            return _again(request, kept, fingerprint)
        response = answer(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        IdempotencyRecord.objects.create(
            merchant_id=by.merchant_id,
            key=scoped,
            fingerprint=fingerprint,
            status=response.status_code,
            body=response.content,
        )
    return response


def _fingerprint(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n{request.content_type}\n"
    return hashlib.sha256(head.encode() + request.body).hexdigest()


def _lock(by: Actor, scoped: str) -> bool:
    number = int.from_bytes(hashlib.sha256(f"{by.merchant_id}:{scoped}".encode()).digest()[:8])
    with connection.cursor() as cursor:
        # Signed 64 bits; let go when the transaction ends, also by the death of the process.
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [number - (1 << 63)])
        return bool(cursor.fetchone()[0])


def _again(request: HttpRequest, kept: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        return problem(
            request,
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request.",
        )
    assert kept.status is not None, "records are written with their answer"
    response = HttpResponse(
        bytes(kept.body), status=kept.status, content_type="application/json; charset=utf-8"
    )
    response["Idempotency-Replayed"] = "true"
    return response


def _still_running(request: HttpRequest) -> HttpResponse:
    response = problem(
        request,
        409,
        "idempotency_in_progress",
        "A request with this Idempotency-Key is still running.",
    )
    response["Retry-After"] = "1"
    return response
