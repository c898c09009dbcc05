"""Customers, orders, products and parcels over REST."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from anxin.domains.commerce.models import Order
from anxin.domains.commerce.public import lock_order
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api.auth import forget_keys
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house

pytestmark = pytest.mark.django_db

ORDER: dict[str, Any] = {
    "order_no": "A1",
    "store": "anxin",
    "placed_at": "2026-11-11T12:00:00+08:00",
    "paid_at": "2026-11-11T12:01:00+08:00",
    "discount_minor": 800,
    "freight_minor": 600,
    "paid_minor": 7_800,
    "lines": [
        {"sku": "MUG", "name": "杯子", "quantity": 3, "unit_price_minor": 2_000},
        {"sku": "SPOON", "quantity": 1, "unit_price_minor": 2_000},
    ],
    "payments": [{"tender": "alipay", "amount_minor": 7_800, "reference": "ALI-1"}],
    "buyer": {"external_ref": "VIP1", "name": "张三", "phone": "13812348000"},
    "receiver": {"name": "张三", "phone": "13812348000", "address": "杭州市西湖区文一路 1 号"},
}


@dataclass
class Shop:
    """A merchant's program calling the API."""

    house: House
    key: str
    client: Client = field(default_factory=Client)

    def call(self, method: str, address: str, body: Any = None) -> tuple[int, Any]:
        answer = self.client.generic(
            method,
            f"/api/v1/{address}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        return answer.status_code, answer.json()


@pytest.fixture
def shop() -> Iterator[Shop]:
    forget_keys()
    house = build_house()
    scopes = [Permission.ORDERS_READ, Permission.ORDERS_IMPORT, Permission.CUSTOMERS_READ]
    yield Shop(house, issue_key(house.merchant_id, "shop", scopes))
    forget_keys()


def test_an_order_is_told_once_and_told_again(shop: Shop) -> None:
    status, made = shop.call("POST", "orders", ORDER)
    again, same = shop.call("POST", "orders", ORDER)

    assert (status, again) == (201, 200), made
    assert same == made
    assert [line["payable_minor"] for line in made["lines"]] == [5_400, 1_800]
    assert shop.call("GET", f"orders/{made['id']}") == (200, made)
    assert shop.call("GET", "orders?search=A1")[1]["items"] == [made]


def test_an_order_that_does_not_add_up_is_refused_with_both_numbers(shop: Shop) -> None:
    status, problem = shop.call("POST", "orders", {**ORDER, "paid_minor": 7_801})

    assert (status, problem["code"]) == (422, "order_does_not_add_up")
    assert shop.call("GET", "orders")[1]["items"] == []


def test_a_claimed_order_conflicts(shop: Shop) -> None:
    made = shop.call("POST", "orders", ORDER)[1]
    with acting_for(shop.house.merchant_id), transaction.atomic():
        lock_order(shop.house.system, made["id"])

    status, problem = shop.call(
        "POST", "orders", {**ORDER, "freight_minor": 0, "paid_minor": 7_200, "payments": []}
    )

    assert (status, problem["code"]) == (409, "order_claimed")


def test_a_thousand_orders_at_once_and_the_bad_one_is_told(shop: Shop) -> None:
    plain = {**ORDER, "payments": [], "paid_minor": None}
    orders = [{**plain, "order_no": f"B{n}"} for n in range(999)]

    status, told = shop.call(
        "POST", "orders/bulk", {"orders": [*orders, {**plain, "order_no": "X", "paid_minor": 1}]}
    )

    assert (status, told["rejected"]) == (200, 1)
    assert told["results"][-1]["code"] == "order_does_not_add_up"
    with acting_for(shop.house.merchant_id):
        assert Order.objects.count() == 999
    page = shop.call("GET", "orders?limit=200")[1]
    assert len(page["items"]) == 200
    assert shop.call("GET", f"orders?limit=200&cursor={page['next_cursor']}")[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"store": "nowhere"},
        {"lines": []},
        {"placed_at": "2026-11-11T12:00:00"},
        {"lines": [{"sku": "M", "quantity": -1, "unit_price_minor": 1}]},
        {"discount_minor": -1},
    ],
)
def test_bad_orders_are_refused(shop: Shop, change: dict[str, Any]) -> None:
    assert shop.call("POST", "orders", {**ORDER, **change})[0] == 422


