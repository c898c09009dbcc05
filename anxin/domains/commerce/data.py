"""Words of commerce: orders as the merchant sold them, frozen at import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

OrderId = NewType("OrderId", UUID)
OrderLineId = NewType("OrderLineId", UUID)
ProductId = NewType("ProductId", UUID)
PaymentId = NewType("PaymentId", UUID)
ShipmentId = NewType("ShipmentId", UUID)
SupplierId = NewType("SupplierId", UUID)
ImportRunId = NewType("ImportRunId", UUID)


class OrderState(StrEnum):
    """How far an order has come, as the shop tells us."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Tender(StrEnum):
    """What was paid with."""

    WECHAT_PAY = "wechat_pay"
    ALIPAY = "alipay"
    CARD = "card"
    PAYPAL = "paypal"
    BANK = "bank"
    GIFT_CARD = "gift_card"
    POINTS = "points"
    CASH = "cash"
    OTHER = "other"


class ImportKind(StrEnum):
    """What a file brings in."""

    ORDERS = "orders"
    PRODUCTS = "products"
    SHIPMENTS = "shipments"


class ImportMode(StrEnum):
    """What one bad row stops: everything, or the order (product, parcel) it belongs to."""

    ALL = "all"
    EACH = "per-order"


@dataclass(frozen=True, slots=True)
class LineData:
    """One line of an order with its frozen share of discount, tax and payment, in minor units.

    ``payable_minor`` is what the buyer paid for the whole line: gross − discount + tax, where
    ``gross_minor`` is unit price × quantity as listed and ``tax_minor`` is tax on top of it
    (0 where prices include tax). What the first k units cost is a cumulative share of it.
    """

    id: OrderLineId
    line_no: int
    sku: str
    name: str
    category: str
    quantity: int
    unit_price_minor: int
    gross_minor: int
    discount_minor: int
    tax_minor: int
    payable_minor: int
    # Why the law lets this line be excluded from withdrawal (policies.data.ExclusionKind value).
    exclusion: str
    exclusion_confirmed: bool
    is_gift: bool
    shipped_quantity: int


@dataclass(frozen=True, slots=True)
class UnitAmounts:
    """What some units of a line cost together, in minor units; ``payable`` includes the tax."""

    payable_minor: int
    tax_minor: int
    discount_minor: int


@dataclass(frozen=True, slots=True)
class PaymentData:
    """One payment of an order. ``reference`` is the provider's own number."""

    id: PaymentId
    tender: Tender
    amount_minor: int
    currency: str
    reference: str
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShipmentData:
    """One parcel sent out."""

    id: ShipmentId
    tracking_no: str
    carrier: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    signed_at: datetime | None
    signed_by: str
    lines: tuple[tuple[OrderLineId, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderData:
    """An order with all that rules may ask."""

    id: OrderId
    order_no: str
    store_id: UUID
    customer_id: UUID | None
    state: OrderState
    currency: str
    channel: str
    region: str
    placed_at: datetime
    paid_at: datetime | None
    goods_minor: int
    discount_minor: int
    freight_minor: int
    tax_minor: int
    paid_minor: int
    lines: tuple[LineData, ...]
    payments: tuple[PaymentData, ...] = ()
    shipments: tuple[ShipmentData, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders, newest first, and where the next ones are (empty at the end)."""

    items: tuple[OrderData, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class ParcelData:
    """A parcel with the order it belongs to."""

    order_id: OrderId
    order_no: str
    parcel: ShipmentData


@dataclass(frozen=True, slots=True)
class ParcelPage:
    """Some parcels, newest first, and where the next ones are (empty at the end)."""

    items: tuple[ParcelData, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class ReceiverData:
    """Whom an order goes to: personal data, masked unless revealed."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class ProductData:
    """One article that can be bought; variants share ``product_code``."""

    id: ProductId
    sku: str
    product_code: str
    name: str
    options: dict[str, str]
    category: str
    price_minor: int
    currency: str
    exclusion: str
    is_available: bool
    image_url: str
    supplier_code: str = ""
    supplier_name: str = ""


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Some products by SKU, and where the next ones are (empty at the end)."""

    items: tuple[ProductData, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class TrackingData:
    """One thing a carrier said about an outbound parcel."""

    tracking_no: str
    at: datetime
    code: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class BuyerNamed:
    """Whom a shop names as the buyer; all empty means nobody. Phones as the shop wrote them."""

    external_ref: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    region: str = "CN"


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be recorded; ``discount_minor`` is its own, beside its share of the order's."""

    sku: str
    name: str
    quantity: int
    unit_price_minor: int
    category: str = ""
    discount_minor: int = 0
    tax_minor: int | None = None
    exclusion: str = ""
    exclusion_confirmed: bool = False
    is_gift: bool = False


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment to be recorded, in the order's currency."""

    tender: Tender
    amount_minor: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be recorded, as the shop states it.

    ``paid_minor`` None means: whatever it comes to. ``payments`` empty means: one, of unknown kind.
    """

    order_no: str
    store_id: UUID
    state: OrderState
    currency: str
    placed_at: datetime
    lines: tuple[NewLine, ...]
    paid_at: datetime | None = None
    discount_minor: int = 0
    freight_minor: int = 0
    tax_minor: int | None = None
    paid_minor: int | None = None
    payments: tuple[NewPayment, ...] = ()
    channel: str = ""
    region: str = "CN"
    buyer: BuyerNamed = BuyerNamed()
    receiver: ReceiverData = ReceiverData("", "", "")


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product to be recorded."""

    sku: str
    name: str
    product_code: str = ""
    options: dict[str, str] = field(default_factory=dict)
    category: str = ""
    price_minor: int = 0
    currency: str = "CNY"
    exclusion: str = ""
    is_available: bool = True
    image_url: str = ""
    supplier_code: str = ""
    supplier_name: str = ""


@dataclass(frozen=True, slots=True)
class NewTracking:
    """Something a carrier said, to be recorded once."""

    at: datetime
    code: str
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class NewShipment:
    """A parcel to be recorded. ``lines`` are (SKU, quantity); empty means all that is left."""

    order_no: str
    tracking_no: str
    carrier: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_at: datetime | None = None
    signed_by: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    events: tuple[NewTracking, ...] = ()


class Outcome(StrEnum):
    """What became of a thing that was to be recorded."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one thing; ``code`` and ``detail`` say why it was rejected."""

    key: str
    outcome: Outcome
    code: str = ""
    detail: dict[str, str | int] = field(default_factory=dict)
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StoreChoice:
    """A store that rows of a file may name, with what is read differently for it."""

    id: UUID
    slug: str
    name: str
    currency: str
    zone: str
    region: str


@dataclass(frozen=True, slots=True)
class ImportData:
    """One import as pages and programs see it."""

    id: ImportRunId
    kind: ImportKind
    file_name: str
    size_bytes: int
    mode: ImportMode
    state: str
    layout: dict[str, Any]
    rows_total: int
    rows_done: int
    things_total: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    error_count: int
    warning_count: int
    errors: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    preview: list[dict[str, Any]]
    failure: dict[str, Any]
    by_name: str
    started_at: datetime
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        """Return how far the running step is."""
        return min(100, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

    @property
    def is_running(self) -> bool:
        """Return whether something is being done to it right now."""
        return self.state in {"reading", "applying"}
