"""What each line of an order cost, and what its first units cost: exact, frozen, path-free.

Source: anchors of refund arithmetic, P2–P6; rounding after docs/adr/0002-money.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anxin.domains.commerce.data import (
    LineData,
    NewOrder,
    NewPayment,
    OrderState,
    Tender,
    UnitAmounts,
)
from anxin.kernel.errors import Invalid
from anxin.kernel.money import allocate, share_of


class OrderDoesNotAddUp(Invalid):
    """The amounts of the order contradict each other."""

    code = "order_does_not_add_up"


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as the shop states it, before anything of the whole order is spread over it.

    ``discount_minor`` and ``tax_minor`` are the line's own; ``tax_minor`` is None where the shop
    knows the order's tax only.
    """

    quantity: int
    unit_price_minor: int
    discount_minor: int = 0
    tax_minor: int | None = None


@dataclass(frozen=True, slots=True)
class LineShare:
    """A line with its share of all that was said of the order: payable = gross − discount + tax."""

    gross_minor: int
    discount_minor: int
    tax_minor: int
    payable_minor: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """An order spread over its lines: Σ payable + freight = paid, and so for each part (P2)."""

    lines: tuple[LineShare, ...]
    goods_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    paid_minor: int


def allocate_order(
    lines: Sequence[SoldLine],
    *,
    discount_minor: int = 0,
    freight_minor: int = 0,
    tax_minor: int | None = None,
) -> Allocation:
    """Return the order's amounts, line by line, in minor units. To be stored, never recomputed.

    ``discount_minor`` is the order's, beside the lines' own; it is spread by what each line costs
    after its own discount, so it never exceeds the line. ``tax_minor`` (on top of prices; None:
    the sum of the lines' own) is spread by what each line costs after all discounts. Freight stays
    whole: it is refunded under rules of its own. Raise OrderDoesNotAddUp.
    """
    gross = [line.quantity * line.unit_price_minor for line in lines]
    after_own = [amount - line.discount_minor for amount, line in zip(gross, lines, strict=True)]
    _refuse_nonsense(lines, after_own, discount_minor, freight_minor, tax_minor)
    shared = allocate(discount_minor, after_own)
    net = [amount - share for amount, share in zip(after_own, shared, strict=True)]
    taxes = _taxes(lines, net, gross, tax_minor)
    shares = tuple(
        LineShare(full, full - left, tax, left + tax)
        for full, left, tax in zip(gross, net, taxes, strict=True)
    )
    return Allocation(
        shares,
        sum(gross),
        sum(share.discount_minor for share in shares),
        freight_minor,
        sum(taxes),
        sum(share.payable_minor for share in shares) + freight_minor,
    )


def refundable_of_units(line: LineData, first: int, count: int) -> UnitAmounts:
    """Return what ``count`` units of a line cost, counted after the ``first`` ones, minor units.

    A difference of cumulative shares: whatever the partition, the parts add up to the line (P3),
    the sum after q units depends on q alone (P4), and is never negative (P5, P6).
    """
    if first < 0 or count < 0 or first + count > line.quantity:
        raise ValueError(f"units {first}+{count} of a line of {line.quantity}")
    until = first + count

    def between(amount: int) -> int:
        upto = share_of(amount, until, line.quantity)
        return upto - share_of(amount, first, line.quantity)

    return UnitAmounts(
        between(line.payable_minor), between(line.tax_minor), between(line.discount_minor)
    )


_RANK = {
    OrderState.PENDING: 0,
    OrderState.PAID: 1,
    OrderState.SHIPPED: 2,
    OrderState.DELIVERED: 3,
    OrderState.COMPLETED: 4,
}
# Orders nobody may have paid: their money may be what it comes to, or nothing.
_PERHAPS_UNPAID = {OrderState.PENDING, OrderState.CANCELLED}


def settle(order: NewOrder) -> tuple[Allocation, tuple[NewPayment, ...]]:
    """Return the order spread over its lines, and its payments. Raise OrderDoesNotAddUp.

    What was paid must be goods − discount + freight + tax, and the payments must add up to it; an
    order that is pending or cancelled may also be unpaid.
    """
    sold = [
        SoldLine(one.quantity, one.unit_price_minor, one.discount_minor, one.tax_minor)
        for one in order.lines
    ]
    allocation = allocate_order(
        sold,
        discount_minor=order.discount_minor,
        freight_minor=order.freight_minor,
        tax_minor=order.tax_minor,
    )
    paid = _paid(order, allocation.paid_minor)
    payments = order.payments
    if not payments and paid:
        payments = (NewPayment(Tender.OTHER, paid),)
    given = sum(one.amount_minor for one in payments)
    if given != paid:
        raise OrderDoesNotAddUp(
            "the payments are not what was paid", what="payments", stated=given, computed=paid
        )
    return replace(allocation, paid_minor=paid), payments


def later_state(old: OrderState, new: OrderState) -> OrderState:
    """Return the state after the shop told ``new``: progress never goes back.

    A file of orders is often older than the parcels' own news; only a cancellation is believed
    against progress, and only progress against a cancellation.
    """
    if OrderState.CANCELLED in {old, new}:
        return new
    return max(old, new, key=_RANK.__getitem__)


def _paid(order: NewOrder, computed: int) -> int:
    unpaid = order.state in _PERHAPS_UNPAID
    if order.paid_minor is None:
        return 0 if unpaid and not order.payments else computed
    if order.paid_minor == computed or (unpaid and order.paid_minor == 0):
        return order.paid_minor
    raise OrderDoesNotAddUp(
        "what was paid is not goods − discount + freight + tax",
        what="paid",
        stated=order.paid_minor,
        computed=computed,
    )


def _taxes(
    lines: Sequence[SoldLine], net: list[int], gross: list[int], tax_minor: int | None
) -> list[int]:
    stated = [line.tax_minor for line in lines if line.tax_minor is not None]
    if not stated:
        return allocate(tax_minor or 0, net if any(net) else gross)
    if tax_minor is not None and sum(stated) != tax_minor:
        raise OrderDoesNotAddUp(
            "the lines' taxes are not the order's tax",
            what="tax",
            stated=tax_minor,
            computed=sum(stated),
        )
    return [line.tax_minor or 0 for line in lines]


def _refuse_nonsense(
    lines: Sequence[SoldLine],
    after_own: list[int],
    discount_minor: int,
    freight_minor: int,
    tax_minor: int | None,
) -> None:
    if not lines:
        raise OrderDoesNotAddUp("an order has at least one line", what="lines")
    if any(line.quantity <= 0 or line.unit_price_minor < 0 for line in lines):
        raise OrderDoesNotAddUp("quantities are positive, prices not negative", what="lines")
    parts = [discount_minor, freight_minor, tax_minor or 0]
    parts += [line.discount_minor for line in lines] + [line.tax_minor or 0 for line in lines]
    if min(parts) < 0:
        raise OrderDoesNotAddUp("no part of an order is negative", what="lines")
    if min(after_own) < 0 or discount_minor > sum(after_own):
        raise OrderDoesNotAddUp(
            "a discount is larger than what it is on",
            what="discount",
            stated=discount_minor,
            computed=sum(after_own),
        )
