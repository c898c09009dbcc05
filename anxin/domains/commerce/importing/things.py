"""From the rows of one order, product or parcel to the thing itself, or to what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from anxin.domains.commerce.data import (
    BuyerNamed,
    ImportKind,
    NewLine,
    NewOrder,
    NewPayment,
    NewProduct,
    NewShipment,
    NewTracking,
    OrderState,
    ReceiverData,
    StoreChoice,
    Tender,
)
from anxin.domains.commerce.importing.columns import COLUMNS, OWN_OF_ROW
from anxin.domains.commerce.importing.faults import Fault
from anxin.domains.commerce.importing.rows import Record

Values = dict[str, Any]
MAX_LINES = 5_000


def thing_of(
    kind: ImportKind, rows: Sequence[Record], stores: Mapping[str, StoreChoice]
) -> tuple[NewOrder | NewProduct | NewShipment | None, list[Fault]]:
    """Return what the rows of one key say together, or every fault in it."""
    head, faults = _head(rows, OWN_OF_ROW[kind])
    faults += [
        Fault(rows[0].line, one.name, "required")
        for one in COLUMNS[kind]
        if one.is_required and one.name not in head and one.name not in OWN_OF_ROW[kind]
    ]
    if len(rows) > MAX_LINES:
        faults.append(Fault(rows[0].line, "", "too_many_lines", detail={"limit": MAX_LINES}))
    if faults:
        return None, faults
    if kind is ImportKind.PRODUCTS:
        return _product(head, rows)
    if kind is ImportKind.SHIPMENTS:
        return _shipment(head, rows)
    return _order(head, rows, stores), []


def _head(rows: Sequence[Record], own: frozenset[str]) -> tuple[Values, list[Fault]]:
    """Return what all rows say of the whole; a row may leave it out, but not say otherwise."""
    head: Values = {}
    faults = []
    for row in rows:
        for name, value in row.values.items():
            if name in own or value == "":
                continue
            if head.setdefault(name, value) != value:
                faults.append(
                    Fault(
                        row.line, name, "differs_within_order", str(value),
                        {"first_line": rows[0].line, "first_value": str(head[name])[:80]},
                    )
                )  # fmt: skip
    return head, faults


def _order(head: Values, rows: Sequence[Record], stores: Mapping[str, StoreChoice]) -> NewOrder:
    store = stores[head["store"]]
    region = head.get("region") or store.region
    state = OrderState(head.get("state") or _state_told_by_money(head))
    return NewOrder(
        order_no=head["order_no"],
        store_id=store.id,
        state=state,
        currency=head["currency"],
        placed_at=_time(head["placed_at"]),
        paid_at=_time(head["paid_at"]) if "paid_at" in head else None,
        discount_minor=head.get("discount", 0),
        freight_minor=head.get("freight", 0),
        tax_minor=head.get("tax"),
        paid_minor=head.get("paid"),
        payments=_payments(head),
        channel=head.get("channel", ""),
        region=region,
        buyer=_buyer(head, region),
        receiver=ReceiverData(
            head.get("receiver_name", ""),
            head.get("receiver_phone", ""),
            head.get("receiver_address", ""),
        ),
        lines=tuple(_line(row.values) for row in rows),
    )


def _state_told_by_money(head: Values) -> OrderState:
    paid = head.get("paid")
    return OrderState.PENDING if paid == 0 and "paid_at" not in head else OrderState.PAID


def _payments(head: Values) -> tuple[NewPayment, ...]:
    if "payments" in head:
        return tuple(NewPayment(Tender(t), minor, ref) for t, minor, ref in head["payments"])
    if head.get("paid") and ("tender" in head or "payment_ref" in head):
        tender = Tender(head.get("tender") or Tender.OTHER)
        return (NewPayment(tender, head["paid"], head.get("payment_ref", "")),)
    return ()


def _buyer(head: Values, region: str) -> BuyerNamed:
    """Return the buyer; a file that names none means whoever the order goes to."""
    buyer = BuyerNamed(
        head.get("customer_ref", ""),
        head.get("customer_name", ""),
        head.get("customer_phone", ""),
        head.get("customer_email", ""),
        region,
    )
    if buyer.external_ref or buyer.phone or buyer.email:
        return buyer
    name = buyer.name or head.get("receiver_name", "")
    return BuyerNamed("", name, head.get("receiver_phone", ""), "", region)


def _line(values: Values) -> NewLine:
    return NewLine(
        values["sku"],
        values.get("name") or values["sku"],
        values["quantity"],
        values["unit_price"],
        values.get("category", ""),
        values.get("line_discount", 0),
        values.get("line_tax"),
        values.get("exclusion", ""),
        values.get("exclusion_confirmed", False),
        values.get("is_gift", False),
    )


def _product(head: Values, rows: Sequence[Record]) -> tuple[NewProduct | None, list[Fault]]:
    if len(rows) > 1 and any(row.values != rows[0].values for row in rows):
        return None, [Fault(rows[1].line, "sku", "sku_twice", str(head["sku"]))]
    return (
        NewProduct(
            head["sku"],
            head["name"],
            head.get("product_code", ""),
            head.get("options", {}),
            head.get("category", ""),
            head.get("price", 0),
            head["currency"],
            head.get("exclusion", ""),
            head.get("is_available", True),
            head.get("image_url", ""),
            head.get("supplier_code", ""),
            head.get("supplier_name", ""),
        ),
        [],
    )


def _shipment(head: Values, rows: Sequence[Record]) -> tuple[NewShipment | None, list[Fault]]:
    contents: dict[str, int] = {}
    events, faults = [], []
    for row in rows:
        sku, quantity = row.values.get("sku", ""), row.values.get("quantity")
        at, code = row.values.get("event_at"), row.values.get("event_code", "")
        if sku and quantity is None:
            faults.append(Fault(row.line, "quantity", "required"))
        elif sku and not (code and sku in contents):  # an event's row may repeat the article
            contents[sku] = contents.get(sku, 0) + int(quantity or 0)
        if bool(at) != bool(code):
            faults.append(Fault(row.line, "event_code" if at else "event_at", "required"))
        elif at:
            told = (row.values.get("event_text", ""), row.values.get("event_place", ""))
            events.append(NewTracking(_time(at), code, *told))
    if faults:
        return None, faults
    shipped_at, delivered_at, signed_at = (
        _time(head[name]) if name in head else None for name in _PARCEL_TIMES
    )
    return (
        NewShipment(
            head["order_no"],
            head["tracking_no"],
            head.get("carrier", ""),
            shipped_at,
            delivered_at,
            signed_at,
            head.get("signed_by", ""),
            tuple(contents.items()),
            tuple(events),
        ),
        [],
    )


_PARCEL_TIMES = ("shipped_at", "delivered_at", "signed_at")


def _time(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
