"""Approving, hearing, waiting and comparing: one table each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from anxin.domains.finance.data import (
    BookEntry,
    DifferenceKind,
    NoticeOutcome,
    ProviderRefund,
    ProviderState,
    RefundId,
)
from anxin.domains.finance.lifecycle import PART, REFUND, PartAction, PartState, RefundState
from anxin.domains.finance.rules import (
    OurPart,
    PartFacts,
    balance_change,
    differences,
    judge,
    may_approve,
    needs_approval,
    next_look,
    posting_of_move,
    posting_of_refusal,
    posting_of_request,
    state_from_parts,
)
from anxin.kernel.money import Money

P, S = PartState, ProviderState
YUAN = Money(12_800, "CNY")
NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)


@pytest.mark.parametrize(("minor", "needed"), [(49_999, False), (50_000, False), (50_001, True)])
def test_above_the_threshold_and_not_at_it_a_second_person_is_needed(
    minor: int, needed: bool
) -> None:
    assert needs_approval(Money(minor, "CNY"), 50_000) is needed


@pytest.mark.parametrize(
    ("limit", "own", "allowed", "because"),
    [
        (12_800, False, True, ""),
        (12_799, False, False, "above_limit"),
        (10**9, True, False, "own_request"),
        (0, True, False, "own_request"),
    ],
)
def test_who_may_approve(limit: int, own: bool, allowed: bool, because: str) -> None:
    verdict = may_approve(YUAN, limit_minor=limit, is_own_request=own)

    assert (verdict.is_allowed, verdict.because) == (allowed, because)


FACTS = PartFacts(P.SENDING, YUAN, 1, 0, 0)
APPLIED, STALE = NoticeOutcome.APPLIED, NoticeOutcome.STALE


@pytest.mark.parametrize(
    ("facts", "state", "version", "outcome", "action"),
    [
        (FACTS, S.PENDING, 1, APPLIED, PartAction.ACCEPT),
        (FACTS, S.SUCCEEDED, 1, APPLIED, PartAction.SUCCEED),
        (FACTS, S.FAILED, 1, APPLIED, PartAction.FAIL),
        (replace(FACTS, state=P.RESERVED), S.SUCCEEDED, 1, APPLIED, PartAction.SUCCEED),
        (replace(FACTS, state=P.UNKNOWN), S.FAILED, 1, APPLIED, PartAction.FAIL),
        (replace(FACTS, state=P.SUCCEEDED), S.FAILED, 2, APPLIED, PartAction.BOUNCE),
        (replace(FACTS, state=P.SUCCEEDED), S.PENDING, 3, APPLIED, PartAction.ACCEPT),
        (replace(FACTS, state=P.SUCCEEDED), S.SUCCEEDED, 2, STALE, None),
        (replace(FACTS, heard_version=2), S.FAILED, 2, STALE, None),
        (replace(FACTS, heard_version=2), S.FAILED, 1, STALE, None),
        (replace(FACTS, attempts=0), S.SUCCEEDED, 1, NoticeOutcome.NEVER_SENT, None),
        (replace(FACTS, state=P.VOID), S.SUCCEEDED, 1, NoticeOutcome.WAS_VOID, None),
        (replace(FACTS, state=P.FAILED), S.SUCCEEDED, 2, NoticeOutcome.OVER_CAPTURED, None),
        (
            replace(FACTS, state=P.FAILED, free_minor=12_800),
            S.SUCCEEDED,
            2,
            APPLIED,
            PartAction.SUCCEED,
        ),
    ],
)
def test_what_a_word_means(
    facts: PartFacts,
    state: ProviderState,
    version: int,
    outcome: NoticeOutcome,
    action: PartAction | None,
) -> None:
    judgement = judge(facts, ProviderRefund(state, "R", YUAN, version))

    assert (judgement.outcome, judgement.action) == (outcome, action)


@pytest.mark.parametrize(
    "amount", [Money(12_799, "CNY"), Money(12_801, "CNY"), Money(12_800, "USD")]
)
def test_a_word_about_another_amount_is_never_applied(amount: Money) -> None:
    judgement = judge(FACTS, ProviderRefund(S.SUCCEEDED, "R", amount, 9))

    assert (judgement.outcome, judgement.action) == (NoticeOutcome.AMOUNT_DIFFERS, None)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (P.RESERVED, P.SENDING, (0, 0)),
        (P.SENDING, P.UNKNOWN, (0, 0)),
        (P.SENDING, P.SUCCEEDED, (-7, 7)),
        (P.UNKNOWN, P.FAILED, (-7, 0)),
        (P.FAILED, P.RESERVED, (7, 0)),
        (P.FAILED, P.SUCCEEDED, (0, 7)),
        (P.SUCCEEDED, P.FAILED, (0, -7)),
        (P.SUCCEEDED, P.PENDING, (7, -7)),
        (P.RESERVED, P.VOID, (-7, 0)),
    ],
)
def test_an_unknown_outcome_counts_as_spent(
    before: PartState, after: PartState, change: tuple[int, int]
) -> None:
    assert balance_change(before, after, 7) == change


@pytest.mark.parametrize("start", list(PartState))
def test_every_journal_adds_up_to_nothing(start: PartState) -> None:
    postings = [posting_of_request(7), posting_of_refusal(7)]
    postings += [
        posting
        for (before, _), after in PART.moves.items()
        if before is start and (posting := posting_of_move(before, after, "alipay", 7))
    ]

    assert all(sum(minor for _, minor in posting.lines) == 0 for posting in postings)


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([P.SUCCEEDED, P.SUCCEEDED], RefundState.SUCCEEDED),
        ([P.SUCCEEDED, P.PENDING], RefundState.REQUESTED),
        ([P.SUCCEEDED, P.FAILED], RefundState.FAILED),
        ([P.PENDING, P.FAILED], RefundState.FAILED),
        ([P.UNKNOWN], RefundState.REQUESTED),
    ],
)
def test_a_refund_is_where_its_parts_are(parts: list[PartState], state: RefundState) -> None:
    assert state_from_parts(parts) is state


@pytest.mark.parametrize(("looks", "seconds"), [(0, 2), (1, 4), (5, 64), (11, 3600), (900, 3600)])
def test_waiting_doubles_up_to_an_hour(looks: int, seconds: int) -> None:
    assert next_look(looks, NOW) - NOW == timedelta(seconds=seconds)


OURS = OurPart("RF1-1", RefundId(UUID(int=1)), P.SUCCEEDED, YUAN, 1)
THEIRS = BookEntry("RF1-1", "TX", YUAN, S.SUCCEEDED, 1, 1, 1, 0, NOW)


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (OURS, THEIRS, None),
        (OURS, None, DifferenceKind.MISSING_THERE),
        (replace(OURS, state=P.UNKNOWN), None, None),
        (None, THEIRS, DifferenceKind.MISSING_HERE),
        (OURS, replace(THEIRS, moved_count=2), DifferenceKind.MOVED_TWICE),
        (OURS, replace(THEIRS, moved_count=2, bounced_count=1), None),
        (OURS, replace(THEIRS, amount=Money(12_801, "CNY")), DifferenceKind.AMOUNT),
        (OURS, replace(THEIRS, state=S.FAILED), DifferenceKind.STATE),
        (replace(OURS, state=P.UNKNOWN), THEIRS, DifferenceKind.STATE),
        (replace(OURS, state=P.UNKNOWN), replace(THEIRS, state=S.PENDING), None),
    ],
)
def test_where_the_books_disagree(
    ours: OurPart | None, theirs: BookEntry | None, kind: DifferenceKind | None
) -> None:
    found = differences([ours] if ours else [], [theirs] if theirs else [])

    assert [difference.kind for difference in found] == ([kind] if kind else [])


def test_only_a_refusal_ends_a_refund_for_ever() -> None:
    assert REFUND.terminal_states() == {RefundState.REFUSED}
    assert PART.terminal_states() == {P.VOID}


def test_the_readme_draws_the_lifecycles_as_they_are() -> None:
    from pathlib import Path

    from anxin.domains import finance

    text = (Path(finance.__path__[0]) / "README.md").read_text(encoding="utf-8")
    assert REFUND.diagram() in text
    assert PART.diagram() in text
