"""Figures: the catalogue, how things stand now, and each metric over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from anxin.domains.merchants.data import Permission
from anxin.domains.metrics.data import (
    Dimension,
    Direction,
    Grain,
    LiveFigures,
    Metric,
    Series,
    Unit,
)
from anxin.domains.metrics.public import CATALOGUE, alarm_of, live_figures, metric_named, series
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.kernel.clock import utcnow

router = Router()

_DEFAULT_DAYS = 14


class WordsOut(Schema):
    """A text in both languages."""

    zh: str
    en: str


class MetricOut(Schema):
    """One entry of the catalogue."""

    name: str
    title: WordsOut
    formula: WordsOut
    grain: Grain
    dimensions: list[Dimension]
    direction: Direction
    unit: Unit
    target: float | None

    @classmethod
    def of(cls, metric: Metric) -> MetricOut:
        """Return the entry's outside shape."""
        return cls(
            name=metric.name,
            title=WordsOut(**metric.title),
            formula=WordsOut(**metric.formula),
            grain=metric.grain,
            dimensions=list(metric.dimensions),
            direction=metric.direction,
            unit=metric.unit,
            target=metric.target,
        )


class MetricsOut(Schema):
    """The whole catalogue."""

    items: list[MetricOut]
    next_cursor: None = None


class PointOut(Schema):
    """One interval. ``value`` is null where there was nothing to take a mean or a share of."""

    start: datetime
    value: float | None
    count: int
    total: int


class LineOut(Schema):
    """The points of one value of the dimension; ``key`` is "" when the series is not cut."""

    key: str
    points: list[PointOut]


class SeriesOut(Schema):
    """A metric over time. Money is in minor units of ``currency``."""

    metric: MetricOut
    grain: Grain
    start: datetime
    end: datetime
    dimension: Dimension | None
    currency: str
    lines: list[LineOut]

    @classmethod
    def of(cls, found: Series) -> SeriesOut:
        """Return the series' outside shape."""
        return cls(
            metric=MetricOut.of(found.metric),
            grain=found.grain,
            start=found.start,
            end=found.end,
            dimension=found.dimension,
            currency=found.currency,
            lines=[
                LineOut(
                    key=line.key,
                    points=[
                        PointOut(start=p.start, value=p.value, count=p.count, total=p.total)
                        for p in line.points
                    ],
                )
                for line in found.lines
            ],
        )


class AlarmOut(Schema):
    """What the whole room should look at."""

    code: str
    amount: int


class LiveOut(Schema):
    """How things stand now. Durations are means in seconds, null without a case."""

    at: datetime
    waiting: int
    waiting_since: datetime | None
    open: int
    inquiries_today: int
    conversations_today: int
    first_response_seconds: float | None
    three_minute_rate: float | None
    requests_open: int
    requests_by_state: dict[str, int]
    requests_overdue: int
    refunds_pending: int
    refunds_by_state: dict[str, int]
    refund_seconds: float | None
    return_rate: float | None
    behind_seconds: float
    alarm: AlarmOut | None

    @classmethod
    def of(cls, found: LiveFigures) -> LiveOut:
        """Return the figures' outside shape."""
        alarm = alarm_of(found)
        return cls(
            at=found.at,
            waiting=found.waiting,
            waiting_since=found.waiting_since,
            open=found.open,
            inquiries_today=found.inquiries_today,
            conversations_today=found.conversations_today,
            first_response_seconds=found.first_response_seconds,
            three_minute_rate=found.three_minute_rate,
            requests_open=found.requests_open,
            requests_by_state=dict(found.requests_by_state),
            requests_overdue=found.requests_overdue,
            refunds_pending=found.refunds_pending,
            refunds_by_state=dict(found.refunds_by_state),
            refund_seconds=found.refund_seconds,
            return_rate=found.return_rate,
            behind_seconds=found.behind.total_seconds(),
            alarm=AlarmOut(code=alarm.code, amount=alarm.amount) if alarm else None,
        )


@router.get("/metrics", response=MetricsOut, auth=scope(Permission.METRICS_READ))
def list_metrics(request: ApiRequest) -> MetricsOut:
    """List every metric with its formula in words, unit, dimensions and target."""
    return MetricsOut(items=[MetricOut.of(metric) for metric in CATALOGUE.values()])


@router.get("/metrics/live", response=LiveOut, auth=scope(Permission.METRICS_READ))
def get_live_figures(request: ApiRequest) -> LiveOut:
    """Return how things stand now, at most two seconds behind."""
    return LiveOut.of(live_figures(request.actor, utcnow()))


@router.get("/metrics/{name}", response=SeriesOut, auth=scope(Permission.METRICS_READ))
def get_metric(
    request: ApiRequest,
    name: str,
    to: AwareDatetime | None = None,
    from_: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    grain: Grain = Grain.DAY,
    dimension: Dimension | None = None,
) -> SeriesOut:
    """Return a metric over time, cut by one dimension if asked; by default the last 14 days."""
    metric_named(name)
    end = to or utcnow()
    start = from_ or _earlier(end)
    return SeriesOut.of(series(request.actor, name, start, end, grain, dimension))


def _earlier(end: datetime) -> datetime:
    try:
        return end - timedelta(days=_DEFAULT_DAYS - 1)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
