"""Splitting keeps its promises for any payments and any way of giving back in parts."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.domains.commerce.data import LineData, OrderLineId
from anxin.domains.commerce.public import refundable_of_units
from anxin.domains.finance.data import PaidTender
from anxin.domains.finance.rules import split_over_payments
from anxin.kernel.money import Money

TENDERS = ("wechat_pay", "points", "gift_card", "card")
captures = st.lists(st.integers(1, 10**9), min_size=1, max_size=4)


def give_back(captured: list[int], amounts: list[int]) -> list[list[int]]:
    """Return how much is back by tender after each of these refunds."""
    spent, after = [0] * len(captured), []
    for amount in amounts:
        tenders = [
            PaidTender(UUID(int=i), TENDERS[i], "CNY", minor, spent[i])
            for i, minor in enumerate(captured)
        ]
        for part in split_over_payments(Money(amount, "CNY"), tenders):
            assert part.amount_minor > 0  # P5
            spent[part.payment_id.int] += part.amount_minor
        assert all(used <= minor for used, minor in zip(spent, captured, strict=True))  # P1
        after.append(list(spent))
    return after


@given(captures, st.data())
@settings(max_examples=300, deadline=None)
def test_refunds_in_any_steps_are_exact_fair_and_end_at_each_capture(
    captured: list[int], data: st.DataObject
) -> None:
    whole = sum(captured)
    cuts = sorted(data.draw(st.sets(st.integers(1, whole), max_size=6)) | {whole})
    steps = [b - a for a, b in zip([0, *cuts], cuts, strict=False)]

    after = give_back(captured, steps)

    for upto, spent in zip(cuts, after, strict=True):
        assert sum(spent) == upto
        # P4: what is back after so much in all does not depend on the steps.
        assert give_back(captured, [upto])[0] == spent
        # Pro rata: nobody is further from his share than rounding over so many tenders can bring.
        for used, minor in zip(spent, captured, strict=True):
            assert abs(used * whole - upto * minor) <= whole * len(captured)
    assert after[-1] == captured  # P3


@given(captures, st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_went_back_before_the_rest_is_given_exactly(
    captured: list[int], data: st.DataObject
) -> None:
    spent = [data.draw(st.integers(0, minor)) for minor in captured]
    free = sum(captured) - sum(spent)
    if free == 0:
        return
    amount = data.draw(st.integers(1, free))
    tenders = [
        PaidTender(UUID(int=i), TENDERS[i], "CNY", minor, spent[i])
        for i, minor in enumerate(captured)
    ]

    parts = split_over_payments(Money(amount, "CNY"), tenders)

    assert sum(part.amount_minor for part in parts) == amount
    for part in parts:
        assert 0 < part.amount_minor <= tenders[part.payment_id.int].free_minor


@given(st.integers(1, 50), st.integers(1, 10**7), st.integers(0, 10**7), st.data())
@settings(max_examples=300, deadline=None)
def test_returning_units_in_any_order_gives_every_tender_back_what_it_paid(
    quantity: int, first: int, second: int, data: st.DataObject
) -> None:
    """P3 with commerce's frozen shares: units go back in runs of any length."""
    captured = [minor for minor in (first, second) if minor]
    line = _line(quantity, sum(captured))
    steps, gone = [], 0
    while gone < quantity:
        count = data.draw(st.integers(1, quantity - gone))
        payable = refundable_of_units(line, gone, count).payable_minor
        if payable:
            steps.append(payable)
        gone += count

    assert give_back(captured, steps)[-1] == captured


def _line(quantity: int, payable: int) -> LineData:
    return LineData(
        id=OrderLineId(uuid4()),
        line_no=1,
        sku="TEE-1",
        name="纯棉短袖",
        category="",
        quantity=quantity,
        unit_price_minor=payable,
        gross_minor=payable * quantity,
        discount_minor=payable * quantity - payable,
        tax_minor=0,
        payable_minor=payable,
        exclusion="",
        exclusion_confirmed=False,
        is_gift=False,
        shipped_quantity=quantity,
    )
