"""Every waiting state has one timer, and every ended state none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anxin.domains.aftersales.data import Owner
from anxin.domains.aftersales.lifecycle import REQUEST, State
from anxin.domains.aftersales.rules import TIMERS, due_of, timer_of
from anxin.domains.policies.data import Deadline, Party

ENDED = {State.CLOSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}
NOW = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize("state", State)
def test_a_state_has_a_timer_exactly_when_it_waits(state: State) -> None:
    timer = timer_of(state, needs_human=False, is_offer_refused=False)

    assert (timer is None) is (state in ENDED)


def test_states_that_nothing_leaves_are_among_the_ended() -> None:
    assert REQUEST.terminal_states() <= ENDED


@pytest.mark.parametrize(
    ("state", "code", "owner", "hours", "again"),
    [
        (State.REVIEWING, "merchant_silent", Owner.MERCHANT, 24, None),
        (State.AUTHORIZED, "not_sent_back", Owner.BUYER, 168, None),
        (State.IN_TRANSIT, "parcel_overdue", Owner.CARRIER, 240, 48),
        (State.RECEIVED, "inspection_overdue", Owner.WAREHOUSE, 48, 24),
        (State.NEGOTIATING, "offer_unanswered", Owner.BUYER, 72, 24),
        (State.SETTLING, "refund_overdue", Owner.FINANCE, 168, 24),
    ],
)
def test_the_table_says_who_is_waited_for_how_long(
    state: State, code: str, owner: Owner, hours: int, again: int | None
) -> None:
    timer = TIMERS[state]

    assert (timer.code, timer.owner, timer.hours, timer.again_hours) == (code, owner, hours, again)


def test_silence_does_not_answer_an_appeal() -> None:
    timer = timer_of(State.REVIEWING, needs_human=True, is_offer_refused=False)

    assert timer is not None
    assert (timer.code, timer.again_hours) == ("appeal_unanswered", 24)


def test_after_a_refused_offer_it_is_the_merchants_turn() -> None:
    timer = timer_of(State.NEGOTIATING, needs_human=False, is_offer_refused=True)

    assert timer is not None
    assert (timer.owner, timer.step) == (Owner.MERCHANT, "make_offer")


@pytest.mark.parametrize(
    ("promised", "due"),
    [
        ((), NOW + timedelta(hours=24)),
        (
            (Deadline("merchant_answer", Party.SELLER, "asked", None, "c", 6),),
            NOW + timedelta(hours=6),
        ),
        # Two days after the 11th end with the 13th, in Shanghai.
        (
            (Deadline("merchant_answer", Party.SELLER, "asked", None, "c", None, 2),),
            datetime(2026, 11, 13, 16, 0, tzinfo=UTC),
        ),
        ((Deadline("refund", Party.SELLER, "asked", None, "c", 1),), NOW + timedelta(hours=24)),
    ],
)
def test_what_the_policy_promised_counts_before_the_table(
    promised: tuple[Deadline, ...], due: datetime
) -> None:
    assert due_of(TIMERS[State.REVIEWING], NOW, promised, SHANGHAI) == due
