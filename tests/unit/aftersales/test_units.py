"""Units of a line: which are free, which are taken, what they are worth."""

from __future__ import annotations

import pytest

from anxin.domains.aftersales.data import UnitRun
from anxin.domains.aftersales.rules import count_of, free_units, take_units, worth_of


def _runs(*pairs: tuple[int, int]) -> tuple[UnitRun, ...]:
    return tuple(UnitRun(first, count) for first, count in pairs)


@pytest.mark.parametrize(
    ("quantity", "claimed", "free"),
    [
        (3, _runs(), _runs((0, 3))),
        (3, _runs((0, 1)), _runs((1, 2))),
        (3, _runs((1, 1)), _runs((0, 1), (2, 1))),
        (3, _runs((2, 1), (0, 1)), _runs((1, 1))),
        (3, _runs((0, 3)), _runs()),
        (5, _runs((3, 2), (0, 2)), _runs((2, 1))),
    ],
)
def test_free_units_are_those_nobody_claims(
    quantity: int, claimed: tuple[UnitRun, ...], free: tuple[UnitRun, ...]
) -> None:
    assert free_units(quantity, claimed) == free


@pytest.mark.parametrize(
    ("free", "count", "taken"),
    [
        (_runs((0, 3)), 2, _runs((0, 2))),
        # The lowest neighbours that suffice are better than pieces.
        (_runs((0, 1), (2, 2)), 2, _runs((2, 2))),
        (_runs((0, 1), (2, 1), (4, 1)), 2, _runs((0, 1), (2, 1))),
        (_runs((0, 2), (3, 2)), 3, _runs((0, 2), (3, 1))),
    ],
)
def test_the_lowest_neighbouring_units_are_taken(
    free: tuple[UnitRun, ...], count: int, taken: tuple[UnitRun, ...]
) -> None:
    assert take_units(free, count) == taken


@pytest.mark.parametrize(
    ("runs", "count", "worth"),
    [
        (_runs((0, 1)), 1, 333),
        (_runs((1, 1)), 1, 334),
        (_runs((2, 1)), 1, 333),
        (_runs((0, 2)), 2, 667),
        (_runs((0, 1), (2, 1)), 2, 666),
        (_runs((0, 1), (2, 1)), 1, 333),
        (_runs((0, 3)), 0, 0),
    ],
)
def test_a_unit_is_worth_its_own_step_of_the_line(
    runs: tuple[UnitRun, ...], count: int, worth: int
) -> None:
    assert worth_of(runs, count, 1000, 3) == worth


def test_runs_are_counted_by_their_units() -> None:
    assert count_of(_runs((0, 2), (7, 3))) == 5
