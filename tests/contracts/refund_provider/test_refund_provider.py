"""What every refund provider promises, whoever stands behind the port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anxin.domains.finance.ports import (
    Misbehaviour,
    OutcomeUnknown,
    ProviderDown,
    ProviderRefused,
    ProviderState,
)
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for
from tests.builders import build_house
from tests.builders_finance import Rehearsal

pytestmark = pytest.mark.django_db

YUAN = Money(12_800, "CNY")


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    with acting_for(build_house().merchant_id):
        yield Rehearsal()


def test_a_refund_is_answered_with_its_amount_and_a_reference(rehearsal: Rehearsal) -> None:
    said = rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    assert (said.state, said.amount) == (ProviderState.SUCCEEDED, YUAN)
    assert said.reference
    assert rehearsal.provider.find("RF1-1") == said


def test_the_same_number_again_is_the_same_refund_and_moves_nothing(rehearsal: Rehearsal) -> None:
    first = rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    again = rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    assert again == first
    (entry,) = rehearsal.provider.book()
    assert (entry.times_seen, entry.moved_count) == (2, 1)


def test_a_number_for_another_amount_is_refused(rehearsal: Rehearsal) -> None:
    rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    with pytest.raises(ProviderRefused):
        rehearsal.provider.refund("RF1-1", Money(12_801, "CNY"), payment_reference="TX1")

    (entry,) = rehearsal.provider.book()
    assert (entry.amount, entry.moved_count) == (YUAN, 1)


def test_a_number_that_never_arrived_is_not_found(rehearsal: Rehearsal) -> None:
    assert rehearsal.provider.find("RF404-1") is None


def test_a_refusal_moves_nothing_and_the_number_may_be_tried_anew(rehearsal: Rehearsal) -> None:
    rehearsal.provider.misbehave(Misbehaviour(fail_next=1))
    with pytest.raises(ProviderRefused) as refused:
        rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")
    assert rehearsal.provider.book()[0].moved_count == 0

    said = rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    assert said.state is ProviderState.SUCCEEDED
    assert said.version > refused.value.version > 0
    assert rehearsal.provider.book()[0].moved_count == 1


def test_down_means_that_nothing_happened(rehearsal: Rehearsal) -> None:
    rehearsal.provider.misbehave(Misbehaviour(is_down=True))

    with pytest.raises(ProviderDown):
        rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")
    with pytest.raises(ProviderDown):
        rehearsal.provider.find("RF1-1")

    assert list(rehearsal.provider.book()) == []


def test_a_lost_answer_is_found_by_asking(rehearsal: Rehearsal) -> None:
    rehearsal.provider.misbehave(Misbehaviour(lose_next=1))

    with pytest.raises(OutcomeUnknown):
        rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    found = rehearsal.provider.find("RF1-1")
    assert found is not None
    assert found.state is ProviderState.SUCCEEDED


def test_no_call_takes_longer_than_ten_seconds(rehearsal: Rehearsal) -> None:
    rehearsal.provider.misbehave(Misbehaviour(slow_seconds=60))

    with pytest.raises(OutcomeUnknown):
        rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    assert rehearsal.slept == [10.0]


def test_pending_ends_as_it_should_and_its_version_grows(rehearsal: Rehearsal) -> None:
    rehearsal.provider.misbehave(Misbehaviour(pending_seconds=30))
    pending = rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")
    assert pending.state is ProviderState.PENDING

    rehearsal.provider.settle("RF1-1")

    found = rehearsal.provider.find("RF1-1")
    assert found is not None
    assert (found.state, found.version > pending.version) == (ProviderState.SUCCEEDED, True)


def test_a_bounce_is_told_as_a_newer_failure(rehearsal: Rehearsal) -> None:
    paid = rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    rehearsal.provider.bounce("RF1-1")

    found = rehearsal.provider.find("RF1-1")
    assert found is not None
    assert (found.state, found.version > paid.version) == (ProviderState.FAILED, True)
    (entry,) = rehearsal.provider.book()
    assert (entry.moved_count, entry.bounced_count) == (1, 1)


def test_merchants_do_not_see_each_others_numbers(rehearsal: Rehearsal) -> None:
    rehearsal.provider.refund("RF1-1", YUAN, payment_reference="TX1")

    with acting_for(build_house("另一家", "other").merchant_id):
        assert rehearsal.provider.find("RF1-1") is None
