"""Reads of commerce. Each takes a fixed number of SQL queries, said where it matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from anxin.domains.commerce.access import REVEAL, access_order, visible_orders
from anxin.domains.commerce.data import (
    LineData,
    OrderData,
    OrderId,
    OrderLineId,
    OrderPage,
    OrderState,
    ParcelData,
    ParcelPage,
    PaymentData,
    PaymentId,
    ProductData,
    ProductId,
    ProductPage,
    ReceiverData,
    ShipmentData,
    ShipmentId,
    Tender,
    TrackingData,
)
from anxin.domains.commerce.models import (
    Order,
    OrderLine,
    Payment,
    Product,
    Shipment,
    ShipmentLine,
    TrackingEvent,
)
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Invalid, NotFound

# States in which a shop says that goods left, for orders whose parcels we were never told.
_SENT = {OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED}


def get_order(by: Actor, order_id: UUID) -> OrderData:
    """Return one order with lines, payments and shipments. Raise NotFound. Five queries."""
    return _whole([access_order(by, order_id)])[0]


def find_order(by: Actor, order_no: str) -> OrderData | None:
    """Return the order with this number, if the actor may see it. Five queries."""
    found = find_orders(by, [order_no])
    return found[0] if found else None


def find_orders(by: Actor, order_nos: Iterable[str]) -> list[OrderData]:
    """Return the orders with these numbers, newest first; unknown numbers are left out."""
    rows = visible_orders(by).filter(order_no__in=set(order_nos))
    return _whole(rows.order_by("-placed_at", "-id"))


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What is enough of an order to recognise it by."""

    id: OrderId
    order_no: str
    customer_id: UUID | None
    placed_at: datetime


def order_heads(
    by: Actor, *, customer_ids: Iterable[UUID], order_nos: Iterable[str]
) -> list[OrderHead]:
    """Return the orders of these customers and with these numbers, newest first. One query."""
    rows = visible_orders(by).filter(
        Q(customer_id__in=set(customer_ids)) | Q(order_no__in=set(order_nos))
    )
    values = rows.order_by("-placed_at", "-id").values_list(
        "id", "order_no", "customer_id", "placed_at"
    )
    return [OrderHead(OrderId(pk), number, whose, at) for pk, number, whose, at in values]


def orders_by_id(by: Actor, order_ids: Iterable[UUID]) -> dict[UUID, OrderData]:
    """Return several orders at once; unknown ids are left out. Five queries."""
    found = _whole(visible_orders(by).filter(pk__in=set(order_ids)).order_by("id"))
    return {order.id: order for order in found}


