"""Words of commerce: orders as the merchant sold them, frozen at import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
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
