"""Changes to customers, and the audited look at what is masked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.customers.access import REVEAL, access_customer, visible_customers
from anxin.domains.customers.data import Buyer, CustomerData, CustomerId, IdentityKind
from anxin.domains.customers.models import Customer, Identity
from anxin.domains.customers.queries import customer_data, masked
from anxin.domains.customers.rules import AddressInvalid, normalise
from anxin.kernel import audit
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import NotFound

WRITE = "orders.import"


@transaction.atomic
def ensure_customer(
    by: Actor, channel: str, address: str, name: str, *, now: datetime, region: str = "CN"
) -> CustomerId:
    """Return who is known by this address; make the customer at the first sight of it.

    Twice at once gives one customer. Raise AddressInvalid.
    """
    wanted = normalise(channel, address, region=region)
    known = _owner(by.merchant_id, channel, wanted)
    if known is None:
        _serialise(by.merchant_id)
        known = _owner(by.merchant_id, channel, wanted)
    if known is not None:
        return known
    row = Customer.objects.create(
        merchant_id=by.merchant_id, name=name[:120], sort_key=sort_key(name), created_at=now
    )
    Identity.objects.create(
        merchant_id=by.merchant_id, customer=row, channel=channel, address=wanted, created_at=now
    )
    return CustomerId(row.pk)


@transaction.atomic
def ensure_customers(
    by: Actor, buyers: Sequence[Buyer], *, now: datetime
) -> list[CustomerId | None]:
    """Return the customer of each buyer, made where unknown; None where nobody is named.

    A known customer gains the addresses he did not have; an address that belongs to somebody else
    stays there. A fixed number of queries however many buyers.
    """
    _serialise(by.merchant_id)
    book = _Book.of(by.merchant_id, buyers)
    found = [book.find_or_add(buyer) for buyer in buyers]
    Customer.objects.bulk_create(
        [
            Customer(
                id=key, merchant_id=by.merchant_id, name=buyer.name[:120], created_at=now,
                sort_key=sort_key(buyer.name), external_ref=buyer.external_ref,
            )
            for key, buyer in book.new.items()
        ]
    )  # fmt: skip
    Identity.objects.bulk_create(
        [
            Identity(
                merchant_id=by.merchant_id, customer_id=owner, channel=channel, address=address,
                created_at=now,
            )
            for (channel, address), owner in book.gained.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return found


@transaction.atomic
def save_customer(
    by: Actor,
    external_ref: str,
    *,
    name: str,
    tier: str = "",
    language: str = "",
    identities: Sequence[tuple[str, str]] = (),
    now: datetime,
) -> tuple[CustomerData, bool]:
    """Create or update the customer with the merchant's own number; return it and whether new.

    Addresses are added, never taken away. Raise AddressInvalid.
    """
    by.require(WRITE)
    addresses = [(channel, normalise(channel, address)) for channel, address in identities]
    _serialise(by.merchant_id)
    row, created = Customer.objects.update_or_create(
        merchant_id=by.merchant_id,
        external_ref=external_ref,
        defaults={
            "name": name,
            "sort_key": sort_key(name),
            "tier": tier,
            "language": language,
        },
        create_defaults={
            "name": name,
            "sort_key": sort_key(name),
            "tier": tier,
            "language": language,
            "created_at": now,
        },
    )
    Identity.objects.bulk_create(
        [
            Identity(
                merchant_id=by.merchant_id, customer=row, channel=channel, address=address,
                created_at=now,
            )
            for channel, address in addresses
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return masked(customer_data(row)), created


@transaction.atomic
def verify_identity(by: Actor, channel: str, address: str, *, now: datetime) -> None:
    """Remember that the customer proved to hold this address. A repeat changes nothing."""
    Identity.objects.filter(
        merchant_id=by.merchant_id,
        channel=channel,
        address=normalise(channel, address),
        verified_at=None,
    ).update(verified_at=now)


@transaction.atomic
def reveal_identity(by: Actor, identity_id: UUID, *, now: datetime) -> str:
    """Return one address in full and write down who looked. Raise NotAllowed, NotFound."""
    _may_reveal(by)
    row = Identity.objects.filter(
        merchant_id=by.merchant_id, pk=identity_id, customer__in=visible_customers(by)
    ).first()
    if row is None:
        raise NotFound(identity_id=str(identity_id))
    audit.record(
        by, "customers.identity_revealed", "customer", row.customer_id, now=now,
        identity_id=str(row.pk), channel=row.channel,
    )  # fmt: skip
    return row.address


@transaction.atomic
def reveal_customer(by: Actor, customer_id: UUID, *, now: datetime) -> CustomerData:
    """Return a customer with every address in full, written down. Raise NotAllowed, NotFound."""
    _may_reveal(by)
    row = access_customer(by, customer_id)
    audit.record(by, "customers.customer_revealed", "customer", row.pk, now=now)
    return customer_data(row)


def sort_key(name: str) -> str:
    """Return what a name sorts by: pinyin, lower case."""
    if name.isascii():
        return name.lower()[:200]
    # The dictionary of phrases costs 30 MB and changes no surname's first letter.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name)).lower()[:200]


def _may_reveal(by: Actor) -> None:
    if not by.is_buyer:  # a buyer sees himself only, and himself in full
        by.require(REVEAL)


def _serialise(merchant_id: MerchantId) -> None:
    """Have one transaction at a time make customers of this merchant, so that none is doubled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('anxin.customers'), %s::int)",
            [merchant_id % 2**31],
        )


