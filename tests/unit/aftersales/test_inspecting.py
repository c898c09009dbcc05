"""Findings add up, or are refused; goods go only where they may."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from anxin.domains.aftersales.data import Disposed, Disposition, Finding, RequestLineId
from anxin.domains.aftersales.rules import CHECKLISTS, check_disposal, check_findings, checklist_of
from anxin.domains.aftersales.rules.disposing import (
    DisinfectionMissing,
    DisposalDoesNotAddUp,
    RestockRefused,
)
from anxin.domains.aftersales.rules.inspecting import (
    FindingRefused,
    FindingsDoNotAddUp,
    FindingsIncomplete,
)

LINE, OTHER = RequestLineId(UUID(int=1)), RequestLineId(UUID(int=2))
EXPECTED = {LINE: (3, "apparel_home")}
GOOD = Finding(LINE, 3)


def test_everything_accepted_adds_up() -> None:
    check_findings(EXPECTED, [GOOD])


@pytest.mark.parametrize(
    ("finding", "refusal"),
    [
        (replace(GOOD, accepted=2), FindingsDoNotAddUp),
        (replace(GOOD, accepted=4), FindingsDoNotAddUp),
        (replace(GOOD, accepted=4, missing=-1), FindingsDoNotAddUp),
        (replace(GOOD, accepted=2, rejected=1, wrong=2), FindingsDoNotAddUp),
        (replace(GOOD, grade="Z"), FindingRefused),
        (replace(GOOD, accepted=2, rejected=1, codes=("seal_broken",)), FindingRefused),
        (replace(GOOD, accepted=2, rejected=1), FindingRefused),
        (replace(GOOD, line_id=OTHER), FindingsIncomplete),
    ],
)
def test_findings_that_make_no_sense_are_refused(
    finding: Finding, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_findings(EXPECTED, [finding])


@pytest.mark.parametrize("found", [[], [GOOD, GOOD]])
def test_every_line_is_inspected_once(found: list[Finding]) -> None:
    with pytest.raises(FindingsIncomplete):
        check_findings(EXPECTED, found)


def test_a_wrong_article_needs_no_further_reason() -> None:
    check_findings(EXPECTED, [replace(GOOD, accepted=2, rejected=1, wrong=1)])


@pytest.mark.parametrize("group", [*CHECKLISTS, "unheard of"])
def test_every_standard_has_points(group: str) -> None:
    assert len(checklist_of(group)) > 4


FOUND = {LINE: Finding(LINE, 2, 1, codes=("soiled",))}
RESTOCK, SCRAP = Disposition.RESTOCK, Disposition.SCRAP


@pytest.mark.parametrize(
    ("disposed", "is_disinfected", "refusal"),
    [
        ([(RESTOCK, 2)], True, DisposalDoesNotAddUp),
        ([(RESTOCK, 2), (SCRAP, 2)], True, DisposalDoesNotAddUp),
        ([(RESTOCK, 1), (RESTOCK, 1), (SCRAP, 1)], True, DisposalDoesNotAddUp),
        ([(SCRAP, 3), (RESTOCK, 0)], True, DisposalDoesNotAddUp),
        ([(RESTOCK, 3)], True, RestockRefused),
        ([(RESTOCK, 2), (Disposition.RESTOCK_LABELLED, 1)], True, RestockRefused),
        ([(RESTOCK, 2), (SCRAP, 1)], False, DisinfectionMissing),
    ],
)
def test_goods_do_not_go_where_they_may_not(
    disposed: list[tuple[Disposition, int]], is_disinfected: bool, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_disposal(
            FOUND,
            [Disposed(LINE, place, count) for place, count in disposed],
            is_disinfected=is_disinfected,
        )


def test_goods_that_are_not_sold_again_need_no_disinfection() -> None:
    check_disposal(FOUND, [Disposed(LINE, SCRAP, 3)], is_disinfected=False)
