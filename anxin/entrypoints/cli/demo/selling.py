"""A year of orders: more before festivals, most of them delivered long ago."""

# messages: data (what people of the sample write)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from anxin.domains.commerce import public as commerce
from anxin.domains.commerce.data import (
    BuyerNamed,
    NewLine,
    NewOrder,
    NewPayment,
    NewProduct,
    NewShipment,
    NewTracking,
    OrderState,
    ReceiverData,
    Tender,
)
from anxin.domains.merchants import public as merchants
from anxin.entrypoints.cli.demo import words
from anxin.entrypoints.cli.demo.catalogue import SUPPLIERS, Article
from anxin.flows import importing
from anxin.kernel.actors import Actor

_CARRIERS = ("顺丰速运", "中通快递", "京东物流", "圆通速递")
_TENDERS = (Tender.WECHAT_PAY, Tender.WECHAT_PAY, Tender.ALIPAY, Tender.CARD)


@dataclass(frozen=True, slots=True)
class Sold:
    """An order of the sample data with what later stories need of it."""

    order: NewOrder
    buyer_name: str
    phone: str
    signed_at: datetime | None

    @property
    def is_delivered(self) -> bool:
        """Return whether the buyer has the goods."""
        return self.signed_at is not None


def sell(
    system: Actor, random: Random, articles: Sequence[Article], count: int, now: datetime
) -> list[Sold]:
    """Record products, orders and shipments; return the orders, oldest first."""
    commerce.record_products(system, [_product(article) for article in articles], now=now)
    stores = {store.slug: store.id for store in merchants.list_stores(system.merchant_id)}
    buyers = [(words.person_name(random), words.phone_number(n)) for n in range(max(count // 3, 5))]
    times = sorted(_placed(random, now) for _ in range(count))
    sold = [_order(random, n, at, articles, stores, random.choice(buyers), now)
            for n, at in enumerate(times)]  # fmt: skip
    for start in range(0, len(sold), 500):
        batch = sold[start : start + 500]
        _all_recorded(importing.record_orders(system, [one.order for one in batch], now=now))
        shipments = [_shipment(random, one) for one in batch if _has_left(one)]
        _all_recorded(commerce.record_shipments(system, shipments, now=now))
    return sold


def _all_recorded(results: Sequence[object]) -> None:
    refused = [one for one in results if getattr(one, "code", "")]
    assert not refused, f"the sample data must be sound: {refused[:3]}"


def _product(article: Article) -> NewProduct:
    return NewProduct(
        sku=article.sku,
        name=article.name,
        product_code=article.product_code,
        options=article.options,
        category=article.category,
        price_minor=article.price_minor,
        exclusion=article.exclusion,
        supplier_code=article.supplier_code,
        supplier_name=SUPPLIERS[article.supplier_code],
    )


def _placed(random: Random, now: datetime) -> datetime:
    """Return a moment of the past year; a third lies in the last six weeks, few at night."""
    chance = random.random()
    # A good part lies a week back: delivered, and still within the days of free return.
    least, most = (4.5, 9) if chance < 0.1 else (0, 42) if chance < 0.4 else (42, 365)
    days = random.uniform(least, most)
    moment = now - timedelta(days=days)
    hour = random.choice((1, 2, 2, 3, 4, 5, 6, 7, 8, 11, 12, 12, 13, 13, 14))  # UTC: 9–22 in China
    return min(moment.replace(hour=hour, minute=random.randrange(60)), now - timedelta(minutes=20))


def _order(
    random: Random,
    serial: int,
    placed_at: datetime,
    articles: Sequence[Article],
    stores: Mapping[str, UUID],
    buyer: tuple[str, str],
    now: datetime,
) -> Sold:
    slug = "anxin" if random.random() < 0.65 else "home"
    chosen = random.sample(
        [a for a in articles if a.store == slug], random.choice((1, 1, 1, 2, 2, 3))
    )
    lines = tuple(_line(random, article) for article in chosen)
    goods = sum(line.unit_price_minor * line.quantity for line in lines)
    discount = 4_000 if goods >= 30_000 and random.random() < 0.5 else 0
    freight = 0 if goods >= 9_900 else 800
    state, signed_at = _progress(random, placed_at, now)
    paid = 0 if state is OrderState.PENDING else goods - discount + freight
    order = NewOrder(
        order_no=f"AX{placed_at:%y%m%d}{serial:06d}",
        store_id=stores[slug],
        state=state,
        currency="CNY",
        placed_at=placed_at,
        paid_at=placed_at + timedelta(minutes=2) if paid else None,
        lines=lines,
        discount_minor=discount,
        freight_minor=freight,
        paid_minor=goods - discount + freight,
        payments=_payments(random, serial, paid),
        channel=random.choice(("小程序", "小程序", "天猫", "官网")),
        buyer=BuyerNamed(name=buyer[0], phone=buyer[1]),
        receiver=ReceiverData(buyer[0], buyer[1], words.street_address(random)),
    )
    return Sold(order, buyer[0], buyer[1], signed_at)


def _line(random: Random, article: Article) -> NewLine:
    return NewLine(
        sku=article.sku,
        name=f"{article.name} {' '.join(article.options.values())}",
        quantity=random.choice((1, 1, 1, 1, 2, 3)),
        unit_price_minor=article.price_minor,
        category=article.category,
        exclusion=article.exclusion,
        # Most buyers of goods that may be excluded ticked the box; some shops forgot to ask.
        exclusion_confirmed=bool(article.exclusion) and random.random() < 0.9,
    )


def _payments(random: Random, serial: int, paid: int) -> tuple[NewPayment, ...]:
    if not paid:
        return ()
    reference = f"4200{serial:012d}"
    points = 500 if paid > 20_000 and random.random() < 0.1 else 0
    first = NewPayment(random.choice(_TENDERS), paid - points, reference)
    return (first, NewPayment(Tender.POINTS, points, f"P{serial:09d}")) if points else (first,)


def _progress(
    random: Random, placed_at: datetime, now: datetime
) -> tuple[OrderState, datetime | None]:
    if random.random() < 0.02:
        return OrderState.CANCELLED, None
    signed_at = placed_at + timedelta(days=random.uniform(1.5, 4.5))
    if signed_at < now:
        return OrderState.DELIVERED, signed_at
    if placed_at + timedelta(days=1) < now:
        return OrderState.SHIPPED, None
    return OrderState.PAID, None


def _has_left(sold: Sold) -> bool:
    return sold.order.state in (OrderState.SHIPPED, OrderState.DELIVERED)


def _shipment(random: Random, sold: Sold) -> NewShipment:
    order = sold.order
    shipped_at = order.placed_at + timedelta(hours=random.uniform(3, 20))
    events = [NewTracking(shipped_at, "collected", "已揽收", "杭州")]
    if sold.signed_at:
        events.append(NewTracking(sold.signed_at, "signed", "已签收，签收人：本人", "收货地"))
    return NewShipment(
        order_no=order.order_no,
        tracking_no=f"SF{order.order_no[2:]}",
        carrier=random.choice(_CARRIERS),
        shipped_at=shipped_at,
        delivered_at=sold.signed_at,
        signed_at=sold.signed_at,
        signed_by="customer" if sold.signed_at else "",
        events=tuple(events),
    )
