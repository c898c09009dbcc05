"""The one way to fetch an order for a person."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from anxin.domains.commerce.models import Order
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotFound

READ = "orders.read"
WRITE = "orders.import"
REVEAL = "customers.reveal"


def visible_orders(by: Actor) -> QuerySet[Order]:
    """Return the orders this actor may see: a buyer his own, others with permission."""
    rows = Order.objects.filter(merchant_id=by.merchant_id)
    if by.is_buyer:
        return rows.filter(customer_id=UUID(by.id))
    by.require(READ)
    return rows


def access_order(by: Actor, order_id: UUID, *, locked: bool = False) -> Order:
    """Return one order, its row locked if asked. Raise NotFound for what he may not see."""
    rows = visible_orders(by).filter(pk=order_id)
    row = (rows.select_for_update() if locked else rows).first()
    if row is None:
        raise NotFound(order_id=str(order_id))
    return row
