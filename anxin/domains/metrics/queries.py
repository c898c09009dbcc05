"""Reads of figures: how things stand now, a metric over time, what recounts found."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.domains.metrics.catalogue import CATALOGUE
from anxin.domains.metrics.data import (
    Dimension,
    Grain,
    Line,
    LiveFigures,
    Measure,
    Metric,
    Point,
    Series,
)
from anxin.domains.metrics.intervals import start_of, starts
from anxin.domains.metrics.rules import value_of
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Invalid, NotFound

# More points than this nobody can read.
MAX_INTERVALS = 1_000
# Calendars end somewhere; figures are of this age.
_YEARS = range(2000, 2200)
REFUND_DAYS = 7
RATE_DAYS = 30


class MetricUnknown(NotFound):
    """The catalogue has no such metric."""

    code = "metric_unknown"


class RangeInvalid(Invalid):
    """The range must end after it begins, lie in 2000–2200, hold at most a thousand intervals."""

    code = "range_invalid"


class DimensionInvalid(Invalid):
    """This metric cannot be cut by this dimension."""

    code = "dimension_invalid"


class _Place(NamedTuple):
    zone: ZoneInfo
    currency: str


def metric_named(name: str) -> Metric:
    """Return an entry of the catalogue. Raise MetricUnknown."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise MetricUnknown(name=name) from None


def live_figures(by: Actor, now: datetime) -> LiveFigures:
    """Return how things stand now, with one call of the database.

    Today is the merchant's day; refund duration is of the last 7 days, the return rate of the
    last 30.
    """
    by.require(Permission.METRICS_READ)
    zone = _place(by.merchant_id).zone
    today = start_of(now, Grain.DAY, zone)
    with connection.cursor() as cursor:
        cursor.execute(
            "select metrics_live(%s, %s, %s, %s, %s)::text",
            [
                by.merchant_id,
                now,
                today,
                today - timedelta(days=REFUND_DAYS - 1),
                today - timedelta(days=RATE_DAYS - 1),
            ],
        )
        return _live(json.loads(cursor.fetchone()[0]), now)


