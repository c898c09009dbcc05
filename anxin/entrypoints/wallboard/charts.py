"""The charts of history: each metric beside the period before, with its target and its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from anxin.domains.metrics.data import Grain, Point, Series, Unit
from anxin.domains.metrics.public import CATALOGUE, series
from anxin.entrypoints.wallboard.words import percent, span, whole
from anxin.kernel.actors import Actor

DAYS = 14


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line of the table behind a chart."""

    label: str
    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart as the script draws it and as a table. Numbers are scaled to ``unit``."""

    key: str
    title: str
    formula: str
    kind: str
    unit: str
    target: float | None
    now_name: str
    before_name: str
    labels: Sequence[str]
    now: Sequence[float | None]
    before: Sequence[float | None]
    rows: Sequence[ChartRow]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class _Scale:
    """How values of a unit are drawn and said."""

    divide_by: float
    unit: str
    say: Callable[[float | None], str]


def build_charts(by: Actor, now: datetime) -> tuple[Chart, ...]:
    """Return every chart of the wall."""
    days = timedelta(days=DAYS)
    return (
        _chart(by, "inquiries", now, timedelta(days=1), Grain.HOUR, "bar"),
        _chart(by, "first_response_seconds", now, days, Grain.DAY, "line"),
        _chart(by, "three_minute_response_rate", now, days, Grain.DAY, "line"),
        _chart(by, "requests_opened", now, days, Grain.DAY, "bar"),
        _chart(by, "refund_duration", now, days, Grain.DAY, "line"),
        _chart(by, "return_rate", now, days, Grain.DAY, "line"),
    )


def _chart(
    by: Actor, name: str, now: datetime, length: timedelta, grain: Grain, kind: str
) -> Chart:
    if grain is Grain.HOUR:
        # The whole day, so that hours stand at the same place all day long.
        start = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        end = start + length
    else:
        start, end = now - length + timedelta(days=1), now
    # Both periods in one: half the queries.
    found = series(by, name, start - length, end, grain)
    points = found.lines[0].points
    half = len(points) // 2
    return _drawn(found, points[half:], points[:half], kind, now)


def _drawn(
    found: Series, points: Sequence[Point], before: Sequence[Point], kind: str, now: datetime
) -> Chart:
    metric, scale = found.metric, _SCALES[_scale_key(found)]
    language = "en" if (get_language() or "").startswith("en") else "zh"
    is_hourly = found.grain is Grain.HOUR
    return Chart(
        key=metric.name,
        title=metric.title[language],
        formula=metric.formula[language],
        kind=kind,
        unit=scale.unit,
        target=None if metric.target is None else round(metric.target / scale.divide_by, 2),
        now_name=gettext("今天") if is_hourly else gettext("近 14 天"),
        before_name=gettext("昨天") if is_hourly else gettext("前 14 天"),
        labels=[_label(point, found.grain) for point in points],
        now=[_scaled(point, scale) if point.start <= now else None for point in points],
        before=[_scaled(point, scale) for point in before],
        rows=[
            ChartRow(_label(point, found.grain), scale.say(point.value), scale.say(was.value))
            for point, was in zip(points, before, strict=False)
            if point.start <= now
        ],
        is_empty=not any(point.count for point in (*points, *before)),
    )


def _label(point: Point, grain: Grain) -> str:
    return f"{localtime(point.start):{'%H:%M' if grain is Grain.HOUR else '%m-%d'}}"


def _scaled(point: Point, scale: _Scale) -> float | None:
    return None if point.value is None else round(point.value / scale.divide_by, 2)


def _scale_key(found: Series) -> str:
    if found.metric.unit is Unit.SECONDS and found.metric.name == "refund_duration":
        return "hours"
    return str(found.metric.unit)


def _say_whole(value: float | None) -> str:
    return whole(round(value or 0))


_SCALES = {
    str(Unit.COUNT): _Scale(1, "", _say_whole),
    str(Unit.SECONDS): _Scale(1, "s", span),
    "hours": _Scale(3600, "h", span),
    str(Unit.RATIO): _Scale(0.01, "%", percent),
}
assert {"refund_duration", "return_rate"} <= CATALOGUE.keys(), "the wall draws known metrics"