def test_personal_data_is_masked_and_a_reveal_needs_its_scope_and_leaves_a_trace(
    shop: Shop,
) -> None:
    order = shop.call("POST", "orders", ORDER)[1]
    address = f"customers/{order['customer_id']}"

    assert shop.call("GET", address)[1]["identities"][0]["address"] == "+86138****8000"
    assert shop.call("GET", f"orders/{order['id']}/receiver")[1]["phone"] == "+86138****8000"
    assert shop.call("GET", f"{address}?reveal=true")[0] == 403
    shop.key = issue_key(
        shop.house.merchant_id, "r", [Permission.CUSTOMERS_READ, Permission.CUSTOMERS_REVEAL]
    )
    revealed = shop.call("GET", f"{address}?reveal=true")[1]

    assert revealed["identities"][0]["address"] == "+8613812348000"
    with acting_for(shop.house.merchant_id):
        assert AuditEntry.objects.filter(action="customers.customer_revealed").count() == 1


def test_customers_are_created_updated_and_found_by_address(shop: Shop) -> None:
    body = {
        "external_ref": "VIP9",
        "name": "李四",
        "identities": [{"channel": "email", "address": "Li@Example.com"}],
    }

    assert shop.call("POST", "customers", body)[0] == 201
    status, saved = shop.call("POST", "customers", {**body, "name": "李小四"})
    found = shop.call("GET", "customers?channel=email&address=li@example.com")[1]["items"]

    assert status == 200
    assert [one["name"] for one in found] == ["李小四"]
    assert found[0]["id"] == saved["id"]


def test_products_and_parcels_are_told_in_bulk(shop: Shop) -> None:
    shop.call("POST", "orders", ORDER)
    product = {"sku": "MUG", "name": "杯子", "price_minor": 2_000, "supplier_code": "S1"}
    parcel = {
        "order_no": "A1",
        "tracking_no": "SF1",
        "carrier": "sf",
        "delivered_at": "2026-11-14T12:00:00+08:00",
        "lines": [{"sku": "MUG", "quantity": 2}],
        "events": [{"at": "2026-11-14T12:00:00+08:00", "code": "delivered"}],
    }

    products = shop.call("POST", "products", {"products": [product]})
    parcels = shop.call(
        "POST", "shipments", {"shipments": [parcel, {**parcel, "order_no": "none"}]}
    )
    rest = shop.call("POST", "shipments", {"shipments": [
        {**parcel, "tracking_no": "SF2", "lines": [], "events": []}]})  # fmt: skip

    assert products[1]["results"][0]["outcome"] == "created"
    assert shop.call("GET", "products/MUG")[1]["supplier_code"] == "S1"
    assert [one["code"] for one in parcels[1]["results"]] == ["", "unknown_order"]
    assert rest[1]["results"][0]["outcome"] == "created"
    order = shop.call("GET", "orders?search=SF1")[1]["items"][0]
    assert [line["shipped_quantity"] for line in order["lines"]] == [3, 1]
    assert order["state"] == "delivered"
    assert len(shop.call("GET", "shipments?order_no=A1")[1]["items"]) == 2


def test_more_than_was_bought_cannot_be_in_parcels(shop: Shop) -> None:
    shop.call("POST", "orders", ORDER)
    parcel = {"order_no": "A1", "tracking_no": "1", "lines": [{"sku": "MUG", "quantity": 4}]}

    told = shop.call("POST", "shipments", {"shipments": [parcel]})[1]

    assert told["results"][0]["code"] == "more_than_bought"
    assert shop.call("GET", "shipments")[1]["items"] == []
