"""Bringing in what was sold: stores lend their clocks, customers are found, commerce records."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from anxin.domains.commerce import public as commerce
from anxin.domains.commerce.data import (
    BuyerNamed,
    ImportData,
    ImportKind,
    ImportMode,
    ImportRunId,
    NewOrder,
    Recorded,
    StoreChoice,
)
from anxin.domains.commerce.events import ImportApproved, ImportStored
from anxin.domains.customers import public as customers
from anxin.domains.customers.data import Buyer, IdentityKind
from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import StoreData
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound
from anxin.kernel.events import listen
from anxin.kernel.jobs import every
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

# What the page itself may take: more is left to the worker.
SMALL_BYTES = 256 * 1024


class _Book:
    """The customers domain as commerce's CustomerBook."""

    def ids_of(
        self, by: Actor, buyers: Sequence[BuyerNamed], *, now: datetime
    ) -> Sequence[UUID | None]:
        """Return each buyer's customer id."""
        named = [Buyer(one.external_ref, one.name, one.phone, one.email, one.region)
                 for one in buyers]  # fmt: skip
        return customers.ensure_customers(by, named, now=now)

    def phone(self, text: str, region: str) -> str | None:
        """Return a phone as stored, or None."""
        try:
            return customers.normalise(IdentityKind.PHONE, text, region=region)
        except customers.AddressInvalid:
            return None


BOOK = _Book()


def record_orders(by: Actor, orders: Sequence[NewOrder], *, now: datetime) -> list[Recorded]:
    """Record orders told one by one or in bulk; see commerce.record_orders."""
    return commerce.record_orders(by, orders, BOOK, now=now)


def start_import(
    by: Actor,
    kind: ImportKind,
    file_name: str,
    chunks: Iterable[bytes],
    *,
    mode: ImportMode,
    now: datetime,
    store: str = "",
    mapping: dict[str, str] | None = None,
    is_strict: bool = False,
    is_inline: bool = False,
) -> ImportRunId:
    """Keep a file to be checked. ``store`` is the slug of rows that name none. Raise NotFound."""
    store_id = None
    if store:
        slugs = {one.slug: one.id for one in merchants.list_stores(by.merchant_id)}
        if store not in slugs:
            raise NotFound(store=store, allowed=sorted(slugs))
        store_id = slugs[store]
    return commerce.start_import(
        by, kind, file_name, chunks, mode=mode, now=now, store_id=store_id, mapping=mapping,
        is_strict=is_strict, is_inline=is_inline,
    )  # fmt: skip


def check_import(by: Actor, run_id: UUID) -> ImportData:
    """Read and check a stored file."""
    return commerce.check_import(by, run_id, _stores(by.merchant_id), BOOK, clock=utcnow)


def apply_import(by: Actor, run_id: UUID) -> ImportData:
    """Record what an approved file holds."""
    return commerce.apply_import(by, run_id, _stores(by.merchant_id), BOOK, clock=utcnow)


@listen(ImportStored)
def check_what_was_stored(event: ImportStored, merchant: MerchantId) -> None:
    """Check a file in the worker."""
    try:
        check_import(Actor.system(merchant), event.run_id)
    except commerce.ImportBusy:
        return  # somebody is at it; if he dies, the sweep below goes on


@listen(ImportApproved)
def apply_what_was_approved(event: ImportApproved, merchant: MerchantId) -> None:
    """Apply a file in the worker."""
    try:
        apply_import(Actor.system(merchant), event.run_id)
    except commerce.ImportBusy:
        return


@every(seconds=60)
def go_on_with_stalled_imports() -> None:
    """Take up imports whose process died; drop those that nobody decided on for a day.

    One that fails is logged and does not hold up the others.
    """
    now = utcnow()
    for merchant_id, run_id, state in commerce.stalled_imports(now):
        merchant = MerchantId(merchant_id)
        with acting_for(merchant):
            by = Actor.system(merchant)
            try:
                if state == "checked":
                    commerce.cancel_import(by, run_id, now=now)
                else:
                    (check_import if state == "reading" else apply_import)(by, run_id)
            except commerce.ImportBusy:
                continue
            except Exception:
                logger.exception("going on with import %s", run_id)


def _stores(merchant_id: MerchantId) -> list[StoreChoice]:
    return [_choice(one) for one in merchants.list_stores(merchant_id)]


def _choice(store: StoreData) -> StoreChoice:
    return StoreChoice(store.id, store.slug, store.name, store.currency, store.zone, store.region)
