"""The intervals of a series, in the merchant's own calendar. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from anxin.domains.metrics.data import Grain


def starts(start: datetime, end: datetime, grain: Grain, zone: ZoneInfo) -> list[datetime]:
    """Return where each interval that touches [start, end) begins, in UTC, without gaps."""
    found = [start_of(start, grain, zone)]
    while (following := next_start(found[-1], grain, zone)) < end:
        found.append(following)
    return found


def start_of(at: datetime, grain: Grain, zone: ZoneInfo) -> datetime:
    """Return where the interval around ``at`` begins, in UTC."""
    local = at.astimezone(zone)
    if grain is Grain.HOUR:
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    day = local.date()
    if grain is Grain.WEEK:
        day -= timedelta(days=day.weekday())
    if grain is Grain.MONTH:
        day = day.replace(day=1)
    return _midnight(day, zone)


def next_start(start: datetime, grain: Grain, zone: ZoneInfo) -> datetime:
    """Return where the interval after the one that begins at ``start`` begins."""
    if grain is Grain.HOUR:
        return start + timedelta(hours=1)
    day = start.astimezone(zone).date()
    if grain is Grain.MONTH:
        return _midnight((day.replace(day=28) + timedelta(days=4)).replace(day=1), zone)
    return _midnight(day + timedelta(days=7 if grain is Grain.WEEK else 1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
