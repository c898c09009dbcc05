"""P2–P6: whatever was sold and however it comes back, not a cent is lost or gained."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from anxin.domains.commerce.data import LineData, OrderLineId
from anxin.domains.commerce.rules import Allocation, SoldLine, allocate_order, refundable_of_units


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[SoldLine], Allocation]:
    lines = draw(
        st.lists(
            st.builds(SoldLine, st.integers(1, 999), st.integers(0, 10**7)), min_size=1, max_size=12
        )
    )
    goods = sum(line.quantity * line.unit_price_minor for line in lines)
    parts = {
        "discount_minor": draw(st.integers(0, goods)),
        "freight_minor": draw(st.integers(0, 10**6)),
        "tax_minor": draw(st.integers(0, 10**7)),
    }
    return lines, allocate_order(lines, **parts)


def frozen(sold: SoldLine, order: Allocation, index: int) -> LineData:
    share = order.lines[index]
    return LineData(
        OrderLineId(UUID(int=index)), index + 1, "S", "n", "", sold.quantity,
        sold.unit_price_minor, share.gross_minor, share.discount_minor, share.tax_minor,
        share.payable_minor, "", False, False, 0,
    )  # fmt: skip


@given(orders())
def test_parts_add_up_to_the_order(made: tuple[list[SoldLine], Allocation]) -> None:
    _, order = made

    assert sum(share.payable_minor for share in order.lines) + order.freight_minor == (
        order.paid_minor
    )
    assert order.paid_minor == (
        order.goods_minor - order.discount_minor + order.freight_minor + order.tax_minor
    )
    assert sum(share.discount_minor for share in order.lines) == order.discount_minor
    assert sum(share.tax_minor for share in order.lines) == order.tax_minor


@given(orders())
def test_no_share_is_negative_or_more_than_its_line(
    made: tuple[list[SoldLine], Allocation],
) -> None:
    for share in made[1].lines:
        assert 0 <= share.discount_minor <= share.gross_minor
        assert share.tax_minor >= 0
        assert share.payable_minor >= 0


@given(orders(), st.data())
def test_any_partition_of_a_line_gives_back_exactly_the_line(
    made: tuple[list[SoldLine], Allocation], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(made[0]) - 1))
    line = frozen(made[0][index], made[1], index)
    cuts = sorted(data.draw(st.sets(st.integers(1, line.quantity), max_size=8)) | {line.quantity})

    parts = [refundable_of_units(line, a, b - a) for a, b in pairwise([0, *cuts])]

    assert sum(part.payable_minor for part in parts) == line.payable_minor
    assert sum(part.tax_minor for part in parts) == line.tax_minor
    assert sum(part.discount_minor for part in parts) == line.discount_minor


@given(orders(), st.data())
def test_more_units_never_cost_less(
    made: tuple[list[SoldLine], Allocation], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(made[0]) - 1))
    line = frozen(made[0][index], made[1], index)
    first = data.draw(st.integers(0, line.quantity))
    count = data.draw(st.integers(0, line.quantity - first))

    amounts = refundable_of_units(line, first, count)

    assert min(amounts.payable_minor, amounts.tax_minor, amounts.discount_minor) >= 0
