"""The sandbox provider's side of callbacks: finish what is pending, call our hook, try again."""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from anxin.adapters.sandbox.refund_book import open_book
from anxin.adapters.sandbox.refund_provider import SandboxRefundProvider
from anxin.adapters.sandbox.signing import SIGNATURE_HEADER, TIME_HEADER, signature_of
from anxin.kernel.actors import MerchantId
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

HOOK = "/hooks/sandbox/refund/"
PURPOSE = "refund"
_BATCH = 50
# Real providers give up after a day; a laptop is not kept waiting that long.
_MOST_ATTEMPTS = 12

Call = Callable[[bytes, str, str], int]


def settle_due_refunds(now: datetime) -> None:
    """Finish the pending refunds of every merchant whose time has come."""
    provider = SandboxRefundProvider(clock=lambda: now)
    for merchant_id, number in _due("select * from sandbox_due_refunds(%s, %s)", now):
        with acting_for(MerchantId(merchant_id)):
            provider.settle(number)


def make_due_callbacks(now: datetime, call: Call) -> None:
    """Make the callbacks that are due; what is not answered with 2xx is repeated later."""
    due = _due("select * from sandbox_due_callbacks(%s, %s)", now)
    for merchant_id, callback_id, text, attempts in due:
        body, timestamp = text.encode(), str(int(now.timestamp()))
        status = call(body, timestamp, signature_of(PURPOSE, timestamp, body))
        is_over = 200 <= status < 300 or attempts + 1 >= _MOST_ATTEMPTS
        again = None if is_over else now + timedelta(seconds=min(600, 2 << attempts))
        with open_book(MerchantId(merchant_id)) as book:
            book.sent(callback_id, status, again, now)


def call_over_http(body: bytes, timestamp: str, signature: str, hook: str = HOOK) -> int:
    """POST a callback to a hook of our own; return the status, 0 when nobody answered."""
    request = urllib.request.Request(  # noqa: S310  (the address is our own setting)
        settings.BASE_URL + hook,
        data=body,
        headers={
            "Content-Type": "application/json",
            TIME_HEADER: timestamp,
            SIGNATURE_HEADER: signature,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (as above)
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        logger.info("nobody answers at %s; the callback is repeated later", settings.BASE_URL)
        return 0


def _due(statement: str, now: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, _BATCH])
        return list(cursor.fetchall())