def _live(found: dict[str, Any], now: datetime) -> LiveFigures:
    sums: dict[str, list[int]] = found["today"]
    uncounted = _moment(found["uncounted_since"])
    return LiveFigures(
        at=now,
        waiting=found["waiting"],
        waiting_since=_moment(found["waiting_since"]),
        open=found["open"],
        inquiries_today=sums.get("inquiries", [0, 0])[0],
        conversations_today=sums.get("conversations_opened", [0, 0])[0],
        first_response_seconds=_ratio(*sums.get("first_response", (0, 0))),
        three_minute_rate=_ratio(*sums.get("three_minute_response", (0, 0))),
        requests_by_state=found["requests"],
        requests_overdue=found["overdue"],
        refunds_by_state=found["refunds"],
        refund_seconds=_ratio(*found["refunded"]),
        return_rate=_ratio(found["placed"], found["opened"]),
        behind=max(timedelta(), now - uncounted) if uncounted else timedelta(),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _ratio(count: int, total: int) -> float | None:
    return total / count if count else None


def series(
    by: Actor,
    name: str,
    start: datetime,
    end: datetime,
    grain: Grain = Grain.DAY,
    dimension: Dimension | None = None,
) -> Series:
    """Return a metric over time. Intervals begin and end by the merchant's own clock.

    A series that is not cut has one line; one that is has a line for each value that occurs, the
    biggest first. Raise MetricUnknown, RangeInvalid, DimensionInvalid.
    """
    by.require(Permission.METRICS_READ)
    metric = metric_named(name)
    if dimension is not None and dimension not in metric.dimensions:
        raise DimensionInvalid(dimension=dimension, allowed=list(metric.dimensions))
    place = _place(by.merchant_id)
    intervals = _intervals(start, end, grain, place.zone)
    asked = _Asked(by.merchant_id, metric, intervals[0], end, grain, place, dimension)
    return Series(
        metric,
        grain,
        intervals[0],
        end,
        dimension,
        tuple(_lines(asked, intervals)),
        place.currency if dimension is not Dimension.CURRENCY and _is_money(metric) else "",
    )


class _Asked(NamedTuple):
    merchant_id: MerchantId
    metric: Metric
    start: datetime
    end: datetime
    grain: Grain
    place: _Place
    dimension: Dimension | None


def _intervals(start: datetime, end: datetime, grain: Grain, zone: ZoneInfo) -> list[datetime]:
    shortest = timedelta(hours=1) if grain is Grain.HOUR else timedelta(days=1)
    if start.tzinfo is None or end.tzinfo is None or not start < end:
        raise RangeInvalid
    if start.year not in _YEARS or end.year not in _YEARS:
        raise RangeInvalid
    if (end - start) / shortest > MAX_INTERVALS * (31 if grain is Grain.MONTH else 1):
        raise RangeInvalid
    return starts(start, end, grain, zone)


def _is_money(metric: Metric) -> bool:
    return metric.measure is Measure.TOTAL


Sums = dict[str, dict[datetime, tuple[int, int]]]


def _lines(asked: _Asked, intervals: list[datetime]) -> Iterable[Line]:
    sums = _kept(asked, asked.metric.figure, _cuts(asked))
    bases = _bases(asked)
    keys = sorted(sums.keys() | bases.keys(), key=lambda key: (-_size(sums.get(key, {})), key))
    if asked.dimension is None:
        keys = [""]
    for key in keys:
        points = tuple(
            _point(asked.metric, at, sums.get(key, {}), bases.get(key, {})) for at in intervals
        )
        yield Line(key, points)


def _cuts(asked: _Asked) -> list[str] | None:
    if _is_money(asked.metric) and asked.dimension is not Dimension.CURRENCY:
        # Amounts of different currencies do not add up.
        return [asked.place.currency]
    return sorted(asked.metric.cuts) or None


def _size(line: dict[datetime, tuple[int, int]]) -> int:
    return sum(count for count, _ in line.values())


def _point(
    metric: Metric,
    at: datetime,
    sums: dict[datetime, tuple[int, int]],
    bases: dict[datetime, tuple[int, int]],
) -> Point:
    count, total = sums.get(at, (0, 0))
    base = bases.get(at, (0, 0))[0]
    return Point(at, count, total, base, value_of(metric, count, total, base))


def _bases(asked: _Asked) -> Sums:
    if asked.metric.measure is Measure.PART_OF:
        return _kept(asked, asked.metric.part_of, None)
    if asked.metric.measure is not Measure.PER_ORDER:
        return {}
    return _gathered(
        "select start, key, count, 0 from metrics_orders_placed(%s, %s, %s, %s, %s, %s)",
        [*_range(asked), asked.dimension or ""],
    )


def _kept(asked: _Asked, figure: str, cuts: list[str] | None) -> Sums:
    merchant_id, *rest = _range(asked)
    by_cut = asked.dimension is not None and asked.dimension is asked.metric.cut_is
    return _gathered(
        "select * from metrics_intervals(%s, %s, %s::text[], %s, %s, %s, %s, %s)",
        [merchant_id, figure, cuts, *rest, "cut" if by_cut else asked.dimension or ""],
    )


def _range(asked: _Asked) -> list[Any]:
    return [asked.merchant_id, asked.start, asked.end, asked.grain, asked.place.zone.key]


def _gathered(statement: str, values: list[Any]) -> Sums:
    found: Sums = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [str(v) if isinstance(v, Grain | Dimension) else v for v in values]
        )
        for start, key, count, total in cursor.fetchall():
            found[key][start] = (count, total)
    return found


def _place(merchant_id: MerchantId) -> _Place:
    stores = list_stores(merchant_id)
    if not stores:
        return _Place(ZoneInfo("Asia/Shanghai"), "CNY")
    return _Place(ZoneInfo(stores[0].zone), stores[0].currency)


def stores_of_orders(merchant_id: MerchantId, order_ids: Iterable[str]) -> dict[str, str]:
    """Return the store of each order, by their ids as texts."""
    wanted = [UUID(order_id) for order_id in order_ids]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select order_id, store_id from metrics_stores_of(%s, %s)", [merchant_id, wanted]
        )
        return dict(cursor.fetchall())
