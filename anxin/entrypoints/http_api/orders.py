"""Orders: read, told one by one or in bulk. Amounts are minor units of the order's currency."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from anxin.domains.commerce.data import (
    BuyerNamed,
    NewLine,
    NewOrder,
    NewPayment,
    OrderData,
    OrderState,
    Outcome,
    ReceiverData,
    Recorded,
    Tender,
)
from anxin.domains.commerce.public import (
    OrderClaimed,
    OrderDoesNotAddUp,
    get_order,
    list_orders,
    receiver_of,
    reveal_receiver,
)
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.domains.policies.data import ExclusionKind
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.flows.importing import record_orders
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid

router = Router()
_READ, _WRITE = scope(Permission.ORDERS_READ), scope(Permission.ORDERS_IMPORT)

Minor = Annotated[int, Field(ge=0, le=10**12)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Number = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]


_PLAIN = r"^[^\x00-\x08\x0b-\x1f]*$"
Text30 = Annotated[str, Field(max_length=30, pattern=_PLAIN)]
Text40 = Annotated[str, Field(max_length=40, pattern=_PLAIN)]
Text60 = Annotated[str, Field(max_length=60, pattern=_PLAIN)]
Text80 = Annotated[str, Field(max_length=80, pattern=_PLAIN)]
Text100 = Annotated[str, Field(max_length=100, pattern=_PLAIN)]
Text120 = Annotated[str, Field(max_length=120, pattern=_PLAIN)]
Text200 = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Text300 = Annotated[str, Field(max_length=300, pattern=_PLAIN)]


class UnknownStore(Invalid):
    """No store of yours has this slug."""

    code = "unknown_store"


class NumberTwice(Invalid):
    """The same order number stands twice in one request."""

    code = "order_no_twice"


class LineOut(Schema):
    """A line with its frozen share of discount and tax: payable = gross − discount + tax."""

    id: UUID
    line_no: int
    sku: str
    name: str
    category: str
    quantity: int
    shipped_quantity: int
    unit_price_minor: int
    gross_minor: int
    discount_minor: int
    tax_minor: int
    payable_minor: int
    exclusion: str
    exclusion_confirmed: bool
    is_gift: bool


class PaymentOut(Schema):
    """A payment of the order."""

    id: UUID
    tender: str
    amount_minor: int
    currency: str
    reference: str
    paid_at: AwareDatetime | None


class OrderShipmentOut(Schema):
    """A parcel of the order."""

    id: UUID
    tracking_no: str
    carrier: str
    shipped_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    signed_at: AwareDatetime | None
    signed_by: str


class OrderOut(Schema):
    """An order with all that belongs to it."""

    id: UUID
    order_no: str
    store_id: UUID
    customer_id: UUID | None
    state: str
    channel: str
    region: str
    currency: str
    placed_at: AwareDatetime
    paid_at: AwareDatetime | None
    goods_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    paid_minor: int
    lines: list[LineOut]
    payments: list[PaymentOut]
    shipments: list[OrderShipmentOut]


class ReceiverOut(Schema):
    """Whom an order goes to."""

    name: str
    phone: str
    address: str
    is_masked: bool


class LineIn(Schema):
    """A line as sold; ``discount_minor`` is its own, beside the order's."""

    sku: Number
    name: Text200 = ""
    category: Text60 = ""
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    unit_price_minor: Minor
    discount_minor: Minor = 0
    tax_minor: Minor | None = None
    exclusion: ExclusionKind = ExclusionKind.NONE
    exclusion_confirmed: bool = False
    is_gift: bool = False


class PaymentIn(Schema):
    """A payment; together they are what was paid."""

    tender: Tender
    amount_minor: Annotated[int, Field(gt=0, le=10**12)]
    reference: Text120 = ""


class BuyerIn(Schema):
    """Who bought; your own number decides, then the phone, then the e-mail address."""

    external_ref: Text100 = ""
    name: Text120 = ""
    phone: Text30 = ""
    email: Text200 = ""


class ReceiverIn(Schema):
    """Whom the order goes to."""

    name: Text80 = ""
    phone: Text30 = ""
    address: Text300 = ""


class OrderIn(Schema):
    """An order as your shop knows it. The same number again updates it."""

    order_no: Number
    store: Annotated[str, Field(description="Slug of the store.", max_length=40)]
    state: OrderState = OrderState.PAID
    currency: Currency = "CNY"
    region: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "CN"
    channel: Text30 = ""
    placed_at: AwareDatetime
    paid_at: AwareDatetime | None = None
    discount_minor: Minor = 0
    freight_minor: Minor = 0
    tax_minor: Minor | None = None
    paid_minor: Minor | None = None
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=1_000)]
    payments: Annotated[list[PaymentIn], Field(max_length=20)] = []
    buyer: BuyerIn = BuyerIn()
    receiver: ReceiverIn = ReceiverIn()


class BulkIn(Schema):
    """Up to a thousand orders."""

    orders: Annotated[list[OrderIn], Field(min_length=1, max_length=1_000)]


class RecordedOut(Schema):
    """What became of one thing: created, updated, unchanged, or rejected and why."""

    key: str
    outcome: str
    code: str = ""
    detail: dict[str, str | int] = {}


class BulkOut(Schema):
    """What became of each, in your order."""

    results: list[RecordedOut]
    rejected: int


