"""Claiming an order's units or money, and the audited look at who it went to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.commerce.access import REVEAL, access_order
from anxin.domains.commerce.data import OrderData, ReceiverData
from anxin.domains.commerce.models import Order
from anxin.domains.commerce.queries import order_data, receiver_data
from anxin.kernel import audit
from anxin.kernel.actors import Actor


def lock_order(by: Actor, order_id: UUID) -> OrderData:
    """Lock the order until the caller's transaction ends, and fix what it cost from then on.

    To be called before units or money of it are claimed: a later import may still move its state
    but no longer its amounts. Raise NotFound. Six queries, five when it was fixed before.
    """
    assert transaction.get_connection().in_atomic_block, (
        "a lock outside a transaction holds nothing"
    )
    row = access_order(by, order_id, locked=True)
    if not row.is_fixed:
        Order.objects.filter(merchant_id=by.merchant_id, pk=row.pk).update(is_fixed=True)
    return order_data(row)


@transaction.atomic
def reveal_receiver(by: Actor, order_id: UUID, *, now: datetime) -> ReceiverData:
    """Return whom the order goes to in full, and write down who looked. Raise NotAllowed."""
    if not by.is_buyer:
        by.require(REVEAL)
    row = access_order(by, order_id)
    audit.record(by, "commerce.receiver_revealed", "order", row.pk, now=now)
    return receiver_data(row)


@transaction.atomic
def give_order_to(by: Actor, order_id: UUID, customer_id: UUID) -> bool:
    """Let a customer have an order that belongs to nobody; return whether he has it now.

    For whoever proved to hold the address it was sent to. An order of somebody stays his.
    """
    by.require(REVEAL)
    rows = Order.objects.filter(merchant_id=by.merchant_id, pk=order_id, customer=None)
    return rows.update(customer_id=customer_id) == 1
