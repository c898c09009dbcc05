"""Reads of merchants: who a sign-in or a key is, and which store an address names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from anxin.domains.merchants.data import (
    Duty,
    KeyData,
    KeyId,
    MerchantData,
    Permission,
    StaffData,
    StaffId,
    StaffRecord,
    StoreData,
    StoreId,
    TeamData,
    TeamId,
    permissions_of,
)
from anxin.domains.merchants.models import ApiKey, Merchant, SiteAddress, Staff, Store, Team, User
from anxin.kernel.actors import Actor, ActorKind, MerchantId
from anxin.kernel.errors import NotFound
from anxin.kernel.tenancy import acting_for


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A staff member behind a sign-in: the actor for services, the person for pages."""

    actor: Actor
    staff: StaffData


def merchant_ids() -> list[MerchantId]:
    """Return every merchant; for sweeps and the command line."""
    return [MerchantId(pk) for pk in Merchant.objects.order_by("pk").values_list("pk", flat=True)]


def refund_approval_above_minor(merchant_id: MerchantId) -> int:
    """Return the amount, in minor units, above which a refund needs a second person."""
    return Merchant.objects.values_list("refund_approval_above_minor", flat=True).get(
        pk=merchant_id
    )


def signed_in(user_id: int) -> SignedIn | None:
    """Return who a sign-in is, or None when it belongs to nobody of any staff (any more)."""
    merchant_id = (
        User.objects.filter(pk=user_id, is_active=True)
        .values_list("merchant_id", flat=True)
        .first()
    )
    if merchant_id is None:
        return None
    with acting_for(MerchantId(merchant_id)):
        row = Staff.objects.filter(user_id=user_id, is_active=True).first()
    return None if row is None else SignedIn(_actor(row), _staff(row))


def staff_actor(by: Actor, staff_id: StaffId) -> Actor:
    """Return a colleague as an actor. Raise NotFound."""
    row = Staff.objects.filter(merchant_id=by.merchant_id, pk=staff_id, is_active=True).first()
    if row is None:
        raise NotFound(staff_id=str(staff_id))
    return _actor(row)


def list_staff(by: Actor) -> list[StaffData]:
    """Return the merchant's active staff by name."""
    rows = Staff.objects.filter(merchant_id=by.merchant_id, is_active=True).order_by("name", "id")
    return [_staff(row) for row in rows]


def hash_of_key(key: str) -> bytes:
    """Return what is stored of an API key. Keys carry 256 random bits, so one SHA-256 is enough."""
    return hashlib.sha256(key.encode()).digest()


def actor_of_key(key: str) -> Actor | None:
    """Return the program behind an API key, or None."""
    row = ApiKey.objects.filter(key_hash=hash_of_key(key), is_active=True).first()
    if row is None:
        return None
    scopes = frozenset(row.scopes)
    limit = 2**62 if "*" in scopes else 0
    return Actor(
        MerchantId(row.merchant_id), ActorKind.PROGRAM, str(row.pk), scopes, row.name, limit
    )


def store_at(slug: str) -> StoreData:
    """Return the store behind a public address. Raise NotFound."""
    address = SiteAddress.objects.filter(slug=slug).first()
    if address is None:
        raise NotFound(store=slug)
    with acting_for(MerchantId(address.merchant_id)):
        return _store(Store.objects.get(pk=address.store_id))


def get_store(merchant_id: MerchantId, store_id: UUID) -> StoreData:
    """Return one store of the merchant. Raise NotFound."""
    row = Store.objects.filter(merchant_id=merchant_id, pk=store_id).first()
    if row is None:
        raise NotFound(store_id=str(store_id))
    return _store(row)


def list_stores(merchant_id: MerchantId) -> list[StoreData]:
    """Return the merchant's stores by slug."""
    return [_store(row) for row in Store.objects.filter(merchant_id=merchant_id).order_by("slug")]


def widget_origins(merchant_id: MerchantId, store_id: StoreId) -> list[str]:
    """Return the web origins that may carry the store's chat widget."""
    return Store.objects.values_list("widget_origins", flat=True).get(
        merchant_id=merchant_id, pk=store_id
    )


