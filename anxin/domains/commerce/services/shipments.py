"""Recording parcels sent out, what is in them, and what carriers say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.commerce.access import WRITE
from anxin.domains.commerce.data import NewShipment, OrderState, Outcome, Recorded
from anxin.domains.commerce.models import (
    Order,
    OrderLine,
    Shipment,
    ShipmentLine,
    TrackingEvent,
)
from anxin.domains.commerce.rules import later_state
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.ids import uuid7

_FIELDS = ("carrier", "shipped_at", "delivered_at", "signed_at", "signed_by")


@dataclass(slots=True)
class _Line:
    """An order line with how many of it are in parcels already."""

    id: UUID
    sku: str
    quantity: int
    sent: int = 0


@dataclass(slots=True)
class _Shelf:
    """All that is known of the orders the parcels belong to."""

    orders: dict[str, Order]
    lines: dict[UUID, list[_Line]]
    parcels: dict[tuple[UUID, str], dict[str, Any]]
    contents: dict[UUID, dict[UUID, int]]
    events: set[tuple[UUID, datetime, str]]


@dataclass(slots=True)
class _Change:
    parcel: dict[str, Any]
    is_new: bool
    contents: list[tuple[UUID, int]]
    events: list[Any]
    order: Order


@transaction.atomic
def record_shipments(
    by: Actor, shipments: Sequence[NewShipment], *, now: datetime
) -> list[Recorded]:
    """Create or update each parcel by order and tracking number; a fixed number of queries.

    A parcel that names no lines holds all that is left of its order. Orders move on to shipped
    when a parcel left and to delivered when all of it arrived. Rejected: parcels of unknown orders
    and those that would hold more than was bought.
    """
    by.require(WRITE)
    _serialise(by.merchant_id)
    shelf = _shelf(by.merchant_id, shipments, locked=True)
    changes: list[_Change] = []
    told = [_plan(shelf, one, changes) for one in shipments]
    _write(by.merchant_id, changes)
    _move_orders(by.merchant_id, shelf, changes, now)
    return told


def judge_shipments(by: Actor, shipments: Sequence[NewShipment]) -> list[Recorded]:
    """Return what ``record_shipments`` would do, without doing it. Five queries."""
    by.require(WRITE)
    shelf = _shelf(by.merchant_id, shipments, locked=False)
    return [_plan(shelf, one, []) for one in shipments]


def _shelf(merchant_id: MerchantId, shipments: Sequence[NewShipment], *, locked: bool) -> _Shelf:
    rows = Order.objects.filter(
        merchant_id=merchant_id, order_no__in={one.order_no for one in shipments}
    ).order_by("pk")
    orders = {row.order_no: row for row in (rows.select_for_update() if locked else rows)}
    ids = [row.pk for row in orders.values()]
    shelf = _Shelf(orders, {pk: [] for pk in ids}, {}, {}, set())
    by_id: dict[UUID, _Line] = {}
    lines = OrderLine.objects.filter(merchant_id=merchant_id, order_id__in=ids)
    for order_id, line_id, sku, quantity in lines.order_by("order_id", "line_no").values_list(
        "order_id", "id", "sku", "quantity"
    ):
        line = _Line(line_id, sku, quantity)
        shelf.lines[order_id].append(line)
        by_id[line.id] = line
    parcels = Shipment.objects.filter(merchant_id=merchant_id, order_id__in=ids)
    for row in parcels.values("id", "order_id", "tracking_no", *_FIELDS):
        shelf.parcels[row["order_id"], row["tracking_no"]] = row
    contents = ShipmentLine.objects.filter(
        merchant_id=merchant_id, shipment__merchant_id=merchant_id, shipment__order_id__in=ids
    )
    for parcel_id, line_id, quantity in contents.values_list(
        "shipment_id", "order_line_id", "quantity"
    ):
        shelf.contents.setdefault(parcel_id, {})[line_id] = quantity
        by_id[line_id].sent += quantity
    events = TrackingEvent.objects.filter(
        merchant_id=merchant_id, shipment_id__in=[row["id"] for row in shelf.parcels.values()]
    )
    shelf.events.update(events.values_list("shipment_id", "at", "code"))
    return shelf


def _plan(shelf: _Shelf, wanted: NewShipment, changes: list[_Change]) -> Recorded:
    order = shelf.orders.get(wanted.order_no)
    key = f"{wanted.order_no}/{wanted.tracking_no}"
    if order is None:
        return Recorded(key, Outcome.REJECTED, "unknown_order", {"order_no": wanted.order_no})
    stored = shelf.parcels.get((order.pk, wanted.tracking_no))
    parcel = _merged(stored, wanted, order.pk)
    held = shelf.contents.get(parcel["id"], {})
    contents = _contents(shelf.lines[order.pk], wanted, held)
    if isinstance(contents, str):
        return Recorded(key, Outcome.REJECTED, contents, {"order_no": wanted.order_no})
    events = [
        one
        for one in {(e.at, e.code): e for e in wanted.events}.values()
        if (parcel["id"], one.at, one.code) not in shelf.events
    ]
    new_contents = [(pk, count) for pk, count in contents if held.get(pk) != count]
    if stored is not None and parcel == stored and not events and not new_contents:
        return Recorded(key, Outcome.UNCHANGED, id=parcel["id"])
    for line in shelf.lines[order.pk]:
        line.sent += dict(new_contents).get(line.id, 0) - (
            held.get(line.id, 0) if line.id in dict(new_contents) else 0
        )
    shelf.parcels[order.pk, wanted.tracking_no] = parcel
    shelf.contents[parcel["id"]] = {**held, **dict(new_contents)}
    shelf.events.update((parcel["id"], one.at, one.code) for one in events)
    changes.append(_Change(parcel, stored is None, new_contents, events, order))
    outcome = Outcome.CREATED if stored is None else Outcome.UPDATED
    return Recorded(key, outcome, id=parcel["id"])


def _merged(stored: dict[str, Any] | None, wanted: NewShipment, order_id: UUID) -> dict[str, Any]:
    """Return the parcel's row; what the news leave out stays as it was."""
    base = stored or {
        "id": uuid7(),
        "order_id": order_id,
        "tracking_no": wanted.tracking_no,
        **dict.fromkeys(_FIELDS[1:4]),
        "carrier": "",
        "signed_by": "",
    }
    told = {name: getattr(wanted, name) for name in _FIELDS}
    return {**base, **{name: value for name, value in told.items() if value}}