@router.get("/orders", response=Page[OrderOut], auth=_READ)
def list_all(
    request: ApiRequest,
    search: str = "",
    customer_id: UUID | None = None,
    store_id: UUID | None = None,
    state: OrderState | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[OrderOut]:
    """List orders, newest first; ``search`` is a number's beginning, a phone, a tracking number."""
    page = list_orders(
        request.actor,
        search=search,
        customer_id=customer_id,
        store_id=store_id,
        state=state,
        cursor=cursor,
        limit=limit,
    )
    return Page[OrderOut](
        items=[order_out(one) for one in page.items], next_cursor=page.next_cursor or None
    )


# Before "/orders/{order_id}", which would take "bulk" for an id.
@router.post("/orders/bulk", response=BulkOut, auth=_WRITE)
def save_many(request: ApiRequest, body: BulkIn) -> BulkOut:
    """Record up to 1,000 orders in one transaction; rejected ones change nothing."""
    numbers = [one.order_no for one in body.orders]
    if len(set(numbers)) != len(numbers):
        raise NumberTwice(order_no=next(n for n in numbers if numbers.count(n) > 1))
    told = record_orders(request.actor, [new_order(request, o) for o in body.orders], now=utcnow())
    return bulk_out(told)


@router.get("/orders/{order_id}", response=OrderOut, auth=_READ)
def get(request: ApiRequest, order_id: UUID) -> OrderOut:
    """Return one order."""
    return order_out(get_order(request.actor, order_id))


@router.get("/orders/{order_id}/receiver", response=ReceiverOut, auth=_READ)
def get_receiver(request: ApiRequest, order_id: UUID, reveal: bool = False) -> ReceiverOut:
    """Return whom the order goes to. ``reveal`` needs customers.reveal and is written down."""
    if reveal:
        found = reveal_receiver(request.actor, order_id, now=utcnow())
    else:
        found = receiver_of(request.actor, order_id)
    return ReceiverOut(
        name=found.name, phone=found.phone, address=found.address, is_masked=not reveal
    )


@router.post("/orders", response={200: OrderOut, 201: OrderOut}, auth=_WRITE)
def save(request: ApiRequest, body: OrderIn) -> Status[OrderOut]:
    """Record one order: 201 when new, 200 when known. The amounts must add up (422)."""
    (told,) = record_orders(request.actor, [new_order(request, body)], now=utcnow())
    if told.outcome is Outcome.REJECTED:
        kind = OrderClaimed if told.code == OrderClaimed.code else OrderDoesNotAddUp
        detail: dict[str, Any] = dict(told.detail)
        raise kind(order_no=told.key, **detail)
    page = list_orders(request.actor, search=body.order_no, limit=200)
    order = next(one for one in page.items if one.order_no == body.order_no)
    return Status(201 if told.outcome is Outcome.CREATED else 200, order_out(order))


def bulk_out(told: list[Recorded]) -> BulkOut:
    """Return what became of many things in the API's shape."""
    return BulkOut(
        results=[
            RecordedOut(key=o.key, outcome=o.outcome, code=o.code, detail=o.detail) for o in told
        ],
        rejected=sum(1 for one in told if one.outcome is Outcome.REJECTED),
    )


def order_out(row: OrderData) -> OrderOut:
    """Return an order in the API's shape."""
    return OrderOut.from_orm(row)


def new_order(request: ApiRequest, body: OrderIn) -> NewOrder:
    """Return the order to be recorded. Raise UnknownStore."""
    return NewOrder(
        order_no=body.order_no,
        store_id=_store_id(request, body.store),
        state=body.state,
        currency=body.currency,
        placed_at=body.placed_at,
        paid_at=body.paid_at,
        discount_minor=body.discount_minor,
        freight_minor=body.freight_minor,
        tax_minor=body.tax_minor,
        paid_minor=body.paid_minor,
        channel=body.channel,
        region=body.region,
        lines=tuple(_new_line(line) for line in body.lines),
        payments=tuple(
            NewPayment(one.tender, one.amount_minor, one.reference) for one in body.payments
        ),
        buyer=_buyer(body),
        receiver=ReceiverData(body.receiver.name, body.receiver.phone, body.receiver.address),
    )


def _new_line(line: LineIn) -> NewLine:
    return NewLine(
        sku=line.sku,
        name=line.name or line.sku,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        category=line.category,
        discount_minor=line.discount_minor,
        tax_minor=line.tax_minor,
        exclusion="" if line.exclusion is ExclusionKind.NONE else line.exclusion.value,
        exclusion_confirmed=line.exclusion_confirmed,
        is_gift=line.is_gift,
    )


def _buyer(body: OrderIn) -> BuyerNamed:
    """Return the buyer; when none is named, whoever the order goes to."""
    buyer = body.buyer
    if buyer.external_ref or buyer.phone or buyer.email:
        return BuyerNamed(buyer.external_ref, buyer.name, buyer.phone, buyer.email, body.region)
    name = buyer.name or body.receiver.name
    return BuyerNamed("", name, body.receiver.phone, "", body.region)


def _store_id(request: ApiRequest, slug: str) -> UUID:
    """Return the store; the merchant's stores are read once a request."""
    known: dict[str, UUID] | None = getattr(request, "_stores_by_slug", None)
    if known is None:
        known = {one.slug: one.id for one in list_stores(request.actor.merchant_id)}
        request._stores_by_slug = known  # type: ignore[attr-defined]  # noqa: SLF001  (our own mark)
    if slug not in known:
        raise UnknownStore(store=slug, allowed=sorted(known))
    return known[slug]
