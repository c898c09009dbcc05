"""The one way to fetch a customer for a person."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from anxin.domains.customers.models import Customer
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotFound

READ = "customers.read"
REVEAL = "customers.reveal"


def visible_customers(by: Actor) -> QuerySet[Customer]:
    """Return the customers this actor may see: a buyer himself, others with permission."""
    rows = Customer.objects.filter(merchant_id=by.merchant_id)
    if by.is_buyer:
        return rows.filter(pk=UUID(by.id))
    by.require(READ)
    return rows


def access_customer(by: Actor, customer_id: UUID) -> Customer:
    """Return one customer with identities. Raise NotFound for what the actor may not see."""
    row = visible_customers(by).filter(pk=customer_id).prefetch_related("identities").first()
    if row is None:
        raise NotFound(customer_id=str(customer_id))
    return row
