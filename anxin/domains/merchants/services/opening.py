"""Stores and what holds for the whole merchant, changed by those who manage it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from anxin.domains.merchants.data import Permission, StoreId, StoreTerms
from anxin.domains.merchants.models import Merchant, SiteAddress, Store
from anxin.domains.merchants.rules import (
    LARGEST_LIMIT_MINOR,
    DetailRefused,
    NameTaken,
    clean_name,
    clean_origins,
    clean_place,
    clean_slug,
)
from anxin.domains.merchants.services.founding import open_store
from anxin.kernel.actors import Actor
from anxin.kernel.audit import record
from anxin.kernel.errors import NotFound

_LENGTHS = {"return_address": 300, "return_contact": 60, "return_phone": 30}


@transaction.atomic
def add_store(by: Actor, slug: str, terms: StoreTerms, *, currency: str, now: datetime) -> StoreId:
    """Open a store under a public address that stays. Raise NameTaken, DetailRefused."""
    by.require(Permission.STAFF_MANAGE)
    slug = clean_slug(slug)
    columns = _columns(terms, currency)
    if SiteAddress.objects.filter(pk=slug).exists():
        raise NameTaken(field="slug")
    try:
        with transaction.atomic():
            name = columns.pop("name")
            store_id = open_store(by.merchant_id, slug, name, currency=currency, **columns)
    except IntegrityError:
        raise NameTaken(field="slug") from None  # by another at the same moment
    record(by, "store.opened", "store", store_id, now=now, slug=slug, name=name, **columns)
    return store_id


@transaction.atomic
def change_store(by: Actor, store_id: StoreId, terms: StoreTerms, *, now: datetime) -> None:
    """Change a store; its address and currency stay. Raise DetailRefused, NotFound."""
    by.require(Permission.STAFF_MANAGE)
    rows = Store.objects.select_for_update().filter(merchant_id=by.merchant_id, pk=store_id)
    row = rows.first()
    if row is None:
        raise NotFound(store_id=str(store_id))
    columns = _columns(terms, row.currency)
    before = {name: getattr(row, name) for name in columns}
    changed = {name: value for name, value in columns.items() if value != before[name]}
    if not changed:
        return
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    former = {name: before[name] for name in changed}
    record(by, "store.changed", "store", store_id, now=now, before=former, after=changed)


@transaction.atomic
def change_refund_approval(by: Actor, above_minor: int, *, now: datetime) -> None:
    """Change the amount above which a refund needs a second person. Raise DetailRefused."""
    by.require(Permission.STAFF_MANAGE)
    if not 0 <= above_minor <= LARGEST_LIMIT_MINOR:
        raise DetailRefused(field="refund_approval_above")
    row = Merchant.objects.select_for_update(no_key=True).get(pk=by.merchant_id)
    before, row.refund_approval_above_minor = row.refund_approval_above_minor, above_minor
    if above_minor != before:
        row.save(update_fields=["refund_approval_above_minor"])
        record(
            by, "merchant.refund_approval_changed", "merchant", by.merchant_id, now=now,
            before_minor=before, after_minor=above_minor,
        )  # fmt: skip


def _columns(terms: StoreTerms, currency: str) -> dict[str, Any]:
    """Return the terms as columns, checked."""
    _, zone, region = clean_place(currency, terms.zone, terms.region)
    given = {name: getattr(terms, name) for name in _LENGTHS}
    return {
        "name": clean_name(terms.name, limit=100),
        "zone": zone,
        "region": region,
        "widget_origins": clean_origins(terms.widget_origins),
        **{
            name: clean_name(text, limit=_LENGTHS[name], field=name) if text.strip() else ""
            for name, text in given.items()
        },
    }
