"""Recording products and their suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from anxin.domains.commerce.access import WRITE
from anxin.domains.commerce.data import NewProduct, Outcome, Recorded
from anxin.domains.commerce.models import Product, Supplier
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.ids import uuid7

_FIELDS = (
    "product_code", "name", "options", "category", "price_minor", "currency", "exclusion",
    "is_available", "image_url", "supplier_id",
)  # fmt: skip


@transaction.atomic
def record_products(by: Actor, products: Sequence[NewProduct], *, now: datetime) -> list[Recorded]:
    """Create or update each product by SKU; one transaction, a fixed number of queries.

    Suppliers they name are created or renamed. SKUs are unique within ``products``.
    """
    by.require(WRITE)
    _serialise(by.merchant_id)
    suppliers = _suppliers(by.merchant_id, products)
    known = _known(by.merchant_id, products)
    told, rows = [], []
    for product in products:
        wanted = _wanted(product, suppliers)
        one = _compare(known.get(product.sku), wanted, product.sku)
        told.append(one)
        if one.outcome is not Outcome.UNCHANGED:
            rows.append(
                Product(
                    id=one.id, merchant_id=by.merchant_id, sku=product.sku, updated_at=now, **wanted
                )
            )
    Product.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["merchant", "sku"],
        update_fields=["supplier", *(n for n in _FIELDS if n != "supplier_id"), "updated_at"],
        batch_size=1_000,
    )
    return told


def judge_products(by: Actor, products: Sequence[NewProduct]) -> list[Recorded]:
    """Return what ``record_products`` would do, without doing it. Two queries."""
    by.require(WRITE)
    codes = {one.supplier_code for one in products if one.supplier_code}
    suppliers = dict(
        Supplier.objects.filter(merchant_id=by.merchant_id, code__in=codes).values_list(
            "code", "pk"
        )
    )
    known = _known(by.merchant_id, products)
    return [_compare(known.get(p.sku), _wanted(p, suppliers), p.sku) for p in products]


def _known(merchant_id: MerchantId, products: Sequence[NewProduct]) -> dict[str, dict[str, Any]]:
    rows = Product.objects.filter(merchant_id=merchant_id, sku__in=[one.sku for one in products])
    return {row["sku"]: row for row in rows.values("id", "sku", *_FIELDS)}


def _suppliers(merchant_id: MerchantId, products: Sequence[NewProduct]) -> dict[str, Any]:
    named = {one.supplier_code: one.supplier_name for one in products if one.supplier_code}
    rows = Supplier.objects.filter(merchant_id=merchant_id, code__in=named)
    known = {row.code: row for row in rows}
    changed = [
        Supplier(merchant_id=merchant_id, code=code, name=name or code)
        for code, name in named.items()
        if code not in known or (name and known[code].name != name)
    ]
    Supplier.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["merchant", "code"],
        update_fields=["name"],
    )
    return dict(rows.all().values_list("code", "pk"))


def _wanted(product: NewProduct, suppliers: dict[str, Any]) -> dict[str, Any]:
    return {
        "product_code": product.product_code,
        "name": product.name,
        "options": product.options,
        "category": product.category,
        "price_minor": product.price_minor,
        "currency": product.currency,
        "exclusion": product.exclusion,
        "is_available": product.is_available,
        "image_url": product.image_url,
        "supplier_id": suppliers.get(product.supplier_code),
    }


def _compare(stored: dict[str, Any] | None, wanted: dict[str, Any], sku: str) -> Recorded:
    if stored is None:
        return Recorded(sku, Outcome.CREATED, id=uuid7())
    same = all(stored[name] == value for name, value in wanted.items())
    return Recorded(sku, Outcome.UNCHANGED if same else Outcome.UPDATED, id=stored["id"])


def _serialise(merchant_id: MerchantId) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('anxin.products'), %s::int)",
            [merchant_id % 2**31],
        )
