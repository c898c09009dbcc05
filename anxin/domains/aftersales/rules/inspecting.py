"""Inspection: the points of each standard, and whether findings add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anxin.domains.aftersales.data import Finding, RequestLineId
from anxin.domains.policies.data import Condition
from anxin.kernel.errors import Invalid

GRADES = ("A", "B", "C", "D")

_C = Condition
# The points to look at, by group of goods (CN-10; CN-09 for goods of no group).
_GENERAL = (
    _C.DAMAGED,
    _C.SOILED,
    _C.WORN,
    _C.USED,
    _C.ACCESSORIES_MISSING,
    _C.UNAUTHORISED_REPAIR,
    _C.SERIAL_DAMAGED,
)
CHECKLISTS: Mapping[str, tuple[str, ...]] = {
    "food_cosmetic_medical": (_C.SEAL_BROKEN, _C.USED, _C.DAMAGED, _C.SOILED),
    "electronics": (
        _C.UNAUTHORISED_REPAIR,
        _C.SERIAL_DAMAGED,
        _C.WORN,
        _C.ACTIVATED,
        _C.PERSONAL_DATA,
        _C.DAMAGED,
        _C.ACCESSORIES_MISSING,
    ),
    "apparel_home": (_C.TAGS_REMOVED, _C.LABEL_CUT, _C.SOILED, _C.DAMAGED, _C.WORN),
    "general": _GENERAL,
}
# What can be wrong with any goods, besides the standard of their kind.
_ALWAYS = ("wrong_item", "defect_confirmed", "defect_not_found", "other")


class FindingsDoNotAddUp(Invalid):
    """Accepted, rejected and missing units must add up to the expected ones."""

    code = "findings_do_not_add_up"


class FindingsIncomplete(Invalid):
    """Every line of the request must be inspected, once."""

    code = "findings_incomplete"


class FindingRefused(Invalid):
    """A finding is not understood."""

    code = "finding_refused"


def checklist_of(standard: str) -> tuple[str, ...]:
    """Return the points of a standard; goods of no group have the general one."""
    return (*CHECKLISTS.get(standard, _GENERAL), *_ALWAYS)


def check_findings(
    expected: Mapping[RequestLineId, tuple[int, str]], found: Sequence[Finding]
) -> None:
    """Raise unless every expected line (units, standard) has one finding that adds up."""
    ids = [finding.line_id for finding in found]
    if sorted(ids) != sorted(expected):
        raise FindingsIncomplete(expected=len(expected), found=len(set(ids)))
    for finding in found:
        _check(finding, *expected[finding.line_id])


def _check(finding: Finding, quantity: int, standard: str) -> None:
    counts = (finding.accepted, finding.rejected, finding.missing, finding.wrong)
    if min(counts) < 0 or sum(counts[:3]) != quantity:
        raise FindingsDoNotAddUp(
            line_id=str(finding.line_id), expected=quantity, found=sum(counts[:3])
        )
    if finding.wrong > finding.rejected:
        raise FindingsDoNotAddUp(
            "wrong units are rejected ones", rejected=finding.rejected, wrong=finding.wrong
        )
    if finding.grade not in GRADES:
        raise FindingRefused("unknown grade", field="grade", value=finding.grade)
    if strange := set(finding.codes) - set(checklist_of(standard)):
        raise FindingRefused("not a point of the standard", field="codes", value=sorted(strange))
    if finding.rejected > finding.wrong and not (finding.codes or finding.note):
        raise FindingRefused("say why units were rejected", field="codes")