def _owner(merchant_id: MerchantId, channel: str, address: str) -> CustomerId | None:
    rows = Identity.objects.filter(merchant_id=merchant_id, channel=channel, address=address)
    found = rows.values_list("customer_id", flat=True).first()
    return None if found is None else CustomerId(found)


@dataclass(slots=True)
class _Book:
    """Who is known by which number and address, and who has to be added."""

    by_ref: dict[str, CustomerId]
    by_address: dict[tuple[str, str], CustomerId]
    new: dict[CustomerId, Buyer]
    gained: dict[tuple[str, str], CustomerId]

    @classmethod
    def of(cls, merchant_id: MerchantId, buyers: Sequence[Buyer]) -> _Book:
        """Read all that is known of these buyers, in two queries."""
        refs = {buyer.external_ref for buyer in buyers if buyer.external_ref}
        addresses = {pair[1] for buyer in buyers for pair in addresses_in(buyer)}
        known_refs = Customer.objects.filter(merchant_id=merchant_id, external_ref__in=refs)
        known = Identity.objects.filter(
            merchant_id=merchant_id,
            channel__in=[IdentityKind.PHONE, IdentityKind.EMAIL],
            address__in=addresses,
        ).values_list("channel", "address", "customer_id")
        return cls(
            {ref: CustomerId(pk) for ref, pk in known_refs.values_list("external_ref", "pk")},
            {(channel, address): CustomerId(owner) for channel, address, owner in known},
            {},
            {},
        )

    def find_or_add(self, buyer: Buyer) -> CustomerId | None:
        addresses = addresses_in(buyer)
        if not buyer.external_ref and not addresses:
            return None
        owner = self._known(buyer, addresses)
        if owner is None:
            owner = CustomerId(Customer().pk)
            self.new[owner] = buyer
        if buyer.external_ref:
            self.by_ref.setdefault(buyer.external_ref, owner)
        for pair in addresses:
            if pair not in self.by_address:
                self.by_address[pair] = self.gained[pair] = owner
        return owner

    def _known(self, buyer: Buyer, addresses: list[tuple[str, str]]) -> CustomerId | None:
        # The merchant's number names one customer: a shared phone does not make two numbers one.
        if buyer.external_ref:
            return self.by_ref.get(buyer.external_ref)
        return next((self.by_address[pair] for pair in addresses if pair in self.by_address), None)


def addresses_in(buyer: Buyer) -> list[tuple[str, str]]:
    """Return the buyer's addresses as stored; what is no address is left out."""
    found: list[tuple[str, str]] = []
    for channel, address in ((IdentityKind.PHONE, buyer.phone), (IdentityKind.EMAIL, buyer.email)):
        if address:
            try:
                found.append((channel.value, normalise(channel, address, region=buyer.region)))
            except AddressInvalid:
                continue
    return found