def get_merchant(by: Actor) -> MerchantData:
    """Return the actor's merchant."""
    row = Merchant.objects.get(pk=by.merchant_id)
    return MerchantData(by.merchant_id, row.name, row.currency, row.refund_approval_above_minor)


def list_staff_records(
    by: Actor,
    *,
    is_active: bool = True,
    text: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[StaffRecord]:
    """Return people by name, from a place (name and id) on; ``text`` is part of a name."""
    by.require(Permission.STAFF_MANAGE)
    rows = Staff.objects.filter(merchant_id=by.merchant_id, is_active=is_active)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(user__username__icontains=text))
    if after:
        name, last = after
        rows = rows.filter(name__gte=name).filter(Q(name__gt=name) | Q(id__gt=last))
    return _records(rows.select_related("user").order_by("name", "id")[:limit])


def get_staff_record(by: Actor, staff_id: StaffId) -> StaffRecord:
    """Return one person of the staff. Raise NotFound."""
    by.require(Permission.STAFF_MANAGE)
    rows = Staff.objects.filter(merchant_id=by.merchant_id, pk=staff_id).select_related("user")
    found = _records(rows)
    if not found:
        raise NotFound(staff_id=str(staff_id))
    return found[0]


def list_teams(by: Actor) -> list[TeamData]:
    """Return the merchant's teams by name, with their active people."""
    members: dict[UUID, list[str]] = {}
    people = Staff.objects.filter(merchant_id=by.merchant_id, is_active=True).exclude(team_ids=[])
    for name, team_ids in people.order_by("name", "id").values_list("name", "team_ids"):
        for team_id in team_ids:
            members.setdefault(team_id, []).append(name)
    rows = Team.objects.filter(merchant_id=by.merchant_id).order_by("name")
    return [TeamData(TeamId(r.pk), r.name, tuple(members.get(r.pk, ()))) for r in rows]


def list_keys(by: Actor) -> list[KeyData]:
    """Return the merchant's API keys: those in use first, the newest first."""
    by.require(Permission.STAFF_MANAGE)
    rows = ApiKey.objects.filter(merchant_id=by.merchant_id)
    return [
        KeyData(
            KeyId(row.pk),
            row.name,
            row.prefix,
            frozenset(row.scopes),
            row.is_active,
            row.created_at,
            row.last_used_at,
        )
        for row in rows.order_by("-is_active", "-created_at", "id")
    ]


def _records(rows: Iterable[Staff]) -> list[StaffRecord]:
    found = list(rows)
    users = [row.user_id for row in found]
    secured = set(
        Authenticator.objects.filter(user_id__in=users, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )
    return [
        StaffRecord(
            StaffId(row.pk),
            row.name,
            row.user.username,
            row.user.email,
            frozenset(Duty(duty) for duty in row.duties),
            frozenset(TeamId(team_id) for team_id in row.team_ids),
            frozenset(StoreId(store_id) for store_id in row.store_ids),
            row.approval_limit_minor,
            row.is_active,
            row.user_id in secured,
            row.user.last_login,
        )
        for row in found
    ]


def _actor(row: Staff) -> Actor:
    duties = frozenset(Duty(duty) for duty in row.duties)
    return Actor(
        MerchantId(row.merchant_id),
        ActorKind.STAFF,
        str(row.pk),
        permissions_of(duties),
        row.name,
        row.approval_limit_minor,
    )


def _staff(row: Staff) -> StaffData:
    return StaffData(
        StaffId(row.pk),
        row.name,
        frozenset(Duty(duty) for duty in row.duties),
        row.language,
        row.theme,
        frozenset(TeamId(team_id) for team_id in row.team_ids),
    )


def _store(row: Store) -> StoreData:
    return StoreData(
        StoreId(row.pk),
        MerchantId(row.merchant_id),
        row.slug,
        row.name,
        row.currency,
        row.zone,
        row.region,
        row.return_address,
        row.return_contact,
        row.return_phone,
    )
