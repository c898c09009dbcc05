"""Orders of 林小满 and requests in every state, built through the services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Finding, RequestData, RequestedItem, RequestId
from anxin.domains.commerce.models import Order, OrderLine, Payment, Shipment, ShipmentLine
from anxin.domains.customers.models import Customer
from anxin.domains.merchants.data import Duty
from anxin.kernel.actors import Actor
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """One house with a buyer, an agent, a warehouse hand, and an order that was delivered."""

    house: House
    buyer: Actor
    stranger: Actor
    agent: Actor
    lead: Actor
    warehouse: Actor
    order: Order

    @property
    def line_ids(self) -> list[UUID]:
        """Return the order's lines in order."""
        return list(
            OrderLine.objects.filter(order=self.order)
            .order_by("line_no")
            .values_list("pk", flat=True)
        )


def build_scene(slug: str = "anxin", **order: object) -> Scene:
    """Return the scene; ``order`` goes to ``build_order``."""
    house = build_house(slug=slug)
    with acting_for(house.merchant_id):
        buyer = build_customer(house, "林小满")
        stranger = build_customer(house, "周不识")
        return Scene(
            house,
            buyer,
            stranger,
            build_staff(house, f"{slug}-agent", Duty.AGENT),
            build_staff(house, f"{slug}-lead", Duty.SUPERVISOR, limit_minor=100_000),
            build_staff(house, f"{slug}-ware", Duty.WAREHOUSE),
            build_order(house, buyer, **order),  # type: ignore[arg-type]
        )


def build_customer(house: House, name: str) -> Actor:
    """Return a customer as the one who acts."""
    row = Customer.objects.create(merchant_id=house.merchant_id, name=name)
    return Actor.buyer(house.merchant_id, row.pk, name)


def build_order(
    house: House,
    buyer: Actor,
    *,
    order_no: str = "AX20261101001",
    lines: tuple[tuple[str, int, int], ...] = (("LAMP-1", 3, 10_00), ("MUG-2", 1, 4_99)),
    freight_minor: int = 0,
    shipped: bool = True,
    delivered: bool = True,
    paid: bool = True,
    placed_at: datetime = NOON - 5 * DAY,
    exclusion: str = "",
    category: str = "家居",
) -> Order:
    """Return an order. ``lines`` are SKU, quantity, and what the whole line cost in fen."""
    goods = sum(amount for _, _, amount in lines)
    state = "delivered" if delivered and shipped else "shipped" if shipped else "paid"
    order = Order.objects.create(
        merchant_id=house.merchant_id,
        store_id=house.store_id,
        order_no=order_no,
        customer_id=buyer.id,
        state=state if paid else "pending",
        currency="CNY",
        placed_at=placed_at,
        paid_at=placed_at if paid else None,
        goods_minor=goods,
        freight_minor=freight_minor,
        paid_minor=goods + freight_minor,
        receiver_name=buyer.name,
        receiver_phone="+8613800001111",
        receiver_address="浙江省杭州市西湖区文一路 9 号",
    )
    rows = [
        OrderLine.objects.create(
            merchant_id=house.merchant_id,
            order=order,
            line_no=number,
            sku=sku,
            name=f"商品 {sku}",
            category=category,
            quantity=quantity,
            unit_price_minor=-(-amount // quantity),
            gross_minor=amount,
            payable_minor=amount,
            exclusion=exclusion,
            exclusion_confirmed=bool(exclusion),
        )
        for number, (sku, quantity, amount) in enumerate(lines, 1)
    ]
    if paid and order.paid_minor:
        Payment.objects.create(
            merchant_id=house.merchant_id, order=order, payment_no=f"P{order_no}",
            tender="wechat_pay", amount_minor=order.paid_minor, currency="CNY",
            reference=f"wx-{order_no}", paid_at=placed_at,
        )  # fmt: skip
    if shipped:
        _ship(house, order, rows, delivered)
    return order


def _ship(house: House, order: Order, rows: list[OrderLine], delivered: bool) -> None:
    arrived = order.placed_at + 2 * DAY
    parcel = Shipment.objects.create(
        merchant_id=house.merchant_id, order=order, tracking_no=f"SF{order.order_no}",
        carrier="顺丰", shipped_at=order.placed_at + HOUR,
        delivered_at=arrived if delivered else None, signed_at=arrived if delivered else None,
        signed_by="customer" if delivered else "",
    )  # fmt: skip
    for row in rows:
        ShipmentLine.objects.create(
            merchant_id=house.merchant_id, shipment=parcel, order_line=row, quantity=row.quantity
        )


def build_request(
    scene: Scene,
    *quantities: int,
    reason: str = "no_reason",
    kind: str = "return_refund",
    now: datetime = NOON,
) -> RequestId:
    """Return a request of the buyer for so many units of each line, zero leaving a line out."""
    items = [
        RequestedItem(line_id, quantity)
        for line_id, quantity in zip(scene.line_ids, quantities or (1,), strict=False)
        if quantity
    ]
    return aftersales.open_request(scene.buyer, scene.order.pk, items, reason, kind, now=now)


def bring_back(scene: Scene, request_id: RequestId, tracking_no: str = "SF9000001") -> None:
    """Send the goods and take them in at the warehouse."""
    aftersales.choose_own_parcel(scene.buyer, request_id, tracking_no, now=NOON + HOUR)
    aftersales.receive_parcel(scene.warehouse, tracking_no, now=NOON + DAY)


def inspect(scene: Scene, request_id: RequestId, *accepted: int) -> None:
    """Inspect every line: so many accepted, the rest rejected as soiled; all when none named."""
    lines = aftersales.get_request(scene.warehouse, request_id).lines
    counts = accepted or tuple(line.quantity for line in lines)
    aftersales.record_inspection(
        scene.warehouse,
        request_id,
        [
            Finding(
                line.id, count, line.quantity - count,
                codes=("soiled",) if count < line.quantity else (),
            )
            for line, count in zip(lines, counts, strict=True)
        ],
        now=NOON + DAY + HOUR,
    )  # fmt: skip


def fetched(scene: Scene, request_id: RequestId) -> RequestData:
    """Return the request as the system sees it."""
    return aftersales.get_request(scene.house.system, request_id)


@contextmanager
def nothing_changes(scene: Scene) -> Iterator[None]:
    """Fail if any request, or the record of facts, differs afterwards."""
    before = _everything(scene)
    yield
    assert _everything(scene) == before


def _everything(scene: Scene) -> object:
    rows = aftersales.list_requests(scene.house.system, limit=200).items
    return (
        [fetched(scene, row.id) for row in rows],
        list(RecordedEvent.objects.order_by("pk").values_list("pk", flat=True)),
    )
