"""What the pages of orders, products and customers show, gathered into frozen shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.domains.commerce.data import (
    LineData,
    OrderData,
    OrderState,
    PaymentData,
    ProductData,
    ReceiverData,
    ShipmentData,
    TrackingData,
)
from anxin.domains.commerce.public import (
    get_order,
    list_orders,
    list_products,
    receiver_of,
    tracking_of,
)
from anxin.domains.customers.data import CustomerData
from anxin.domains.customers.public import customers_by_id, get_customer, list_customers
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.entrypoints.console.records.panels import Panel, panels_of
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import Column, TimelineEntry
from anxin.kernel.actors import Actor
from anxin.kernel.money import Money

_SHOWN_ORDERS = 20


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter that is an address."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list: what was searched, the rows, and where the next ones are."""

    search: str
    columns: Sequence[Column]
    rows: Sequence[object]
    next_url: str
    tabs: Sequence[Tab] = ()


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list."""

    url: str
    order: OrderData
    store: str
    customer: str
    customer_url: str
    goods: str
    paid: Money


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in the list."""

    product: ProductData
    price: Money
    options: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an order."""

    line: LineData
    unit_price: Money
    discount: Money
    tax: Money
    payable: Money


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment of an order."""

    payment: PaymentData
    amount: Money


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A parcel with what is in it and what its carrier said."""

    parcel: ShipmentData
    contents: Sequence[str]
    timeline: Sequence[TimelineEntry]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order."""

    order: OrderData
    store: str
    customer: CustomerData | None
    receiver: ReceiverData
    may_reveal: bool
    lines: Sequence[LineRow]
    amounts: Sequence[tuple[str, Money]]
    payments: Sequence[PaymentRow]
    parcels: Sequence[ParcelRow]
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer."""

    customer: CustomerData
    may_reveal: bool
    columns: Sequence[Column]
    orders: Sequence[OrderRow]
    orders_url: str
    panels: Sequence[Panel]


def build_order_list(
    by: Actor, *, search: str = "", state: str = "", cursor: str = "", customer: UUID | None = None
) -> ListPage:
    """Return a page of orders."""
    known = OrderState(state) if state in set(OrderState) else None
    page = list_orders(by, search=search, state=known, cursor=cursor, customer_id=customer)
    kept = {"search": search, "state": state, "customer": customer or ""}
    tabs = [
        Tab(name, _url("orders", {**kept, "state": code}), code == state)
        for code, name in [
            ("", _("全部")),
            *((s.value, str(label_of(s, "console_order_state").text)) for s in OrderState),
        ]
    ]
    next_url = _url("orders", {**kept, "cursor": page.next_cursor}) if page.next_cursor else ""
    return ListPage(search, order_columns(), _order_rows(by, page.items), next_url, tabs)


def build_product_list(by: Actor, *, search: str = "", cursor: str = "") -> ListPage:
    """Return a page of products."""
    page = list_products(by, search=search, cursor=cursor)
    next_url = (
        _url("products", {"search": search, "cursor": page.next_cursor}) if page.next_cursor else ""
    )
    rows = [
        ProductRow(
            one,
            Money(one.price_minor, one.currency),
            " · ".join(f"{name} {value}" for name, value in one.options.items()),
        )
        for one in page.items
    ]
    columns = [
        Column(_("商品编码")),
        Column(_("商品")),
        Column(_("规格")),
        Column(_("类目")),
        Column(_("价格"), is_number=True),
        Column(_("供应商")),
        Column(_("在售")),
    ]
    return ListPage(search, columns, rows, next_url)


def build_customer_list(by: Actor, *, search: str = "", cursor: str = "") -> ListPage:
    """Return a page of customers."""
    page = list_customers(by, search=search, cursor=cursor)
    next_url = (
        _url("customers", {"search": search, "cursor": page.next_cursor})
        if page.next_cursor
        else ""
    )
    columns = [Column(_("客户")), Column(_("客户编号")), Column(_("等级")), Column(_("联系方式"))]
    return ListPage(search, columns, page.items, next_url)


def build_order_page(by: Actor, order_id: UUID) -> OrderPage:
    """Return one order with all that its page shows."""
    order = get_order(by, order_id)
    customer = None
    if order.customer_id and by.may(Permission.CUSTOMERS_READ):
        customer = customers_by_id(by, [order.customer_id]).get(order.customer_id)
    tracking = tracking_of(by, order_id)
    return OrderPage(
        order=order,
        store=_stores(by).get(order.store_id, ""),
        customer=customer,
        receiver=receiver_of(by, order_id),
        may_reveal=by.may(Permission.CUSTOMERS_REVEAL),
        lines=[_line(order, line) for line in order.lines],
        amounts=_amounts(order),
        payments=[PaymentRow(one, Money(one.amount_minor, one.currency)) for one in order.payments],
        parcels=[_parcel(order, one, tracking) for one in order.shipments],
        panels=panels_of("order", by, order_id),
    )


def build_customer_page(by: Actor, customer_id: UUID) -> CustomerPage:
    """Return one customer with his newest orders."""
    customer = get_customer(by, customer_id)
    orders: Sequence[OrderData] = ()
    if by.may(Permission.ORDERS_READ):
        orders = list_orders(by, customer_id=customer_id, limit=_SHOWN_ORDERS).items
    return CustomerPage(
        customer=customer,
        may_reveal=by.may(Permission.CUSTOMERS_REVEAL),
        columns=order_columns(),
        orders=_order_rows(by, orders),
        orders_url=_url("orders", {"customer": customer_id})
        if len(orders) == _SHOWN_ORDERS
        else "",
        panels=panels_of("customer", by, customer_id),
    )


def order_columns() -> list[Column]:
    """Return the columns of a list of orders."""
    return [
        Column(_("订单号")),
        Column(_("下单")),
        Column(_("状态")),
        Column(_("客户")),
        Column(_("商品")),
        Column(_("实付"), is_number=True),
        Column(_("店铺")),
    ]


def _order_rows(by: Actor, orders: Sequence[OrderData]) -> list[OrderRow]:
    stores = _stores(by)
    names: dict[UUID, CustomerData] = {}
    if by.may(Permission.CUSTOMERS_READ):
        names = customers_by_id(by, [one.customer_id for one in orders if one.customer_id])
    return [
        _order_row(one, stores, names.get(one.customer_id) if one.customer_id else None)
        for one in orders
    ]


def _order_row(
    order: OrderData, stores: dict[UUID, str], customer: CustomerData | None
) -> OrderRow:
    first = order.lines[0].name if order.lines else ""
    rest = len(order.lines) - 1
    return OrderRow(
        reverse("console:order", args=[order.id]),
        order,
        stores.get(order.store_id, ""),
        _called(customer) if customer else "",
        reverse("console:customer", args=[customer.id]) if customer else "",
        _("%(first)s 等 %(count)s 种") % {"first": first, "count": rest + 1} if rest > 0 else first,
        Money(order.paid_minor, order.currency),
    )


def _called(customer: CustomerData) -> str:
    """Return what to call a customer: the name, the number, or a masked address."""
    addresses = [one.address for one in customer.identities]
    return next(filter(None, [customer.name, customer.external_ref, *addresses]), "—")


def _line(order: OrderData, line: LineData) -> LineRow:
    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    return LineRow(
        line,
        money(line.unit_price_minor),
        money(-line.discount_minor),
        money(line.tax_minor),
        money(line.payable_minor),
    )


def _amounts(order: OrderData) -> list[tuple[str, Money]]:
    parts = [
        (_("商品"), order.goods_minor),
        (_("优惠"), -order.discount_minor),
        (_("运费"), order.freight_minor),
        (_("税费"), order.tax_minor),
    ]
    shown = [(name, Money(minor, order.currency)) for name, minor in parts if minor]
    return [*shown, (_("实付"), Money(order.paid_minor, order.currency))]


def _parcel(order: OrderData, parcel: ShipmentData, tracking: Sequence[TrackingData]) -> ParcelRow:
    names = {line.id: line.name for line in order.lines}
    moments: list[tuple[str, datetime | None]] = [
        (_("发货"), parcel.shipped_at),
        (_("送达"), parcel.delivered_at),
        (_("签收"), parcel.signed_at),
    ]
    own = [TimelineEntry(name, at) for name, at in moments if at]
    told = [
        TimelineEntry(one.text or one.code, one.at, one.place)
        for one in tracking
        if one.tracking_no == parcel.tracking_no
    ]
    entries = sorted([*own, *told], key=lambda entry: entry.at or order.placed_at)
    contents = [f"{names.get(pk, '')} × {count}" for pk, count in parcel.lines]
    return ParcelRow(parcel, contents, entries)


def _stores(by: Actor) -> dict[UUID, str]:
    return {one.id: one.name for one in list_stores(by.merchant_id)}


def _url(name: str, query: dict[str, object]) -> str:
    kept = urlencode({key: value for key, value in query.items() if value})
    return reverse(f"console:{name}") + (f"?{kept}" if kept else "")
