"""The sandbox carrier's side of time: parcels move by themselves, and our hook is called."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from anxin.adapters.sandbox.carrier import SandboxCarrier
from anxin.adapters.sandbox.models import SandboxTrace
from anxin.adapters.sandbox.signing import signature_of
from anxin.kernel.actors import MerchantId
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

HOOK = "/hooks/sandbox/carrier/"
PURPOSE = "carrier"
_BATCH = 50
_MOST_ATTEMPTS = 12

Call = Callable[[bytes, str, str], int]


def move_due_parcels(now: datetime) -> None:
    """Move the parcels of every merchant whose time has come one step."""
    carrier = SandboxCarrier(clock=lambda: now)
    for merchant_id, tracking_no in _due("select * from sandbox_due_parcels(%s, %s)", now):
        with acting_for(MerchantId(merchant_id)):
            carrier.advance(str(tracking_no))


def tell_due_news(now: datetime, call: Call) -> None:
    """Call our hook with the news that are due; what is not answered with 2xx is told again."""
    for merchant_id, trace_id in _due("select * from sandbox_due_traces(%s, %s)", now):
        with acting_for(MerchantId(merchant_id)):
            _tell(UUID(str(trace_id)), now, call)


def _tell(trace_id: UUID, now: datetime, call: Call) -> None:
    row = SandboxTrace.objects.select_related("parcel").get(pk=trace_id)
    body = json.dumps(
        {
            "account": row.merchant_id,
            "event_id": row.event_id,
            "tracking_no": row.parcel.tracking_no,
            "at": row.at.isoformat(),
            "code": row.code,
            "text": row.text,
            "place": row.place,
        },
        ensure_ascii=False,
    ).encode()
    timestamp = str(int(now.timestamp()))
    status = call(body, timestamp, signature_of(PURPOSE, timestamp, body))
    row.attempts, row.last_status = row.attempts + 1, status
    if 200 <= status < 300:
        row.tells_left = max(0, row.tells_left - 1)
        row.due_at = now if row.tells_left else None
    elif row.attempts >= _MOST_ATTEMPTS:
        row.due_at = None
    else:
        row.due_at = now + timedelta(seconds=min(600, 2 << row.attempts))
    row.save(update_fields=["attempts", "last_status", "tells_left", "due_at"])


def _due(statement: str, now: datetime) -> list[tuple[int, object]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, _BATCH])
        return list(cursor.fetchall())
