"""Refunds and the sandbox provider through the API."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anxin.domains.finance.models import RefundPart
from anxin.domains.finance.public import request_refund, send_part
from anxin.domains.merchants.public import issue_key
from anxin.kernel.money import Money
from tests.builders import NOON, House
from tests.builders_finance import Rehearsal, build_paid_order, build_source


class Api:
    """A program with a key."""

    def __init__(self, client: Client, house: House, *scopes: str) -> None:
        self._client = client
        self._key = issue_key(house.merchant_id, "ERP", scopes)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer to a call."""
        return self._client.generic(
            method,
            f"/api/v1{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self._key}"},
        )


@pytest.fixture
def api(house: House, client: Client) -> Api:
    return Api(client, house, "*")


def build_refund(house: House, minor: int = 60_000) -> str:
    order_id = build_paid_order(house, ("alipay", 90_000))
    amount = Money(minor, "CNY")
    return str(
        request_refund(house.system, build_source(), order_id=order_id, amount=amount, now=NOON)
    )


def test_a_held_refund_is_approved_once(house: House, api: Api) -> None:
    refund_id = build_refund(house)

    first = api("POST", f"/refunds/{refund_id}/approve")
    again = api("POST", f"/refunds/{refund_id}/approve")

    assert (first.status_code, first.json()["state"]) == (200, "requested")
    assert (again.status_code, again.json()["code"]) == (409, "move_refused")


def test_a_program_without_a_limit_approves_nothing(house: House, client: Client) -> None:
    refund_id = build_refund(house)
    api = Api(client, house, "refunds.read", "refunds.approve")

    answer = api("POST", f"/refunds/{refund_id}/approve")

    assert (answer.status_code, answer.json()["code"]) == (403, "above_limit")
    assert api("GET", f"/refunds/{refund_id}").json()["state"] == "held"


def test_a_held_refund_is_refused_with_a_reason(house: House, api: Api) -> None:
    refund_id = build_refund(house)

    answer = api("POST", f"/refunds/{refund_id}/refuse", {"because": "重复申请"})

    assert (answer.json()["state"], answer.json()["refused_because"]) == ("refused", "重复申请")


def test_refunds_are_listed_newest_first_in_pages(house: House, api: Api) -> None:
    ids = [build_refund(house, minor) for minor in (60_000, 100, 200)]

    first = api("GET", "/refunds?limit=2").json()
    second = api("GET", f"/refunds?limit=2&cursor={first['next_cursor']}")

    assert [item["id"] for item in first["items"]] == ids[:0:-1]
    assert [item["id"] for item in second.json()["items"]] == ids[:1]
    assert second.json()["next_cursor"] is None
    assert [i["id"] for i in api("GET", "/refunds?state=held").json()["items"]] == ids[:1]


def test_a_cursor_of_someone_else_is_refused(api: Api) -> None:
    answer = api("GET", "/refunds?cursor=abc")

    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


def test_an_unknown_refund_is_not_found(api: Api) -> None:
    assert api("GET", f"/refunds/{uuid4()}").status_code == 404


def test_a_key_without_the_scope_reads_nothing(house: House, client: Client) -> None:
    api = Api(client, house, "orders.read")

    assert api("GET", "/refunds").status_code == 403
    assert api("GET", "/sandbox/refund-provider/book").status_code == 403


def test_the_list_asks_the_database_a_fixed_number_of_times(
    house: House, django_assert_num_queries: Any
) -> None:
    from anxin.domains.finance.public import list_refunds

    for _ in range(4):
        build_refund(house, 100)

    with django_assert_num_queries(2):
        assert len(list_refunds(house.system).items) == 4


def test_the_sandbox_is_told_to_misbehave_and_its_book_is_read(
    house: House, api: Api, rehearsal: Rehearsal
) -> None:
    refund_id = build_refund(house, 100)
    told = api("PUT", "/sandbox/refund-provider/controls", {"lose_next": 1})
    assert told.json()["lose_next"] == 1

    for part in RefundPart.objects.filter(refund_id=refund_id):
        send_part(part.pk, rehearsal.provider, now=NOON)

    (entry,) = api("GET", "/sandbox/refund-provider/book").json()["items"]
    assert (entry["state"], entry["moved_count"], entry["amount_minor"]) == ("succeeded", 1, 100)
    assert api("GET", "/sandbox/refund-provider/controls").json()["lose_next"] == 0
    bounced = api("POST", f"/sandbox/refund-provider/book/{entry['number']}/bounce")
    assert bounced.json()["items"][0]["bounced_count"] == 1
    again = api("POST", f"/sandbox/refund-provider/book/{entry['number']}/bounce")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_bounce")


@pytest.mark.parametrize(
    "wrong", [{"slow_seconds": -1}, {"fail_next": 10**9}, {"pending_seconds": "soon"}]
)
def test_absurd_controls_are_refused(api: Api, wrong: dict[str, Any]) -> None:
    assert api("PUT", "/sandbox/refund-provider/controls", wrong).status_code == 422
