"""Reads of customers: addresses leave masked, except where the name says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from anxin.domains.customers.access import access_customer, visible_customers
from anxin.domains.customers.data import (
    CustomerData,
    CustomerId,
    CustomerPage,
    IdentityData,
    IdentityId,
    IdentityKind,
)
from anxin.domains.customers.models import Customer, Identity
from anxin.domains.customers.rules import AddressInvalid, mask, normalise
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Invalid


def get_customer(by: Actor, customer_id: UUID) -> CustomerData:
    """Return one customer, addresses masked. Raise NotFound. Two queries."""
    return masked(customer_data(access_customer(by, customer_id)))


def customers_by_id(by: Actor, customer_ids: Iterable[UUID]) -> dict[UUID, CustomerData]:
    """Return several customers at once, addresses masked; unknown ids are left out. Two queries."""
    rows = visible_customers(by).filter(pk__in=set(customer_ids)).prefetch_related("identities")
    return {row.pk: masked(customer_data(row)) for row in rows}


def find_customer(by: Actor, external_ref: str) -> CustomerData | None:
    """Return the customer with the merchant's own number, addresses masked."""
    rows = visible_customers(by).filter(external_ref=external_ref)
    row = rows.prefetch_related("identities").first()
    return None if row is None else masked(customer_data(row))


def find_by_identity(
    merchant_id: MerchantId, channel: str, address: str, *, region: str = "CN"
) -> CustomerData | None:
    """Return who is known by an address, written in any usual way; addresses masked."""
    try:
        wanted = normalise(channel, address, region=region)
    except AddressInvalid:
        return None
    row = (
        Customer.objects.filter(
            merchant_id=merchant_id,
            identities__merchant_id=merchant_id,
            identities__channel=channel,
            identities__address=wanted,
        )
        .prefetch_related("identities")
        .first()
    )
    return None if row is None else masked(customer_data(row))


def addresses_of(merchant_id: MerchantId, customer_id: UUID) -> tuple[IdentityData, ...]:
    """Return a customer's addresses unmasked, for the system's own sending; never to be shown."""
    rows = Identity.objects.filter(merchant_id=merchant_id, customer_id=customer_id)
    return tuple(_identity(row) for row in rows.order_by("id"))


def list_customers(
    by: Actor, *, search: str = "", cursor: str = "", limit: int = 50
) -> CustomerPage:
    """Return customers by name. ``search`` is a name's beginning, a number, or a whole address."""
    rows = visible_customers(by)
    if search:
        rows = rows.filter(_matches(by.merchant_id, search.strip()))
    if cursor:
        key, pk = _place(cursor)
        rows = rows.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=pk))
    found = list(rows.order_by("sort_key", "id").prefetch_related("identities")[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return CustomerPage(
        tuple(masked(customer_data(row)) for row in found[:limit]),
        f"{more.pk}:{more.sort_key.encode().hex()}" if more else "",
    )


def masked(customer: CustomerData) -> CustomerData:
    """Return the customer with every address masked."""
    return replace(
        customer,
        identities=tuple(
            replace(one, address=mask(one.channel, one.address)) for one in customer.identities
        ),
    )


def customer_data(row: Customer) -> CustomerData:
    """Return a customer as others see it, addresses plain."""
    identities = sorted(row.identities.all(), key=lambda one: one.pk)
    return CustomerData(
        CustomerId(row.pk),
        row.name,
        row.tier,
        row.language,
        row.external_ref,
        tuple(_identity(one) for one in identities),
    )


def _identity(row: Identity) -> IdentityData:
    return IdentityData(IdentityId(row.pk), row.channel, row.address, row.verified_at is not None)


def _matches(merchant_id: MerchantId, text: str) -> Q:
    ways = Q(name__istartswith=text) | Q(sort_key__startswith=text.lower()) | Q(external_ref=text)
    addresses = {text}
    for channel in (IdentityKind.PHONE, IdentityKind.EMAIL):
        try:
            addresses.add(normalise(channel, text))
        except AddressInvalid:
            continue
    owners = Identity.objects.filter(merchant_id=merchant_id, address__in=addresses)
    return ways | Q(pk__in=owners.values("customer_id"))


def _place(cursor: str) -> tuple[str, UUID]:
    pk, _, key = cursor.partition(":")
    try:
        return bytes.fromhex(key).decode(), UUID(pk)
    except ValueError:
        raise Invalid("not a cursor of this list", cursor=cursor) from None
