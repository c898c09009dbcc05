"""Projections: readers that fold the whole event stream in batches, from a place they remember.

For high volume. A batch and the step of the cursor commit together, so each event is folded once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from json import loads
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anxin.kernel.actors import MerchantId
from anxin.kernel.models import RecordedEvent, StreamCursor
from anxin.kernel.tenancy import acting_for, active_merchant


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event as a projection sees it. ``place`` orders the stream."""

    place: tuple[int, UUID]
    merchant_id: MerchantId
    name: str
    subject_id: str
    payload: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime


# So many events a transaction: large enough that its cost is theirs, small enough to be short.
BATCH = 4_000

Fold = Callable[[MerchantId, Sequence[StreamEvent]], None]
PROJECTIONS: dict[str, Fold] = {}
# How long a projection may rest at most while much is waiting, in seconds.
PATIENCE: dict[str, float] = {}
_START = UUID(int=0)


def projection(name: str, *, patience_seconds: float = 0.9) -> Callable[[Fold], Fold]:
    """Have the decorated function fold every event of every merchant, a merchant at a time.

    ``patience_seconds``: how long it may rest between two batches when many events are waiting.
    Figures rest little; what nobody watches by the second gives way to those who take in.
    """

    def register(fold: Fold) -> Fold:
        PROJECTIONS[name] = fold
        PATIENCE[name] = patience_seconds
        return fold

    return register


@transaction.atomic
def advance(name: str, limit: int = BATCH) -> int:
    """Fold the next batch of one projection; return how many events it held.

    Another process that is folding the same projection is left alone (returns 0).
    """
    StreamCursor.objects.get_or_create(name=name)
    cursor = StreamCursor.objects.select_for_update(skip_locked=True).filter(name=name).first()
    if cursor is None:
        return 0
    batch = read_stream((int(cursor.xid), cursor.event_id or _START), limit)
    if not batch:
        return 0
    by_merchant = sorted(batch, key=lambda event: event.merchant_id)
    for merchant_id, group in groupby(by_merchant, key=lambda event: event.merchant_id):
        with acting_for(merchant_id):
            PROJECTIONS[name](merchant_id, list(group))
    cursor.xid, cursor.event_id = batch[-1].place
    cursor.save(update_fields=["xid", "event_id"])
    return len(batch)


def read_stream(after: tuple[int, UUID], limit: int) -> list[StreamEvent]:
    """Return the events of all merchants behind a place, oldest first, committed ones only."""
    with connection.cursor() as cursor:
        cursor.execute("select * from kernel_read_stream(%s, %s, %s)", [after[0], after[1], limit])
        return [
            # Django has psycopg hand out JSON as text.
            StreamEvent(
                (int(xid), event_id), MerchantId(merchant), name, subject, loads(payload), at, rec
            )
            for xid, event_id, merchant, name, subject, payload, at, rec in cursor.fetchall()
        ]


def read_merchant_stream(
    merchant_id: MerchantId, after: tuple[int, UUID], limit: int, names: Sequence[str] = ()
) -> tuple[list[RecordedEvent], tuple[int, UUID]]:
    """Return one merchant's events behind a place, oldest first, and the place to go on from.

    That place lies behind everything looked at, also what ``names`` left out; nothing that is
    still being written can come to lie before it. Each row's ``place`` is its own.
    """
    chosen = "and name = any(%(names)s)" if names else ""
    rows = list(
        RecordedEvent.objects.raw(
            f"""
            select e.*, xid::text::numeric as place_xid
            from kernel_event e
            where merchant_id = %(merchant)s and (xid, id) > (%(xid)s::text::xid8, %(id)s)
              and xid < %(horizon)s::text::xid8 {chosen}
            order by xid, id limit %(limit)s
            """,
            {
                "merchant": merchant_id,
                "xid": after[0],
                "id": after[1],
                "horizon": (horizon := _oldest_running()),
                "names": list(names),
                "limit": limit,
            },
        )
    )
    if len(rows) == limit:
        return rows, place_of(rows[-1])
    return rows, max(after, (horizon, _START))


def newest_events(
    before: tuple[int, UUID] | None, limit: int, *, name: str = "", subject_id: str = ""
) -> list[RecordedEvent]:
    """Return the active merchant's events before a place, newest first; for people to read."""
    conditions = ["merchant_id = %(merchant)s"]
    chosen = {"name": name, "subject_id": subject_id}
    for column, value in chosen.items():
        if value:
            conditions.append(f"{column} = %({column})s")
    if before is not None:
        conditions.append("(xid, id) < (%(xid)s::text::xid8, %(id)s)")
    return list(
        RecordedEvent.objects.raw(
            "select e.*, xid::text::numeric as place_xid from kernel_event e "
            f"where {' and '.join(conditions)} order by xid desc, id desc limit %(limit)s",
            {
                **chosen,
                "limit": limit,
                "merchant": active_merchant(),
                "xid": before[0] if before else 0,
                "id": before[1] if before else _START,
            },
        )
    )


def place_of(row: RecordedEvent) -> tuple[int, UUID]:
    """Return the place in the stream of a row that ``read_merchant_stream`` returned."""
    return int(row.place_xid), row.pk  # type: ignore[attr-defined]


def _oldest_running() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select kernel_horizon()")
        return int(cursor.fetchone()[0])
