"""Who may call, how often, and what a refusal looks like."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from anxin.domains.customers.models import Customer
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import ApiKey, User
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api.auth import forget_keys
from anxin.kernel.tenancy import acting_for
from tests.builders import build_house, build_staff
from tests.integration.http_api.conftest import Caller

pytestmark = pytest.mark.django_db


def test_a_call_without_key_is_refused_as_a_problem(caller: Caller) -> None:
    answer = caller.client.get("/api/v1/names")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer 中文"])
def test_a_wrong_key_is_refused(caller: Caller, header: str) -> None:
    assert caller.call("GET", "names", Authorization=header).status_code == 401


def test_a_key_works_for_its_own_merchant_only(caller: Caller) -> None:
    other = build_house("别家", "other")
    with acting_for(other.merchant_id):
        Customer.objects.create(merchant_id=other.merchant_id, name="theirs")

    assert caller.call("GET", "names").json() == []


def test_a_key_without_the_scope_is_refused(caller: Caller) -> None:
    caller.key = issue_key(caller.house.merchant_id, "narrow", [])

    answer = caller.call("GET", "names")

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"
    assert answer.json()["fields"] == {"permission": "customers.read"}


def test_a_revoked_key_is_refused(caller: Caller) -> None:
    assert caller.call("GET", "names").status_code == 200
    ApiKey.objects.update(is_active=False)
    forget_keys()

    assert caller.call("GET", "names").status_code == 401


def test_the_key_is_looked_up_once_in_a_few_seconds(
    caller: Caller, django_assert_num_queries: Any
) -> None:
    caller.call("GET", "names")

    with django_assert_num_queries(3):  # tell the merchant, read, untell
        caller.call("GET", "names")


def test_too_many_calls_are_told_to_wait(caller: Caller, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    caller.client = Client()

    answers = [caller.call("GET", "names") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "30"


def test_a_signed_in_person_reads_without_a_key(caller: Caller) -> None:
    build_staff(caller.house, "agnes", Duty.AGENT)
    caller.client.force_login(User.objects.get(username="agnes"))

    assert caller.client.get("/api/v1/names").status_code == 200


def test_a_signed_in_person_changes_nothing_without_a_csrf_token(caller: Caller) -> None:
    build_staff(caller.house, "agnes", Duty.AGENT)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="agnes"))

    answer = browser.post(
        "/api/v1/customers", {"name": "x"}, "application/json", headers={"Idempotency-Key": "1"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    with acting_for(caller.house.merchant_id):
        assert Customer.objects.count() == 0


def test_a_signed_in_person_with_a_csrf_token_may_write(caller: Caller) -> None:
    build_staff(caller.house, "agnes", Duty.AGENT)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="agnes"))
    browser.cookies["csrftoken"] = "a" * 32

    answer = browser.post(
        "/api/v1/customers", {"name": "x"}, "application/json", headers={"X-CSRFToken": "a" * 32}
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("invalid", 422, "invalid"),
        ("not_allowed", 403, "not_allowed"),
        ("not_found", 404, "not_found"),
        ("conflict", 409, "conflict"),
        ("unavailable", 503, "unavailable"),
    ],
)
def test_each_refusal_has_its_status(caller: Caller, what: str, status: int, code: str) -> None:
    answer = caller.call("GET", f"raise/{what}")

    assert answer.status_code == status
    body = answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["instance"] == f"/api/v1/raise/{what}"
    assert body["title"]
    assert body["detail"]


def test_fields_of_a_refusal_are_shown(caller: Caller) -> None:
    assert caller.call("GET", "raise/invalid").json()["fields"] == {"limit": 3}


def test_a_bug_does_not_show_its_insides(caller: Caller) -> None:
    answer = caller.call("GET", "raise/bug")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    "body", ["{", "nonsense", b"\xff\xfe", '{"name": NaN}', '{"name": "\\ud800"}', "[" * 100_000]
)
def test_a_body_that_is_no_json_is_malformed(caller: Caller, body: str | bytes) -> None:
    answer = caller.call("POST", "customers", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("body", [{}, {"name": 5}, [], None, "null"])
def test_a_body_of_another_shape_is_invalid_with_places(caller: Caller, body: Any) -> None:
    answer = caller.call("POST", "customers", body if body is not None else "{}")

    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert errors[0].keys() == {"loc", "msg", "type"}
    assert errors[0]["loc"][0] == "body"


def test_a_text_no_database_can_hold_is_invalid(caller: Caller) -> None:
    answer = caller.call("POST", "customers", {"name": "a\0b"})

    assert answer.status_code == 422


def test_an_address_that_leads_nowhere_is_a_problem(caller: Caller) -> None:
    answer = caller.call("GET", "nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(caller: Caller) -> None:
    answer = caller.call("DELETE", "customers")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer["Allow"]
