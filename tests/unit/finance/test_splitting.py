"""Who gets which part of a refund: exact, pro rata, capped, and the same whatever the order."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest

from anxin.domains.finance.data import PaidTender
from anxin.domains.finance.rules import (
    AboveCaptured,
    AmountNotPositive,
    CurrencyDiffers,
    split_over_payments,
)
from anxin.kernel.money import Money


def paid(*captured: int, spent: tuple[int, ...] = (), currency: str = "CNY") -> list[PaidTender]:
    """Return tenders 0, 1, 2 … by what they captured, in REMAINDER_ORDER."""
    kinds = ("wechat_pay", "card", "points", "points", "points")
    used = (*spent, *[0] * len(captured))
    return [
        PaidTender(UUID(int=i), kinds[i], currency, amount, used[i])
        for i, amount in enumerate(captured)
    ]


def split(minor: int, tenders: list[PaidTender]) -> dict[int, int]:
    """Return minor units by the place of the tender."""
    currency = tenders[0].currency
    parts = split_over_payments(Money(minor, currency), tenders)
    return {part.payment_id.int: part.amount_minor for part in parts}


@pytest.mark.parametrize(
    ("captured", "spent", "amount", "parts"),
    [
        # one tender takes all
        ((12_800,), (), 12_800, {0: 12_800}),
        # pro rata to what each paid: 60 : 40
        ((6_000, 4_000), (), 5_000, {0: 3_000, 1: 2_000}),
        # the cent that two deserve equally goes to the earlier tender
        ((5_000, 5_000), (), 1, {0: 1}),
        ((5_000, 5_000), (), 3, {0: 2, 1: 1}),
        # three tenders, one cent each way
        ((3_333, 3_333, 3_334), (), 100, {0: 33, 1: 33, 2: 34}),
        ((3_333, 3_333, 3_334), (), 10_000, {0: 3_333, 1: 3_333, 2: 3_334}),
        ((1, 1, 1), (), 2, {0: 1, 1: 1}),
        # what went back before counts: the next cent goes to whoever is behind
        ((5_000, 5_000), (1, 0), 1, {1: 1}),
        # an earlier refund gave it all to the first: the second catches up
        ((5_000, 5_000), (2_000, 0), 1_000, {1: 1_000}),
        ((5_000, 5_000), (2_000, 0), 3_000, {0: 500, 1: 2_500}),
        # capped: the first has nothing left
        ((100, 10_000), (100, 0), 10_000, {1: 10_000}),
        # points, in kind, get their share like money
        ((9_900, 0 + 50, 50), (), 100, {0: 99, 1: 1}),
        # a tiny tender gets its cent once it deserves it
        ((9_999, 1), (), 4_999, {0: 4_999}),
        ((9_999, 1), (), 5_001, {0: 5_000, 1: 1}),
    ],
)
def test_an_amount_is_split_pro_rata_and_exactly(
    captured: tuple[int, ...], spent: tuple[int, ...], amount: int, parts: dict[int, int]
) -> None:
    assert split(amount, paid(*captured, spent=spent)) == parts


@pytest.mark.parametrize(
    ("currency", "captured", "amount", "parts"),
    [
        ("JPY", (700, 300), 101, {0: 71, 1: 30}),
        ("JPY", (1, 1), 1, {0: 1}),
        ("KWD", (12_345, 6_789), 9_999, {0: 6_451, 1: 3_548}),
    ],
)
def test_minor_units_are_those_of_the_currency(
    currency: str, captured: tuple[int, ...], amount: int, parts: dict[int, int]
) -> None:
    assert split(amount, paid(*captured, currency=currency)) == parts


def test_every_way_of_splitting_a_small_payment_in_steps_ends_at_each_capture() -> None:
    captured = (5, 3, 2)
    for steps in itertools.product((1, 2, 3), repeat=4):
        rest = 10 - sum(steps)
        if rest < 0:
            continue
        spent = [0, 0, 0]
        for step in (*steps, rest):
            if step:
                for place, amount in split(step, paid(*captured, spent=tuple(spent))).items():
                    assert amount > 0
                    spent[place] += amount
        assert tuple(spent) == captured


def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    with pytest.raises(AboveCaptured) as refused:
        split(61, paid(100, spent=(40,)))

    assert refused.value.fields == {"free_minor": 60, "asked_minor": 61, "currency": "CNY"}


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_and_less_than_nothing_are_refused(minor: int) -> None:
    with pytest.raises(AmountNotPositive):
        split(minor, paid(100))


def test_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyDiffers):
        split_over_payments(Money(1, "USD"), paid(100))


def test_an_order_without_payments_has_nothing_to_give_back() -> None:
    with pytest.raises(AboveCaptured):
        split_over_payments(Money(1, "CNY"), [])
