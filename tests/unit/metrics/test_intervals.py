"""Intervals follow the merchant's calendar and leave no gap."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from anxin.domains.metrics.data import Grain
from anxin.domains.metrics.intervals import starts

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grain", "zone", "start", "end", "expected"),
    [
        (
            Grain.HOUR,
            SHANGHAI,
            _utc(2026, 11, 11, 4, 30),
            _utc(2026, 11, 11, 6),
            [_utc(2026, 11, 11, 4), _utc(2026, 11, 11, 5)],
        ),
        (
            Grain.DAY,
            SHANGHAI,
            _utc(2026, 11, 10, 16),
            _utc(2026, 11, 12, 15),
            [_utc(2026, 11, 10, 16), _utc(2026, 11, 11, 16)],
        ),
        (Grain.DAY, SHANGHAI, _utc(2026, 11, 11), _utc(2026, 11, 11, 1), [_utc(2026, 11, 10, 16)]),
        (
            Grain.WEEK,
            SHANGHAI,
            _utc(2026, 11, 11),
            _utc(2026, 11, 16),
            [_utc(2026, 11, 8, 16), _utc(2026, 11, 15, 16)],
        ),
        (
            Grain.MONTH,
            SHANGHAI,
            _utc(2026, 12, 30),
            _utc(2027, 2, 1),
            [_utc(2026, 11, 30, 16), _utc(2026, 12, 31, 16), _utc(2027, 1, 31, 16)],
        ),
        # The day the clocks go back has 25 hours.
        (
            Grain.DAY,
            BERLIN,
            _utc(2026, 10, 24, 22),
            _utc(2026, 10, 26),
            [_utc(2026, 10, 24, 22), _utc(2026, 10, 25, 23)],
        ),
    ],
)
def test_intervals_of_a_range(
    grain: Grain, zone: ZoneInfo, start: datetime, end: datetime, expected: list[datetime]
) -> None:
    assert starts(start, end, grain, zone) == expected
