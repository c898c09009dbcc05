"""API keys, issued and revoked by those who manage staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from anxin.domains.merchants.data import KeyId, Permission
from anxin.domains.merchants.models import ApiKey
from anxin.domains.merchants.queries import hash_of_key
from anxin.domains.merchants.rules import check_scopes, clean_name, clean_scopes
from anxin.domains.merchants.services.founding import issue_key
from anxin.kernel.actors import Actor
from anxin.kernel.audit import record
from anxin.kernel.errors import NotFound

# How exactly pages say when a key was last used; a write for every call would be too many.
_USE_NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just issued. ``key`` can be seen this once."""

    id: KeyId
    name: str
    key: str


@transaction.atomic
def create_key(by: Actor, name: str, scopes: Iterable[str], *, now: datetime) -> NewKey:
    """Issue a key with scopes that the issuer has himself.

    Raise DetailRefused (``field`` is name or scopes), BeyondOwnRights.
    """
    by.require(Permission.STAFF_MANAGE)
    name, wanted = clean_name(name, limit=60), clean_scopes(scopes)
    check_scopes(by, wanted)
    key = issue_key(by.merchant_id, name, wanted)
    key_id = KeyId(ApiKey.objects.values_list("pk", flat=True).get(key_hash=hash_of_key(key)))
    record(by, "key.issued", "api_key", key_id, now=now, name=name, scopes=wanted)
    return NewKey(key_id, name, key)


@transaction.atomic
def revoke_key(by: Actor, key_id: KeyId, *, now: datetime) -> None:
    """Stop a key for good; processes that have just seen it stop within five seconds.

    Twice is as once. Raise NotFound.
    """
    by.require(Permission.STAFF_MANAGE)
    rows = ApiKey.objects.select_for_update().filter(merchant_id=by.merchant_id, pk=key_id)
    row = rows.first()
    if row is None:
        raise NotFound(key_id=str(key_id))
    if row.is_active:
        row.is_active = False
        row.save(update_fields=["is_active"])
        record(by, "key.revoked", "api_key", key_id, now=now, name=row.name)


def note_key_use(by: Actor, *, now: datetime) -> None:
    """Remember that a program's key is in use, to ten minutes."""
    rows = ApiKey.objects.filter(merchant_id=by.merchant_id, pk=by.id)
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
    rows.filter(stale).update(last_used_at=now)
