"""P9: any permutation of a provider's words, repeated as often as you like, ends the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.domains.finance.data import (
    NoticeOutcome,
    ProviderNotice,
    ProviderRefund,
    ProviderState,
)
from anxin.domains.finance.lifecycle import PART, PartAction, PartState
from anxin.domains.finance.models import PaymentBalance, Refund, RefundPart
from anxin.domains.finance.ports import OutcomeUnknown
from anxin.domains.finance.public import (
    account_totals,
    request_refund,
    send_part,
    take_provider_result,
)
from anxin.domains.finance.rules import PartFacts, balance_change, judge
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house
from tests.builders_finance import build_paid_order, build_source

AMOUNT = Money(12_800, "CNY")
# What can follow what at a provider that was asked once: a history always starts with an order.
AFTER = {
    ProviderState.PENDING: [ProviderState.SUCCEEDED, ProviderState.FAILED],
    ProviderState.SUCCEEDED: [ProviderState.FAILED],
    ProviderState.FAILED: [ProviderState.SUCCEEDED, ProviderState.PENDING],
}


@st.composite
def histories(draw: st.DrawFn) -> list[ProviderRefund]:
    """Return what a provider says of one number over time, in its own order."""
    state = draw(st.sampled_from(list(ProviderState)))
    said = [ProviderRefund(state, "SBX", AMOUNT, 1)]
    for version in range(2, draw(st.integers(1, 6)) + 1):
        state = draw(st.sampled_from(AFTER[state]))
        said.append(ProviderRefund(state, "SBX", AMOUNT, version))
    return said


def hear(words: list[ProviderRefund]) -> tuple[PartState, int, int]:
    """Return state, reserved and refunded after these words about a part that was sent."""
    state, heard, reserved, refunded = PartState.UNKNOWN, 0, AMOUNT.minor, 0
    for word in words:
        free = AMOUNT.minor - reserved - refunded
        judgement = judge(PartFacts(state, AMOUNT, 1, heard, free), word)
        if judgement.outcome is NoticeOutcome.STALE:
            heard = max(heard, word.version)
        if judgement.action is not None:
            after = PART.after(state, judgement.action)
            more = balance_change(state, after, AMOUNT.minor)
            reserved, refunded = reserved + more[0], refunded + more[1]
            state, heard = after, word.version
        assert 0 <= reserved + refunded <= AMOUNT.minor
    return state, reserved, refunded


@given(histories(), st.data())
@settings(max_examples=500, deadline=None)
def test_any_permutation_with_repeats_ends_like_the_last_word(
    history: list[ProviderRefund], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history)))))

    assert hear(shuffled) == hear(history)


@pytest.mark.django_db
@given(histories(), st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_balances_and_ledger_end_the_same_in_the_database(
    history: list[ProviderRefund], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history * 2))

    assert _told(shuffled) == _told(history)


class _Silent:
    """A provider that takes the order and never answers."""

    def refund(self, refund_no: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        raise OutcomeUnknown

    def find(self, refund_no: str) -> ProviderRefund | None:
        return None


_serial = iter(range(10**9))


def _told(words: list[ProviderRefund]) -> object:
    house = build_house(slug=f"words-{next(_serial)}")
    with acting_for(house.merchant_id):
        order_id = build_paid_order(house, ("wechat_pay", AMOUNT.minor))
        request_refund(house.system, build_source(), order_id=order_id, amount=AMOUNT, now=NOON)
        part = RefundPart.objects.get()
        send_part(part.pk, _Silent(), now=NOON)
        for word in words:
            key = f"{part.part_no}:{word.version}"
            take_provider_result(house.system, ProviderNotice(key, part.part_no, word), now=NOON)
        return (
            RefundPart.objects.values_list("state", flat=True).get(),
            Refund.objects.values_list("state", flat=True).get(),
            PaymentBalance.objects.values_list("reserved_minor", "refunded_minor").get(),
            {
                total.account: total.balance_minor
                for total in account_totals(house.system)
                if total.balance_minor
            },
        )


def test_retrying_is_the_only_way_back_that_is_ours() -> None:
    back = {a for (s, a), t in PART.moves.items() if s is PartState.FAILED}

    assert back == {PartAction.RETRY, PartAction.ACCEPT, PartAction.SUCCEED}
