"""Recording orders: new ones, changed ones, and those that may not change any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.commerce.access import WRITE
from anxin.domains.commerce.data import NewOrder, NewPayment, OrderState, Outcome, Recorded
from anxin.domains.commerce.models import Order, OrderLine, Payment
from anxin.domains.commerce.ports import CustomerBook
from anxin.domains.commerce.rules import Allocation, OrderDoesNotAddUp, later_state, settle
from anxin.domains.commerce.services.bulk import insert_rows
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Conflict
from anxin.kernel.ids import uuid7

Row = dict[str, Any]
_LINE_FIELDS = (
    "line_no", "sku", "name", "category", "quantity", "unit_price_minor", "gross_minor",
    "discount_minor", "tax_minor", "payable_minor", "exclusion", "exclusion_confirmed", "is_gift",
)  # fmt: skip
# What a claimed order's line may not change any more; its name and category it may.
_FIXED_LINE_FIELDS = tuple(name for name in _LINE_FIELDS if name not in {"name", "category"})
_PAYMENT_FIELDS = ("tender", "amount_minor", "reference")
_AMOUNTS = (
    "currency", "goods_minor", "discount_minor", "freight_minor", "tax_minor", "paid_minor",
)  # fmt: skip


class OrderClaimed(Conflict):
    """Units or money of the order are claimed: what it cost may not change any more."""

    code = "order_claimed"


@dataclass(slots=True)
class _Stored:
    """An order as it lies in the tables."""

    row: Order
    lines: list[Row]
    payments: list[Row]


@dataclass(slots=True)
class _Wanted:
    """An order as it shall lie in the tables."""

    order: NewOrder
    head: Row
    lines: list[Row]
    payments: list[Row]


@transaction.atomic
def record_orders(
    by: Actor, orders: Sequence[NewOrder], customers: CustomerBook, *, now: datetime
) -> list[Recorded]:
    """Create, update or reject each order; one transaction, a fixed number of queries.

    The same order again is unchanged. An order that somebody claimed units or money of keeps its
    amounts: one that would change them is rejected, as is one that does not add up; the others are
    recorded all the same. Order numbers are unique within ``orders``. Raise NotAllowed.
    """
    by.require(WRITE)
    _serialise(by.merchant_id)
    plans = _plan(by.merchant_id, orders, customers, locked=True)
    wanted = [one for one in plans if isinstance(one, tuple)]
    kept = [plan for plan in wanted if plan[2].outcome is not Outcome.REJECTED]
    _name_customers(by, kept, customers, now)
    final = [_after_naming(stored, want, told) for stored, want, told in kept]
    _create(by.merchant_id, [want for stored, want, _ in kept if stored is None], now)
    _update(
        by.merchant_id,
        [
            (stored, want)
            for (stored, want, _), told in zip(kept, final, strict=True)
            if stored is not None and told.outcome is Outcome.UPDATED
        ],
        now,
    )
    told = iter(final)
    return [
        one
        if isinstance(one, Recorded)
        else one[2]
        if one[2].outcome is Outcome.REJECTED
        else next(told)
        for one in plans
    ]


def judge_orders(by: Actor, orders: Sequence[NewOrder], customers: CustomerBook) -> list[Recorded]:
    """Return what ``record_orders`` would do, without doing it. Three queries."""
    by.require(WRITE)
    return [
        one if isinstance(one, Recorded) else one[2]
        for one in _plan(by.merchant_id, orders, customers, locked=False)
    ]


_Plan = tuple[_Stored | None, _Wanted, Recorded]


def _plan(
    merchant_id: MerchantId,
    orders: Sequence[NewOrder],
    customers: CustomerBook,
    *,
    locked: bool,
) -> list[_Plan | Recorded]:
    known = _stored(merchant_id, [one.order_no for one in orders], locked=locked)
    plans: list[_Plan | Recorded] = []
    for order in orders:
        try:
            want = _wanted(order, *settle(order), customers)
        except OrderDoesNotAddUp as refusal:
            plans.append(_rejected(order.order_no, refusal.code, **refusal.fields))
            continue
        stored = known.get(order.order_no)
        plans.append((stored, want, _compare(stored, want)))
    return plans


def _stored(
    merchant_id: MerchantId, order_nos: Sequence[str], *, locked: bool
) -> dict[str, _Stored]:
    rows = Order.objects.filter(merchant_id=merchant_id, order_no__in=order_nos).order_by("pk")
    found = {row.pk: _Stored(row, [], []) for row in (rows.select_for_update() if locked else rows)}
    if not found:
        return {}
    lines = OrderLine.objects.filter(merchant_id=merchant_id, order_id__in=found)
    for line in lines.order_by("order_id", "line_no").values("id", "order_id", *_LINE_FIELDS):
        found[line.pop("order_id")].lines.append(line)
    payments = Payment.objects.filter(merchant_id=merchant_id, order_id__in=found)
    for payment in payments.order_by("order_id", "payment_no").values("order_id", *_PAYMENT_FIELDS):
        found[payment.pop("order_id")].payments.append(payment)
    return {one.row.order_no: one for one in found.values()}


def _wanted(
    order: NewOrder,
    allocation: Allocation,
    payments: tuple[NewPayment, ...],
    customers: CustomerBook,
) -> _Wanted:
    receiver = order.receiver
    phone = customers.phone(receiver.phone, order.region) if receiver.phone else ""
    head = {
        "order_no": order.order_no,
        "store_id": order.store_id,
        "state": order.state.value,
        "channel": order.channel,
        "region": order.region,
        "currency": order.currency,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "goods_minor": allocation.goods_minor,
        "discount_minor": allocation.discount_minor,
        "freight_minor": allocation.freight_minor,
        "tax_minor": allocation.tax_minor,
        "paid_minor": allocation.paid_minor,
        "receiver_name": receiver.name,
        # A marketplace hides digits of some numbers; what it shows is kept as it stands.
        "receiver_phone": phone or receiver.phone[:30],
        "receiver_address": receiver.address,
    }
    lines = [
        {
            "line_no": no,
            "sku": line.sku,
            "name": line.name,
            "category": line.category,
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "gross_minor": share.gross_minor,
            "discount_minor": share.discount_minor,
            "tax_minor": share.tax_minor,
            "payable_minor": share.payable_minor,
            "exclusion": line.exclusion,
            "exclusion_confirmed": line.exclusion_confirmed,
            "is_gift": line.is_gift,
        }
        for no, (line, share) in enumerate(zip(order.lines, allocation.lines, strict=True), start=1)
    ]
    paid = [
        {"tender": one.tender.value, "amount_minor": one.amount_minor, "reference": one.reference}
        for one in payments
    ]
    return _Wanted(order, head, lines, paid)


def _compare(stored: _Stored | None, want: _Wanted) -> Recorded:
    """Return what is to be done, before the buyer is looked up."""
    key = want.order.order_no
    if stored is None:
        return Recorded(key, Outcome.CREATED)
    row = stored.row
    if row.is_fixed and _money_differs(stored, want):
        return _rejected(
            key, OrderClaimed.code, stated=want.head["paid_minor"], computed=row.paid_minor
        )
    want.head["state"] = later_state(OrderState(row.state), want.order.state).value
    # The amounts' moment and the names survive a file that leaves them out.
    for name in ("paid_at", "receiver_name", "receiver_phone", "receiver_address", "channel"):
        want.head[name] = want.head[name] or getattr(row, name)
    same_head = all(getattr(row, name) == value for name, value in want.head.items())
    same_lines = [_without_id(line) for line in stored.lines] == want.lines
    is_same = same_head and same_lines and stored.payments == want.payments
    return Recorded(key, Outcome.UNCHANGED if is_same else Outcome.UPDATED, id=row.pk)


def _money_differs(stored: _Stored, want: _Wanted) -> bool:
    if any(getattr(stored.row, name) != want.head[name] for name in _AMOUNTS):
        return True

    def fixed(lines: list[Row]) -> list[tuple[Any, ...]]:
        return [tuple(line[name] for name in _FIXED_LINE_FIELDS) for line in lines]

    return fixed(stored.lines) != fixed(want.lines) or stored.payments != want.payments


def _name_customers(
    by: Actor, plans: Sequence[_Plan], customers: CustomerBook, now: datetime
) -> None:
    found = customers.ids_of(by, [want.order.buyer for _, want, _ in plans], now=now)
    for (stored, want, _), customer_id in zip(plans, found, strict=True):
        want.head["customer_id"] = customer_id or (stored.row.customer_id if stored else None)


def _after_naming(stored: _Stored | None, want: _Wanted, told: Recorded) -> Recorded:
    if stored is None or told.outcome is Outcome.UPDATED:
        return told
    if stored.row.customer_id == want.head["customer_id"]:
        return told
    return Recorded(told.key, Outcome.UPDATED, id=told.id)


def _create(merchant_id: MerchantId, wants: Sequence[_Wanted], now: datetime) -> None:
    heads, lines, payments = [], [], []
    for want in wants:
        order_id = uuid7()
        stamps = {"created_at": now, "updated_at": now, "is_fixed": False}
        heads.append({"id": order_id, "merchant_id": merchant_id, **want.head, **stamps})
        lines += _line_rows(merchant_id, order_id, want)
        payments += _payment_rows(merchant_id, order_id, want)
    insert_rows(Order, heads)
    insert_rows(OrderLine, lines)
    insert_rows(Payment, payments)


def _update(
    merchant_id: MerchantId, changes: Sequence[tuple[_Stored, _Wanted]], now: datetime
) -> None:
    if not changes:
        return
    names = [name for name in changes[0][1].head if name != "order_no"]
    for stored, want in changes:
        for name in names:
            setattr(stored.row, name, want.head[name])
        stored.row.updated_at = now
    Order.objects.bulk_update(
        [stored.row for stored, _ in changes], [*names, "updated_at"], batch_size=500
    )
    _update_lines(merchant_id, changes)
    repaid = [pair for pair in changes if pair[0].payments != pair[1].payments]
    Payment.objects.filter(
        merchant_id=merchant_id, order_id__in=[stored.row.pk for stored, _ in repaid]
    ).delete()
    payments: list[Row] = []
    for stored, want in repaid:
        payments += _payment_rows(merchant_id, stored.row.pk, want)
    insert_rows(Payment, payments)


def _update_lines(merchant_id: MerchantId, changes: Sequence[tuple[_Stored, _Wanted]]) -> None:
    """Bring lines up to date in place: parcels and requests know them by id."""
    surplus: list[UUID] = []
    changed: list[OrderLine] = []
    for stored, want in changes:
        surplus += [line["id"] for line in stored.lines[len(want.lines) :]]
        before = {line["line_no"]: _without_id(line) for line in stored.lines}
        changed += [
            OrderLine(merchant_id=merchant_id, order_id=stored.row.pk, **line)
            for line in want.lines
            if before.get(line["line_no"]) != line
        ]
    if surplus:
        OrderLine.objects.filter(merchant_id=merchant_id, pk__in=surplus).delete()
    OrderLine.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["merchant", "order", "line_no"],
        update_fields=[name for name in _LINE_FIELDS if name != "line_no"],
    )


def _line_rows(merchant_id: MerchantId, order_id: UUID, want: _Wanted) -> list[Row]:
    return [
        {"id": uuid7(), "merchant_id": merchant_id, "order_id": order_id, **line}
        for line in want.lines
    ]


def _payment_rows(merchant_id: MerchantId, order_id: UUID, want: _Wanted) -> list[Row]:
    return [
        {
            "id": uuid7(),
            "merchant_id": merchant_id,
            "order_id": order_id,
            "payment_no": f"{want.order.order_no}/{no}",
            "currency": want.order.currency,
            "paid_at": want.head["paid_at"],
            **payment,
        }
        for no, payment in enumerate(want.payments, start=1)
    ]


def _without_id(line: Row) -> Row:
    return {name: value for name, value in line.items() if name != "id"}


def _rejected(key: str, code: str, **detail: Any) -> Recorded:
    return Recorded(key, Outcome.REJECTED, code, detail)


def _serialise(merchant_id: MerchantId) -> None:
    """Have one transaction at a time record orders of this merchant, so that none is doubled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('anxin.orders'), %s::int)",
            [merchant_id % 2**31],
        )