def _contents(
    lines: list[_Line], wanted: NewShipment, held: dict[UUID, int]
) -> list[tuple[UUID, int]] | str:
    """Return how many of which line are in the parcel, or the code of what is wrong."""
    if not wanted.lines:
        left = [(one.id, one.quantity - one.sent) for one in lines]
        return list(held.items()) or [(pk, count) for pk, count in left if count > 0]
    asked: dict[UUID, int] = {}
    for sku, quantity in wanted.lines:
        rest = quantity
        same = [one for one in lines if one.sku == sku]
        if not same:
            return "sku_not_in_order"
        for one in same:
            free = one.quantity - one.sent + held.get(one.id, 0) - asked.get(one.id, 0)
            taken = min(rest, free)
            if taken > 0:
                asked[one.id] = asked.get(one.id, 0) + taken
                rest -= taken
        if rest > 0:
            return "more_than_bought"
    return list(asked.items())


def _write(merchant_id: MerchantId, changes: Sequence[_Change]) -> None:
    Shipment.objects.bulk_create(
        [
            Shipment(merchant_id=merchant_id, **parcel)
            for parcel in {one.parcel["id"]: one.parcel for one in changes}.values()
        ],
        update_conflicts=True,
        unique_fields=["merchant", "order", "tracking_no"],
        update_fields=list(_FIELDS),
    )
    contents = {
        (one.parcel["id"], line_id): count for one in changes for line_id, count in one.contents
    }
    ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(
                merchant_id=merchant_id, shipment_id=parcel, order_line_id=line, quantity=count
            )
            for (parcel, line), count in contents.items()
        ],
        update_conflicts=True,
        unique_fields=["merchant", "shipment", "order_line"],
        update_fields=["quantity"],
    )
    TrackingEvent.objects.bulk_create(
        [
            TrackingEvent(
                merchant_id=merchant_id, shipment_id=one.parcel["id"], at=event.at,
                code=event.code, text=event.text, place=event.place,
            )
            for one in changes
            for event in one.events
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _move_orders(
    merchant_id: MerchantId, shelf: _Shelf, changes: Sequence[_Change], now: datetime
) -> None:
    orders = {one.order.pk: one.order for one in changes}
    parcels: dict[UUID, list[bool]] = {pk: [] for pk in orders}
    for order_id, delivered, signed in Shipment.objects.filter(
        merchant_id=merchant_id, order_id__in=orders
    ).values_list("order_id", "delivered_at", "signed_at"):
        parcels[order_id].append(bool(delivered or signed))
    moved = []
    for order_id, row in orders.items():
        all_sent = all(line.sent >= line.quantity for line in shelf.lines[order_id])
        arrived = all_sent and all(parcels[order_id])
        told = OrderState.DELIVERED if arrived else OrderState.SHIPPED
        old = OrderState(row.state)
        new = old if old is OrderState.CANCELLED else later_state(old, told)
        if new is not old:
            row.state, row.updated_at = new.value, now
            moved.append(row)
    if moved:
        Order.objects.bulk_update(moved, ["state", "updated_at"], batch_size=500)


def _serialise(merchant_id: MerchantId) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('anxin.orders'), %s::int)",
            [merchant_id % 2**31],
        )
