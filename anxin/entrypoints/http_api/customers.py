"""Customers: found, listed, created and updated; addresses masked unless revealed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema, Status

from anxin.domains.customers.data import CustomerData
from anxin.domains.customers.public import (
    find_by_identity,
    get_customer,
    list_customers,
    reveal_customer,
    save_customer,
)
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.kernel.clock import utcnow

router = Router()
_READ, _WRITE = scope(Permission.CUSTOMERS_READ), scope(Permission.ORDERS_IMPORT)
Channel = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,40}$")]


class IdentityOut(Schema):
    """One address a customer is known by."""

    id: UUID
    channel: str
    address: str
    is_verified: bool


class CustomerOut(Schema):
    """A customer. ``is_masked`` says whether the addresses are shown in full."""

    id: UUID
    external_ref: str
    name: str
    tier: str
    language: str
    identities: list[IdentityOut]
    is_masked: bool = True


class IdentityIn(Schema):
    """An address: phone, email, or a channel's own kind."""

    channel: Channel
    address: Annotated[str, Field(min_length=1, max_length=200)]


class CustomerIn(Schema):
    """A customer under your own number; addresses are added, never taken away."""

    external_ref: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(max_length=120)]
    tier: Annotated[str, Field(max_length=20)] = ""
    language: Annotated[str, Field(max_length=10)] = ""
    identities: Annotated[list[IdentityIn], Field(max_length=20)] = []


@router.get("/customers", response=Page[CustomerOut], auth=_READ)
def list_all(
    request: ApiRequest,
    search: str = "",
    channel: str = "",
    address: str = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[CustomerOut]:
    """List customers by name; ``channel`` and ``address`` together find who is known by it."""
    if channel and address:
        found = find_by_identity(request.actor.merchant_id, channel, address)
        return Page[CustomerOut](items=[customer_out(found)] if found else [])
    page = list_customers(request.actor, search=search, cursor=cursor, limit=limit)
    return Page[CustomerOut](
        items=[customer_out(one) for one in page.items], next_cursor=page.next_cursor or None
    )


@router.get("/customers/{customer_id}", response=CustomerOut, auth=_READ)
def get(request: ApiRequest, customer_id: UUID, reveal: bool = False) -> CustomerOut:
    """Return one customer. ``reveal`` needs the scope customers.reveal and is written down."""
    if reveal:
        found = reveal_customer(request.actor, customer_id, now=utcnow())
        return customer_out(found, is_masked=False)
    return customer_out(get_customer(request.actor, customer_id))


@router.post("/customers", response={200: CustomerOut, 201: CustomerOut}, auth=_WRITE)
def save(request: ApiRequest, body: CustomerIn) -> Status[CustomerOut]:
    """Create the customer with this number (201), or update it (200)."""
    saved, is_new = save_customer(
        request.actor,
        body.external_ref,
        name=body.name,
        tier=body.tier,
        language=body.language,
        identities=[(one.channel, one.address) for one in body.identities],
        now=utcnow(),
    )
    return Status(201 if is_new else 200, customer_out(saved))


def customer_out(row: CustomerData, *, is_masked: bool = True) -> CustomerOut:
    """Return a customer in the API's shape."""
    return CustomerOut(
        id=row.id,
        external_ref=row.external_ref,
        name=row.name,
        tier=row.tier,
        language=row.language,
        identities=[IdentityOut.from_orm(one) for one in row.identities],
        is_masked=is_masked,
    )
