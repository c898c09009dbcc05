"""What is owed once goods were looked at."""

from __future__ import annotations

from uuid import UUID

import pytest

from anxin.domains.aftersales.data import ClaimedUnits, Finding, Promise, RequestLineId, UnitRun
from anxin.domains.aftersales.rules import owed_after

LAMP, MUG = RequestLineId(UUID(int=1)), RequestLineId(UUID(int=2))
CLAIMED = (
    ClaimedUnits(LAMP, (UnitRun(0, 3),), 3, 1000),
    ClaimedUnits(MUG, (UnitRun(0, 1),), 2, 999),
)


@pytest.mark.parametrize(
    ("lamps", "mugs", "promise", "total"),
    [
        (3, 1, Promise(0, 0), 1500),
        (2, 1, Promise(0, 0), 667 + 500),
        (1, 0, Promise(0, 0), 333),
        (0, 0, Promise(0, 0), 0),
        # Outbound freight comes back only when nothing was kept or refused.
        (3, 1, Promise(800, 0), 2300),
        (2, 1, Promise(800, 0), 1167),
        # What is kept back stays kept back, and never makes the sum negative.
        (3, 1, Promise(0, 300), 1200),
        (1, 0, Promise(0, 400), 0),
    ],
)
def test_accepted_units_are_owed_at_their_frozen_worth(
    lamps: int, mugs: int, promise: Promise, total: int
) -> None:
    found = [Finding(LAMP, lamps, 3 - lamps), Finding(MUG, mugs, 1 - mugs)]

    owed = owed_after(CLAIMED, promise, found)

    assert owed.total_minor == total
    assert owed.is_everything is (lamps == 3 and mugs == 1)
