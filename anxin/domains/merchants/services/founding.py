"""The bare acts: found a merchant, open a store, hire, issue a key, keep preferences.

Nobody is asked for permission here: set-up, sample data and tests call them when there is nobody
yet. What people do in pages comes through ``staffing``, ``opening`` and ``keys``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import transaction

from anxin.domains.merchants.data import Duty, StaffId, StoreId
from anxin.domains.merchants.models import ApiKey, Merchant, SiteAddress, Staff, Store, User
from anxin.domains.merchants.queries import hash_of_key
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.ids import uuid7
from anxin.kernel.tenancy import acting_for

LANGUAGES = ("zh-hans", "en")
THEMES = ("auto", "light", "dark")


@transaction.atomic
def found_merchant(name: str, *, currency: str = "CNY", zone: str = "Asia/Shanghai") -> MerchantId:
    """Create a merchant and return its id."""
    return MerchantId(Merchant.objects.create(name=name, currency=currency, zone=zone).pk)


@transaction.atomic
def open_store(merchant_id: MerchantId, slug: str, name: str, **details: object) -> StoreId:
    """Create a store and its public address. ``details`` are further columns of Store."""
    with acting_for(merchant_id):
        row = Store.objects.create(merchant_id=merchant_id, slug=slug, name=name, **details)
        SiteAddress.objects.create(slug=slug, merchant_id=merchant_id, store_id=row.pk)
    return StoreId(row.pk)


@transaction.atomic
def hire(
    merchant_id: MerchantId,
    *,
    user_name: str,
    password: str,
    name: str,
    duties: Iterable[Duty],
    email: str = "",
    approval_limit_minor: int = 0,
    language: str = "zh-hans",
) -> StaffId:
    """Create a sign-in and its person of the staff."""
    user = User.objects.create_user(user_name, email, password, merchant_id=merchant_id)
    with acting_for(merchant_id):
        row = Staff.objects.create(
            merchant_id=merchant_id,
            user=user,
            name=name,
            duties=[str(duty) for duty in duties],
            approval_limit_minor=approval_limit_minor,
            language=language,
        )
    return StaffId(row.pk)


@transaction.atomic
def issue_key(
    merchant_id: MerchantId, name: str, scopes: Iterable[str], *, key: str | None = None
) -> str:
    """Create an API key and return it: the only moment it can be seen."""
    key = key or f"anxin_{secrets.token_urlsafe(32)}"
    ApiKey.objects.create(
        id=uuid7(),
        merchant_id=merchant_id,
        name=name,
        prefix=key[:12],
        key_hash=hash_of_key(key),
        scopes=sorted(str(scope) for scope in scopes),
    )
    return key


@transaction.atomic
def keep_preferences(by: Actor, *, language: str | None = None, theme: str | None = None) -> None:
    """Remember how a person of the staff likes his pages; unknown values are left out."""
    changes = {}
    if language in LANGUAGES:
        changes["language"] = language
    if theme in THEMES:
        changes["theme"] = theme
    if changes:
        Staff.objects.filter(merchant_id=by.merchant_id, pk=by.id).update(**changes)
