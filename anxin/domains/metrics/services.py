"""Changes to figures: fold facts into them, and recount them from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.metrics.data import Difference, FigureKey, Recounted, Sums
from anxin.domains.metrics.models import HourFigure, Recount
from anxin.domains.metrics.queries import stores_of_orders
from anxin.domains.metrics.rules import ABOUT_ORDERS, COUNTED, added_up, differences, figures_of
from anxin.kernel.actors import MerchantId
from anxin.kernel.ids import uuid7
from anxin.kernel.live import announce
from anxin.kernel.models import RecordedEvent, StreamCursor
from anxin.kernel.streams import StreamEvent, place_of, read_merchant_stream

PROJECTION = "metrics"
_BATCH = 5_000
_SHOWN_DIFFERENCES = 100
# A transaction may have begun this long before its event got its id.
_LONGEST_TRANSACTION = timedelta(hours=1)

_UPSERT = """
    insert into metrics_hourfigure
        (id, merchant_id, metric, hour, store, channel, cut, count, total)
    select id, %s, metric, hour, store, channel, cut, count, total
    from unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
                %s::bigint[], %s::bigint[])
         t(id, metric, hour, store, channel, cut, count, total)
    on conflict (merchant_id, metric, hour, store, channel, cut) do update
    set count = metrics_hourfigure.count + excluded.count,
        total = metrics_hourfigure.total + excluded.total
"""


def fold(merchant_id: MerchantId, batch: Sequence[StreamEvent]) -> None:
    """Add a batch of one merchant's facts to its figures, with one statement; tell the wall."""
    add(merchant_id, _sums(merchant_id, batch))
    announce(merchant_id, "wallboard")


def add(merchant_id: MerchantId, sums: Sums) -> None:
    """Add sums to the kept figures, in key order so that two writers cannot wait for each other."""
    if not sums:
        return
    ordered = sorted(sums.items())
    columns: list[list[Any]] = [
        [uuid7() for _ in ordered],
        *([key[i] for key, _ in ordered] for i in range(5)),
        [count for _, (count, _) in ordered],
        [total for _, (_, total) in ordered],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [merchant_id, *columns])


def _sums(
    merchant_id: MerchantId, batch: Iterable[StreamEvent | RecordedEvent]
) -> dict[FigureKey, tuple[int, int]]:
    counted = [event for event in batch if event.name in COUNTED]
    orders = {event.payload["order_id"] for event in counted if event.name in ABOUT_ORDERS}
    stores = stores_of_orders(merchant_id, orders)

    def store_of(order_id: str) -> str:
        return stores.get(order_id, "")

    return added_up(
        figure
        for event in counted
        for figure in figures_of(event.name, event.payload, event.occurred_at, store_of)
    )


@transaction.atomic
def recount(merchant_id: MerchantId, start: datetime, end: datetime, *, now: datetime) -> Recounted:
    """Recount the hours of [start, end) from the facts, put right what differs, and record it.

    Only facts that were folded already count, and folding waits meanwhile. ``start`` and ``end``
    are full hours.
    """
    cursor = StreamCursor.objects.select_for_update().filter(name=PROJECTION).first()
    until = (int(cursor.xid), cursor.event_id or UUID(int=0)) if cursor else (0, UUID(int=0))
    events, counted = _recounted(merchant_id, start, end, until)
    found = differences(_kept(start, end), counted)
    _correct(merchant_id, found)
    result = Recounted(start, end, events, found)
    _record(merchant_id, result, now)
    return result


def _recounted(
    merchant_id: MerchantId, start: datetime, end: datetime, until: tuple[int, UUID]
) -> tuple[int, Sums]:
    place, seen, sums = _place_at(start), 0, dict[FigureKey, tuple[int, int]]()
    while place < until:
        rows, following = read_merchant_stream(merchant_id, place, _BATCH)
        folded = [row for row in rows if place_of(row) <= until and start <= row.occurred_at < end]
        seen += len(folded)
        for key, (count, total) in _sums(merchant_id, folded).items():
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + count, before[1] + total)
        if len(rows) < _BATCH:
            break
        place = following
    return seen, sums


def _place_at(start: datetime) -> tuple[int, UUID]:
    """Return a place in the stream before everything that was recorded since ``start``."""
    milliseconds = int((start - _LONGEST_TRANSACTION).timestamp() * 1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(xid)::text from (select xid from kernel_event "
            "where merchant_id = nullif(current_setting('anxin.merchant_id'), '')::bigint "
            "and id >= %s order by id limit 1000) e",
            [UUID(int=max(0, milliseconds) << 80)],
        )
        first = cursor.fetchone()[0]
    return (int(first or 0), UUID(int=0))


def _kept(start: datetime, end: datetime) -> Sums:
    rows = HourFigure.objects.filter(hour__gte=start, hour__lt=end).values_list(
        "metric", "hour", "store", "channel", "cut", "count", "total"
    )
    return {tuple(row[:5]): (row[5], row[6]) for row in rows if row[5] or row[6]}  # type: ignore[misc]


def _correct(merchant_id: MerchantId, found: Sequence[Difference]) -> None:
    add(
        merchant_id,
        {
            one.key: (one.recounted[0] - one.kept[0], one.recounted[1] - one.kept[1])
            for one in found
        },
    )


def _record(merchant_id: MerchantId, result: Recounted, now: datetime) -> None:
    names = ("figure", "hour", "store", "channel", "cut")
    Recount.objects.create(
        merchant_id=merchant_id,
        start=result.start,
        end=result.end,
        event_count=result.events,
        difference_count=len(result.differences),
        differences=[
            {
                **dict(zip(names, map(str, one.key), strict=True)),
                "kept": one.kept,
                "recounted": one.recounted,
            }
            for one in result.differences[:_SHOWN_DIFFERENCES]
        ],
        at=now,
    )
