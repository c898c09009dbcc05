"""What may become of goods that came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from anxin.domains.aftersales.data import RESTOCKING, Disposed, Finding, RequestLineId
from anxin.kernel.errors import Conflict, Invalid


class DisposalDoesNotAddUp(Invalid):
    """Every unit that came back goes to exactly one place."""

    code = "disposal_does_not_add_up"


class RestockRefused(Invalid):
    """Only accepted units may be sold again."""

    code = "restock_refused"


class DisinfectionMissing(Conflict):
    """Goods go back into stock only after disinfection was recorded."""

    code = "disinfection_missing"


def check_disposal(
    found: Mapping[RequestLineId, Finding], disposed: Sequence[Disposed], *, is_disinfected: bool
) -> None:
    """Raise unless the disposed units are exactly the received ones, each where it may go.

    Rejected goods are not sold again (CN-14 lets only restored goods be sold as new), and nothing
    is restocked before it was disinfected.
    """
    sums: Counter[RequestLineId] = Counter()
    seen = set()
    for one in disposed:
        if one.quantity <= 0 or one.line_id not in found:
            raise DisposalDoesNotAddUp(line_id=str(one.line_id), quantity=one.quantity)
        if (one.line_id, one.disposition) in seen:
            raise DisposalDoesNotAddUp("named twice", line_id=str(one.line_id))
        seen.add((one.line_id, one.disposition))
        sums[one.line_id] += one.quantity
    for line_id, finding in found.items():
        received = finding.accepted + finding.rejected
        if sums[line_id] != received:
            raise DisposalDoesNotAddUp(
                line_id=str(line_id), received=received, disposed=sums[line_id]
            )
    _check_restock(found, disposed, is_disinfected)


def _check_restock(
    found: Mapping[RequestLineId, Finding], disposed: Sequence[Disposed], is_disinfected: bool
) -> None:
    restocked: Counter[RequestLineId] = Counter()
    for one in disposed:
        if one.disposition in RESTOCKING:
            restocked[one.line_id] += one.quantity
    for line_id, quantity in restocked.items():
        if quantity > found[line_id].accepted:
            raise RestockRefused(
                line_id=str(line_id), accepted=found[line_id].accepted, restocked=quantity
            )
    if restocked and not is_disinfected:
        raise DisinfectionMissing
