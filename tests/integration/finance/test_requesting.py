"""Asking for a refund: reserved once a source, never above what was captured."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from anxin.domains.commerce.data import OrderId
from anxin.domains.finance.data import OrderMoney, RefundId
from anxin.domains.finance.models import LedgerEntry, PaymentBalance, Refund
from anxin.domains.finance.public import (
    account_totals,
    approve_refund,
    get_refund,
    order_money,
    refuse_refund,
    request_refund,
    retry_refund,
)
from anxin.domains.finance.rules import AboveCaptured
from anxin.domains.finance.services.deciding import AboveLimit, OwnRequest
from anxin.domains.finance.services.requesting import SourceRefundedOtherwise
from anxin.domains.merchants.data import Duty
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, NotAllowed, NotFound
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.models import RecordedEvent
from anxin.kernel.money import Money
from tests.builders import NOON, House, build_staff
from tests.builders_finance import build_paid_order, build_source


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def events_of(refund_id: object) -> list[str]:
    rows = RecordedEvent.objects.filter(subject_id=str(refund_id)).order_by("pk")
    return [row.name for row in rows]


def test_a_request_reserves_each_tender_its_share(house: House) -> None:
    order_id = build_paid_order(house, ("wechat_pay", 9_000), ("points", 1_000))

    refund_id = request_refund(
        house.system, build_source(), order_id=order_id, amount=cny(5_000), now=NOON
    )

    refund = get_refund(house.system, refund_id)
    assert [(p.tender, p.amount_minor, p.state) for p in refund.parts] == [
        ("wechat_pay", 4_500, "reserved"),
        ("points", 500, "reserved"),
    ]
    assert order_money(house.system, order_id) == OrderMoney("CNY", 10_000, 5_000, 0)
    assert events_of(refund_id) == ["finance.RefundRequested"]


def test_the_same_source_again_is_the_same_refund(house: House) -> None:
    order_id, source = build_paid_order(house, ("alipay", 10_000)), build_source()
    first = request_refund(house.system, source, order_id=order_id, amount=cny(4_000), now=NOON)

    again = request_refund(house.system, source, order_id=order_id, amount=cny(4_000), now=NOON)

    assert again == first
    assert order_money(house.system, order_id).reserved_minor == 4_000
    assert len(events_of(first)) == 1


def test_another_amount_for_the_same_source_is_refused(house: House) -> None:
    order_id, source = build_paid_order(house, ("alipay", 10_000)), build_source()
    request_refund(house.system, source, order_id=order_id, amount=cny(4_000), now=NOON)

    with pytest.raises(SourceRefundedOtherwise):
        request_refund(house.system, source, order_id=order_id, amount=cny(4_001), now=NOON)

    assert order_money(house.system, order_id).reserved_minor == 4_000


def test_the_same_source_on_another_order_is_refused(house: House) -> None:
    source = build_source()
    first, other = (build_paid_order(house, ("alipay", 10_000)) for _ in range(2))
    request_refund(house.system, source, order_id=first, amount=cny(4_000), now=NOON)

    with pytest.raises(SourceRefundedOtherwise):
        request_refund(house.system, source, order_id=other, amount=cny(4_000), now=NOON)

    assert order_money(house.system, other).reserved_minor == 0


def test_two_refunds_together_never_exceed_what_was_paid(house: House) -> None:
    order_id = build_paid_order(house, ("alipay", 10_000))
    request_refund(house.system, build_source(), order_id=order_id, amount=cny(6_000), now=NOON)

    with pytest.raises(AboveCaptured):
        request_refund(house.system, build_source(), order_id=order_id, amount=cny(4_001), now=NOON)

    assert Refund.objects.count() == 1
    assert order_money(house.system, order_id).free_minor == 4_000


def test_the_database_itself_refuses_more_than_was_captured(house: House) -> None:
    order_id = build_paid_order(house, ("alipay", 10_000))
    request_refund(house.system, build_source(), order_id=order_id, amount=cny(1), now=NOON)

    with pytest.raises(IntegrityError, match="balance_never_over_captured"), transaction.atomic():
        PaymentBalance.objects.filter(order_id=order_id).update(refunded_minor=10_000)


def test_the_database_itself_refuses_an_unbalanced_journal(house: House) -> None:
    with pytest.raises(IntegrityError, match="is not balanced"), transaction.atomic():
        LedgerEntry.objects.create(
            merchant_id=house.merchant_id,
            journal_id=uuid4(),
            kind="refund_owed",
            account="returned_sales",
            amount_minor=1,
            currency="CNY",
            at=NOON,
        )
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_an_order_nobody_knows_has_no_refunds(house: House) -> None:
    with pytest.raises(NotFound):
        request_refund(
            house.system, build_source(), order_id=OrderId(uuid4()), amount=cny(1), now=NOON
        )


# --- approval -----------------------------------------------------------------------------------


def held(house: House, by: Actor | None = None, minor: int = 50_001) -> tuple[OrderId, RefundId]:
    order_id = build_paid_order(house, ("alipay", 900_000))
    refund_id = request_refund(
        by or house.system, build_source(), order_id=order_id, amount=cny(minor), now=NOON
    )
    return order_id, refund_id


def test_above_the_threshold_a_refund_waits_with_its_money_reserved(house: House) -> None:
    order_id, refund_id = held(house)

    assert get_refund(house.system, refund_id).state == "held"
    assert order_money(house.system, order_id).reserved_minor == 50_001
    assert events_of(refund_id) == ["finance.RefundHeld"]


def test_at_the_threshold_nobody_waits(house: House) -> None:
    _, refund_id = held(house, minor=50_000)

    assert get_refund(house.system, refund_id).state == "requested"


def test_approving_lets_it_be_sent(house: House, officer: Actor) -> None:
    _, refund_id = held(house)

    approve_refund(officer, refund_id, now=NOON)

    refund = get_refund(officer, refund_id)
    assert (refund.state, refund.approved_by_id) == ("requested", officer.id)
    assert events_of(refund_id) == ["finance.RefundHeld", "finance.RefundRequested"]


def test_approving_twice_is_refused(house: House, officer: Actor) -> None:
    _, refund_id = held(house)
    approve_refund(officer, refund_id, now=NOON)

    with pytest.raises(MoveRefused):
        approve_refund(officer, refund_id, now=NOON)

    assert events_of(refund_id).count("finance.RefundRequested") == 1


def test_nobody_approves_his_own_request(house: House, officer: Actor) -> None:
    _, refund_id = held(house, by=officer)

    with pytest.raises(OwnRequest):
        approve_refund(officer, refund_id, now=NOON)

    assert get_refund(officer, refund_id).state == "held"


def test_nobody_approves_above_his_limit(house: House, officer: Actor) -> None:
    _, refund_id = held(house, minor=500_001)

    with pytest.raises(AboveLimit):
        approve_refund(officer, refund_id, now=NOON)


def test_an_agent_may_not_approve(house: House) -> None:
    agent = build_staff(house, "lilei", Duty.AGENT, limit_minor=10**9)
    _, refund_id = held(house)

    with pytest.raises(NotAllowed):
        approve_refund(agent, refund_id, now=NOON)


def test_refusing_frees_the_money_and_the_ledger_owes_nothing(house: House, officer: Actor) -> None:
    order_id, refund_id = held(house)

    refuse_refund(officer, refund_id, because="重复申请", now=NOON)

    refund = get_refund(officer, refund_id)
    assert (refund.state, refund.refused_because) == ("refused", "重复申请")
    assert [part.state for part in refund.parts] == ["void"]
    assert order_money(officer, order_id) == OrderMoney("CNY", 900_000, 0, 0)
    assert {total.account: total.balance_minor for total in account_totals(officer)} == {
        "refunds_owed": 0,
        "returned_sales": 0,
    }


def test_a_refused_refund_cannot_be_retried(house: House, officer: Actor) -> None:
    _, refund_id = held(house)
    refuse_refund(officer, refund_id, because="", now=NOON)

    with pytest.raises(Conflict):
        retry_refund(officer, refund_id, now=NOON)
