"""What is owed once the goods were looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anxin.domains.aftersales.data import ClaimedUnits, Finding, Promise, RequestLineId
from anxin.domains.aftersales.rules.units import count_of, worth_of


@dataclass(frozen=True, slots=True)
class Owed:
    """What is to be paid back, line by line and in all, in minor units."""

    lines: Mapping[RequestLineId, int]
    total_minor: int
    is_everything: bool


def owed_after(claimed: Sequence[ClaimedUnits], promise: Promise, found: Sequence[Finding]) -> Owed:
    """Return what is owed for the accepted units of a request.

    Accepted units are paid at their frozen worth, lowest first, so that more accepted never pays
    less (P6) and everything accepted pays exactly what was promised (P3). Outbound freight comes
    back only when every unit was accepted: the promise of it was that nothing is kept. What was
    announced to be kept back stays kept back, but never makes the total negative.
    """
    accepted = {finding.line_id: finding.accepted for finding in found}
    lines = {
        units.line_id: worth_of(
            units.runs,
            accepted[units.line_id],
            units.line_payable_minor,
            units.line_quantity,
        )
        for units in claimed
    }
    is_everything = all(accepted[units.line_id] == count_of(units.runs) for units in claimed)
    freight = promise.freight_minor if is_everything else 0
    total = max(0, sum(lines.values()) + freight - promise.deducted_minor)
    return Owed(lines, total, is_everything)