def list_orders(
    by: Actor,
    *,
    customer_id: UUID | None = None,
    store_id: UUID | None = None,
    state: OrderState | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = 50,
) -> OrderPage:
    """Return orders, newest first. ``search`` is a number's beginning, a phone, a tracking number.

    Five queries however long the page.
    """
    rows = visible_orders(by)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    if state is not None:
        rows = rows.filter(state=state)
    if search.strip():
        rows = rows.filter(_matches(by.merchant_id, search.strip()))
    if cursor:
        at, pk = _place(cursor)
        rows = rows.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=pk))
    found = list(rows.order_by("-placed_at", "-id")[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return OrderPage(
        tuple(_whole(found[:limit])),
        f"{more.pk}:{more.placed_at:%Y%m%dT%H%M%S.%fZ}" if more else "",
    )


def orders_of_phone(by: Actor, phone: str, *, limit: int = 20) -> list[OrderData]:
    """Return the newest orders that go to this phone, written as customers.normalise does."""
    rows = visible_orders(by).filter(receiver_phone=phone)
    return _whole(rows.order_by("-placed_at", "-id")[:limit])


def find_by_tracking(by: Actor, tracking_no: str) -> OrderData | None:
    """Return the order a parcel of ours belongs to, the newest if a number was used twice."""
    parcels = Shipment.objects.filter(merchant_id=by.merchant_id, tracking_no=tracking_no.strip())
    rows = visible_orders(by).filter(pk__in=parcels.values("order_id"))
    found = _whole(rows.order_by("-placed_at", "-id")[:1])
    return found[0] if found else None


def list_parcels(
    by: Actor, *, order_no: str = "", tracking_no: str = "", cursor: str = "", limit: int = 50
) -> ParcelPage:
    """Return parcels, newest first. Two queries however long the page."""
    rows = Shipment.objects.filter(merchant_id=by.merchant_id, order__in=visible_orders(by))
    if order_no:
        rows = rows.filter(order__order_no=order_no)
    if tracking_no:
        rows = rows.filter(tracking_no=tracking_no)
    if cursor:
        rows = rows.filter(pk__lt=_uuid(cursor))
    found = list(
        rows.select_related("order").order_by("-id").prefetch_related("lines")[: limit + 1]
    )
    return ParcelPage(
        tuple(_parcel(row) for row in found[:limit]),
        str(found[limit - 1].pk) if len(found) > limit else "",
    )


def get_parcel(by: Actor, shipment_id: UUID) -> ParcelData:
    """Return one parcel. Raise NotFound."""
    rows = Shipment.objects.filter(
        merchant_id=by.merchant_id, order__in=visible_orders(by), pk=shipment_id
    )
    row = rows.select_related("order").prefetch_related("lines").first()
    if row is None:
        raise NotFound(shipment_id=str(shipment_id))
    return _parcel(row)


def tracking_of(by: Actor, order_id: UUID) -> list[TrackingData]:
    """Return what carriers said of the order's parcels, oldest first."""
    order = access_order(by, order_id)
    rows = TrackingEvent.objects.filter(merchant_id=by.merchant_id, shipment__order=order)
    return [
        TrackingData(row.shipment.tracking_no, row.at, row.code, row.text, row.place)
        for row in rows.select_related("shipment").order_by("at", "id")
    ]


def receiver_of(by: Actor, order_id: UUID) -> ReceiverData:
    """Return whom the order goes to, masked."""
    row = access_order(by, order_id)
    return mask_receiver(receiver_data(row))


def receiver_in_full(merchant_id: MerchantId, order_id: UUID) -> ReceiverData:
    """Return whom the order goes to, for the system itself (sign-in, labels); never shown."""
    return receiver_data(Order.objects.get(merchant_id=merchant_id, pk=order_id))


def get_product(by: Actor, sku: str) -> ProductData | None:
    """Return the product with this SKU."""
    return products_by_sku(by, [sku]).get(sku)


def products_by_sku(by: Actor, skus: Iterable[str]) -> dict[str, ProductData]:
    """Return several products at once; unknown SKUs are left out. One query."""
    rows = Product.objects.filter(merchant_id=by.merchant_id, sku__in=set(skus))
    return {row.sku: _product(row) for row in rows.select_related("supplier")}


def list_products(
    by: Actor, *, search: str = "", category: str = "", cursor: str = "", limit: int = 50
) -> ProductPage:
    """Return products by SKU. ``search`` is a SKU's beginning or part of the name. One query."""
    rows = Product.objects.filter(merchant_id=by.merchant_id)
    if search.strip():
        text = search.strip()
        rows = rows.filter(Q(sku__istartswith=text) | Q(name__icontains=text))
    if category:
        rows = rows.filter(category=category)
    if cursor:
        rows = rows.filter(sku__gt=_text(cursor))
    found = list(rows.select_related("supplier").order_by("sku")[: limit + 1])
    return ProductPage(
        tuple(_product(row) for row in found[:limit]),
        found[limit - 1].sku.encode().hex() if len(found) > limit else "",
    )


def may_reveal(by: Actor) -> bool:
    """Return whether the actor may see personal data in full."""
    return by.may(REVEAL)


def receiver_data(row: Order) -> ReceiverData:
    """Return the order's receiver in full."""
    return ReceiverData(row.receiver_name, row.receiver_phone, row.receiver_address)


def mask_receiver(receiver: ReceiverData) -> ReceiverData:
    """Return the receiver as shown by default: first character, last digits, the region."""
    phone = receiver.phone
    return ReceiverData(
        receiver.name[:1] + "*" * min(2, max(0, len(receiver.name) - 1)),
        f"{phone[:-8]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone),
        receiver.address[:6] + "***" if receiver.address else "",
    )


def order_data(row: Order) -> OrderData:
    """Return one order row with all that belongs to it."""
    return _whole([row])[0]


def _matches(merchant_id: MerchantId, text: str) -> Q:
    parcels = Shipment.objects.filter(merchant_id=merchant_id, tracking_no=text)
    phones = {text, f"+86{text}"} if text.isdigit() else {text}
    return (
        Q(order_no__startswith=text)
        | Q(receiver_phone__in=phones)
        | Q(pk__in=parcels.values("order_id"))
    )


def _place(cursor: str) -> tuple[datetime, UUID]:
    pk, _, at = cursor.partition(":")
    try:
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise Invalid("not a cursor of this list", cursor=cursor) from None


def _whole(rows: QuerySet[Order] | Sequence[Order]) -> list[OrderData]:
    """Return the orders with lines, payments and shipments: four queries beside the orders'."""
    from django.db.models import prefetch_related_objects

    found = list(rows)
    prefetch_related_objects(
        found,
        Prefetch("lines", OrderLine.objects.order_by("line_no")),
        Prefetch("payments", Payment.objects.order_by("payment_no")),
        Prefetch("shipments", Shipment.objects.order_by("id")),
        Prefetch("shipments__lines", ShipmentLine.objects.order_by("id")),
    )
    return [_order(row) for row in found]


def _order(row: Order) -> OrderData:
    shipments = [_shipment(one) for one in row.shipments.all()]
    sent: dict[UUID, int] = {}
    for shipment in shipments:
        for line_id, quantity in shipment.lines:
            sent[line_id] = sent.get(line_id, 0) + quantity
    all_sent = not shipments and row.state in _SENT
    return OrderData(
        id=OrderId(row.pk),
        order_no=row.order_no,
        store_id=row.store_id,
        customer_id=row.customer_id,
        state=OrderState(row.state),
        currency=row.currency,
        channel=row.channel,
        region=row.region,
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        goods_minor=row.goods_minor,
        discount_minor=row.discount_minor,
        freight_minor=row.freight_minor,
        tax_minor=row.tax_minor,
        paid_minor=row.paid_minor,
        lines=tuple(
            _line(line, line.quantity if all_sent else sent.get(line.pk, 0))
            for line in row.lines.all()
        ),
        payments=tuple(_payment(one) for one in row.payments.all()),
        shipments=tuple(shipments),
    )


def _line(row: OrderLine, shipped: int) -> LineData:
    return LineData(
        id=OrderLineId(row.pk),
        line_no=row.line_no,
        sku=row.sku,
        name=row.name,
        category=row.category,
        quantity=row.quantity,
        unit_price_minor=row.unit_price_minor,
        gross_minor=row.gross_minor,
        discount_minor=row.discount_minor,
        tax_minor=row.tax_minor,
        payable_minor=row.payable_minor,
        exclusion=row.exclusion,
        exclusion_confirmed=row.exclusion_confirmed,
        is_gift=row.is_gift,
        shipped_quantity=min(shipped, row.quantity),
    )


def _payment(row: Payment) -> PaymentData:
    return PaymentData(
        PaymentId(row.pk),
        Tender(row.tender),
        row.amount_minor,
        row.currency,
        row.reference,
        row.paid_at,
    )


def _shipment(row: Shipment) -> ShipmentData:
    return ShipmentData(
        ShipmentId(row.pk),
        row.tracking_no,
        row.carrier,
        row.shipped_at,
        row.delivered_at,
        row.signed_at,
        row.signed_by,
        tuple((OrderLineId(one.order_line_id), one.quantity) for one in row.lines.all()),
    )


def _parcel(row: Shipment) -> ParcelData:
    return ParcelData(OrderId(row.order_id), row.order.order_no, _shipment(row))


def _text(cursor: str) -> str:
    """Return a text that travelled as hexadecimal digits, safe in any address."""
    try:
        return bytes.fromhex(cursor).decode()
    except ValueError:
        raise Invalid("not a cursor of this list", cursor=cursor) from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("not a cursor of this list", cursor=text) from None


def _product(row: Product) -> ProductData:
    supplier = row.supplier
    return ProductData(
        ProductId(row.pk),
        row.sku,
        row.product_code,
        row.name,
        row.options,
        row.category,
        row.price_minor,
        row.currency,
        row.exclusion,
        row.is_available,
        row.image_url,
        supplier.code if supplier else "",
        supplier.name if supplier else "",
    )
