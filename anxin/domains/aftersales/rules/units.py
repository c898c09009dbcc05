"""Which units of an order line are still free, and what units cost.

Every unit has a frozen worth of its own: the step between two cumulative shares of the line
(anchors/returns.md §6). So whatever is returned, released and asked for again, no unit is paid
twice and all units together come to exactly what the line cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from anxin.domains.aftersales.data import UnitRun
from anxin.kernel.money import share_of


def free_units(quantity: int, claimed: Iterable[UnitRun]) -> tuple[UnitRun, ...]:
    """Return the units of a line of ``quantity`` that nobody claims, as runs, lowest first."""
    free, start = [], 0
    for run in sorted(claimed, key=lambda run: run.first):
        if run.first > start:
            free.append(UnitRun(start, run.first - start))
        start = max(start, run.first + run.count)
    if start < quantity:
        free.append(UnitRun(start, quantity - start))
    return tuple(free)


def take_units(free: Sequence[UnitRun], count: int) -> tuple[UnitRun, ...]:
    """Return ``count`` of the free units: the lowest neighbours that suffice, else the lowest.

    The caller has checked that there are enough.
    """
    whole = next((run for run in free if run.count >= count), None)
    if whole is not None:
        return (UnitRun(whole.first, count),)
    taken: list[UnitRun] = []
    for run in free:
        taken.append(UnitRun(run.first, min(run.count, count - count_of(taken))))
        if count_of(taken) == count:
            break
    return tuple(taken)


def count_of(runs: Iterable[UnitRun]) -> int:
    """Return how many units runs hold."""
    return sum(run.count for run in runs)


def worth_of(runs: Iterable[UnitRun], count: int, amount_minor: int, quantity: int) -> int:
    """Return what the first ``count`` units of ``runs`` carry of a line's ``amount_minor``."""
    worth = 0
    for run in runs:
        taken = min(run.count, count)
        upto = share_of(amount_minor, run.first + taken, quantity)
        worth += upto - share_of(amount_minor, run.first, quantity)
        count -= taken
    return worth
