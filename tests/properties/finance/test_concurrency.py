"""P10: what happens at once ends as if it had happened one after the other. Real threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, connections

from anxin.adapters.sandbox.refund_provider import SandboxRefundProvider
from anxin.domains.finance.data import (
    NoticeOutcome,
    ProviderNotice,
    ProviderRefund,
    ProviderState,
    RefundId,
)
from anxin.domains.finance.models import LedgerEntry, PaymentBalance, RefundPart
from anxin.domains.finance.ports import Misbehaviour
from anxin.domains.finance.public import (
    approve_refund,
    get_refund,
    order_money,
    request_refund,
    send_part,
    take_provider_result,
)
from anxin.domains.finance.rules import AboveCaptured
from anxin.domains.merchants.data import Duty
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.models import RecordedEvent
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.builders_finance import build_paid_order, build_source

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


@pytest.fixture
def house() -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


def at_once(house: House, work: Callable[[int], object], count: int = THREADS) -> list[object]:
    """Return what ``work`` gave or raised in each of so many threads that start together."""
    start = threading.Barrier(count)

    def run(place: int) -> object:
        try:
            with acting_for(house.merchant_id):
                connection.ensure_connection()
                start.wait(timeout=30)
                return work(place)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_twenty_refunds_of_one_order_never_exceed_what_was_captured(house: House) -> None:
    order_id = build_paid_order(house, ("wechat_pay", 7_001), ("points", 2_999))

    outcomes = at_once(
        house,
        lambda _: request_refund(
            house.system, build_source(), order_id=order_id, amount=Money(900, "CNY"), now=NOON
        ),
    )

    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {UUID: 11, AboveCaptured: 9}
    money = order_money(house.system, order_id)
    assert (money.reserved_minor, money.free_minor) == (9_900, 100)
    for balance in PaymentBalance.objects.all():
        assert balance.reserved_minor <= balance.captured_minor


def test_twenty_requests_of_one_source_are_one_refund(house: House) -> None:
    order_id, source = build_paid_order(house, ("wechat_pay", 10_000)), build_source()

    outcomes = at_once(
        house,
        lambda _: request_refund(
            house.system, source, order_id=order_id, amount=Money(900, "CNY"), now=NOON
        ),
    )

    assert len(set(outcomes)) == 1, outcomes
    assert order_money(house.system, order_id).reserved_minor == 900


def test_one_of_many_senders_sends(house: House) -> None:
    order_id = build_paid_order(house, ("wechat_pay", 10_000))
    request_refund(
        house.system, build_source(), order_id=order_id, amount=Money(900, "CNY"), now=NOON
    )
    part_id, provider = RefundPart.objects.get().pk, SandboxRefundProvider()

    outcomes = at_once(house, lambda _: send_part(part_id, provider, now=NOON), 8)

    assert outcomes == [None] * 8
    (entry,) = provider.book()
    assert (entry.times_seen, entry.moved_count) == (1, 1)
    assert RecordedEvent.objects.filter(name="finance.RefundSucceeded").count() == 1


def test_equal_callbacks_at_once_count_once(house: House) -> None:
    order_id = build_paid_order(house, ("wechat_pay", 10_000))
    refund_id = request_refund(
        house.system, build_source(), order_id=order_id, amount=Money(900, "CNY"), now=NOON
    )
    part, provider = RefundPart.objects.get(), SandboxRefundProvider()
    provider.misbehave(Misbehaviour(lose_next=1))
    send_part(part.pk, provider, now=NOON)
    said = ProviderRefund(ProviderState.SUCCEEDED, "SBX", Money(900, "CNY"), 1)

    outcomes = at_once(
        house,
        lambda _: take_provider_result(
            house.system, ProviderNotice("sandbox:1", part.part_no, said), now=NOON
        ),
        8,
    )

    assert Counter(outcomes) == {NoticeOutcome.APPLIED: 1, NoticeOutcome.REPEATED: 7}
    assert get_refund(house.system, refund_id).state == "succeeded"
    assert LedgerEntry.objects.filter(kind="refund_paid").count() == 2


def test_two_officers_at_once_approve_once(house: House) -> None:
    order_id = build_paid_order(house, ("wechat_pay", 100_000))
    refund_id: RefundId = request_refund(
        house.system, build_source(), order_id=order_id, amount=Money(60_000, "CNY"), now=NOON
    )
    officers = [
        build_staff(house, name, Duty.FINANCE, limit_minor=10**6) for name in ("wangfang", "zhao")
    ]

    outcomes = at_once(house, lambda place: approve_refund(officers[place], refund_id, now=NOON), 2)

    assert [type(outcome) for outcome in outcomes if outcome] == [MoveRefused]
    assert RecordedEvent.objects.filter(name="finance.RefundRequested").count() == 1
