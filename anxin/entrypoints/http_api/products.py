"""Products and their suppliers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema

from anxin.domains.commerce.data import NewProduct, ProductData
from anxin.domains.commerce.public import get_product, list_products, record_products
from anxin.domains.merchants.data import Permission
from anxin.domains.policies.data import ExclusionKind
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.orders import (
    BulkOut,
    Currency,
    Minor,
    Number,
    Text40,
    Text60,
    Text100,
    Text120,
    Text300,
    bulk_out,
)
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid, NotFound

router = Router()
_READ, _WRITE = scope(Permission.ORDERS_READ), scope(Permission.ORDERS_IMPORT)


class SkuTwice(Invalid):
    """The same SKU stands twice in one request."""

    code = "sku_twice"


class ProductOut(Schema):
    """An article; variants of one product share ``product_code``."""

    id: UUID
    sku: str
    product_code: str
    name: str
    options: dict[str, str]
    category: str
    price_minor: int
    currency: str
    exclusion: str
    is_available: bool
    image_url: str
    supplier_code: str
    supplier_name: str


class ProductIn(Schema):
    """An article to be created or updated by SKU."""

    sku: Number
    name: Annotated[str, Field(min_length=1, max_length=200)]
    product_code: Text60 = ""
    options: Annotated[dict[Text60, Text100], Field(max_length=20)] = {}
    category: Text60 = ""
    price_minor: Minor = 0
    currency: Currency = "CNY"
    exclusion: ExclusionKind = ExclusionKind.NONE
    is_available: bool = True
    image_url: Text300 = ""
    supplier_code: Text40 = ""
    supplier_name: Text120 = ""


class ProductsIn(Schema):
    """Up to a thousand products."""

    products: Annotated[list[ProductIn], Field(min_length=1, max_length=1_000)]


@router.get("/products", response=Page[ProductOut], auth=_READ)
def list_all(
    request: ApiRequest,
    search: str = "",
    category: str = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ProductOut]:
    """List products by SKU; ``search`` is a SKU's beginning or part of the name."""
    page = list_products(
        request.actor, search=search, category=category, cursor=cursor, limit=limit
    )
    return Page[ProductOut](
        items=[product_out(one) for one in page.items], next_cursor=page.next_cursor or None
    )


@router.get("/products/{sku}", response=ProductOut, auth=_READ)
def get(request: ApiRequest, sku: str) -> ProductOut:
    """Return the product with this SKU."""
    found = get_product(request.actor, sku)
    if found is None:
        raise NotFound(sku=sku)
    return product_out(found)


@router.post("/products", response=BulkOut, auth=_WRITE)
def save_many(request: ApiRequest, body: ProductsIn) -> BulkOut:
    """Create or update up to 1,000 products, and the suppliers they name."""
    skus = [one.sku for one in body.products]
    if len(set(skus)) != len(skus):
        raise SkuTwice(sku=next(sku for sku in skus if skus.count(sku) > 1))
    products = [
        NewProduct(
            **{
                **one.dict(),
                "exclusion": "" if one.exclusion is ExclusionKind.NONE else one.exclusion.value,
            }
        )
        for one in body.products
    ]
    return bulk_out(record_products(request.actor, products, now=utcnow()))


def product_out(row: ProductData) -> ProductOut:
    """Return a product in the API's shape."""
    return ProductOut.from_orm(row)
