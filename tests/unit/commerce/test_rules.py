"""Allocation and cumulative shares, on cases worked out by hand."""

from __future__ import annotations

from uuid import UUID

import pytest

from anxin.domains.commerce.data import LineData, OrderLineId, UnitAmounts
from anxin.domains.commerce.rules import (
    LineShare,
    OrderDoesNotAddUp,
    SoldLine,
    allocate_order,
    refundable_of_units,
)


def line(quantity: int, payable: int, *, tax: int = 0, discount: int = 0) -> LineData:
    gross = payable - tax + discount
    return LineData(
        OrderLineId(UUID(int=1)), 1, "S", "n", "", quantity, gross // quantity, gross, discount,
        tax, payable, "", False, False, quantity,
    )  # fmt: skip


def test_an_order_discount_is_spread_by_what_each_line_costs() -> None:
    order = allocate_order(
        [SoldLine(1, 10_000), SoldLine(2, 2_500)], discount_minor=1_000, freight_minor=800
    )

    assert order.lines == (LineShare(10_000, 667, 0, 9_333), LineShare(5_000, 333, 0, 4_667))
    assert (order.goods_minor, order.discount_minor, order.paid_minor) == (15_000, 1_000, 14_800)


def test_a_line_discount_comes_off_its_line_before_the_order_discount_is_spread() -> None:
    order = allocate_order([SoldLine(1, 1_000, 400), SoldLine(1, 600)], discount_minor=100)

    assert [share.discount_minor for share in order.lines] == [450, 50]
    assert order.discount_minor == 500


def test_a_gift_takes_no_share_of_the_discount() -> None:
    order = allocate_order([SoldLine(1, 999), SoldLine(1, 0)], discount_minor=100)

    assert order.lines[1] == LineShare(0, 0, 0, 0)


def test_tax_is_spread_by_what_is_left_after_discounts() -> None:
    order = allocate_order([SoldLine(1, 100), SoldLine(1, 300)], tax_minor=33, discount_minor=200)

    assert [share.tax_minor for share in order.lines] == [8, 25]
    assert order.paid_minor == 233


def test_the_lines_own_taxes_are_kept_as_stated() -> None:
    order = allocate_order([SoldLine(1, 100, tax_minor=20), SoldLine(1, 300, tax_minor=0)])

    assert [share.tax_minor for share in order.lines] == [20, 0]
    assert order.tax_minor == 20


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        ([], {}),
        ([SoldLine(0, 100)], {}),
        ([SoldLine(1, -1)], {}),
        ([SoldLine(1, 100, 101)], {}),
        ([SoldLine(1, 100)], {"discount_minor": 101}),
        ([SoldLine(1, 100)], {"freight_minor": -1}),
        ([SoldLine(1, 100, tax_minor=5)], {"tax_minor": 6}),
    ],
)
def test_amounts_that_contradict_each_other_are_refused(
    lines: list[SoldLine], parts: dict[str, int]
) -> None:
    with pytest.raises(OrderDoesNotAddUp):
        allocate_order(lines, **parts)


def test_three_units_for_ten_yuan_come_back_to_the_last_cent() -> None:
    three = line(3, 1_000)

    parts = [refundable_of_units(three, first, 1).payable_minor for first in range(3)]

    assert parts == [333, 334, 333]
    assert refundable_of_units(three, 0, 3) == UnitAmounts(1_000, 0, 0)


def test_more_units_than_the_line_has_are_refused() -> None:
    with pytest.raises(ValueError, match="units 2\\+2"):
        refundable_of_units(line(3, 1_000), 2, 2)
