"""Nobody crosses the border between merchants, through any address there is.

Every operation of the API and every page is found by walking the URL map, and tried by someone of
one merchant with the ids of another. A new endpoint is tried without being asked. One that this
test does not know how to feed fails it: say below what its parameters are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import User
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api.api import api
from anxin.entrypoints.http_api.auth import forget_keys
from anxin.entrypoints.http_api.docs import sample_of
from anxin.kernel.ids import uuid7
from tests.architecture.world import MARK, World, build_world, fingerprint
from tests.builders import build_house, build_staff

pytestmark = pytest.mark.django_db

# What a parameter, a query or a body's property of this name is fed with: the other merchant's.
# ``name@address-part`` goes before ``name``. A new id needs a line here.
FEED: dict[str, Callable[[World], str]] = {
    "customer_id": lambda w: str(w.id_of("customers.Customer")),
    "identity_id": lambda w: str(w.id_of("customers.Identity")),
    "order_id": lambda w: str(w.id_of("commerce.Order")),
    "order_line_id": lambda w: str(w.id_of("commerce.OrderLine")),
    "order_no": lambda w: w.value("commerce.Order", "order_no"),
    "sku": lambda w: w.value("commerce.Product", "sku"),
    "product_id": lambda w: str(w.id_of("commerce.Product")),
    "shipment_id": lambda w: str(w.id_of("commerce.Shipment")),
    "run_id": lambda w: str(w.id_of("commerce.ImportRun")),
    "conversation_id": lambda w: str(w.id_of("conversations.Conversation")),
    "message_id": lambda w: str(w.id_of("conversations.Message")),
    "reply_id": lambda w: str(w.id_of("conversations.QuickReply")),
    "request_id": lambda w: str(w.id_of("aftersales.AfterSalesRequest")),
    "line_id": lambda w: str(w.id_of("aftersales.RequestLine")),
    "parcel_id": lambda w: str(w.id_of("aftersales.ReturnParcel")),
    "unknown_id": lambda w: str(w.id_of("aftersales.UnknownParcel")),
    "tracking_no": lambda w: w.value("aftersales.ReturnParcel", "tracking_no"),
    "refund_id": lambda w: str(w.id_of("finance.Refund")),
    "journal_id": lambda w: w.value("finance.LedgerEntry", "journal_id"),
    "pickup_id": lambda w: str(w.id_of("deliveries.Pickup")),
    "file_id": lambda w: str(w.id_of("kernel.StoredFile")),
    "store_id": lambda w: str(w.house.store_id),
    "assignee_id": lambda w: str(w.id_of("merchants.Staff")),
    "staff_id": lambda w: str(w.id_of("merchants.Staff")),
    "team_id": lambda w: str(w.id_of("merchants.Team")),
    "key_id": lambda w: str(w.key_id),
    "event_id": lambda w: str(w.id_of("kernel.RecordedEvent")),
    "subject_id": lambda w: w.value("kernel.AuditEntry", "subject_id"),
    "refund_no": lambda w: w.value("sandbox.SandboxRefund", "number"),
    "draft_id": lambda w: str(w.id_of("portal.RequestDraft")),
    "version_id": lambda w: str(w.id_of("policies.PolicyVersion")),
}
# Words that belong to nobody: the catalogue's, the interface's own.
PLAIN: dict[str, str] = {
    "name": "inquiries",
    "kind": "orders",
    "slug": "nobody",
    "store": "nobody",
    "path": "ui/mark.svg",
    "key": "nobody",
    "code": "nobody",
    "token": "nobody",
    # Jobs are no tenant table; tests/integration/console_trail tries another merchant's.
    "letter_id": "999999999",
    "act": "close",
    "form": "csv",
}
# Bodies that the schema alone does not make: what the operation asks for beyond its types.
BODIES: dict[str, dict[str, Any]] = {}
# Pages that strangers may see whole, with the reason.
PUBLIC_PAGES = (
    "static/",
    "accounts/",
    "healthz",
    "readyz",
    "metrics",
    "api/docs",
    "portal/",
    "shop/",
)

REFUSALS = {403, 404}


@dataclass(frozen=True)
class Try:
    """One thing to try: ``named`` are the other merchant's ids in its address."""

    method: str
    address: str
    body: Any
    named: tuple[str, ...]
    label: str
    # The same address with ids that nobody has.
    nowhere: str = ""


@pytest.fixture
def world() -> World:
    forget_keys()
    return build_world()


def _fed(name: str, world: World, where: str) -> tuple[str, bool]:
    """Return the value for a parameter, and whether it is the other merchant's."""
    if name in FEED:
        return FEED[name](world), True
    if name in PLAIN:
        return PLAIN[name], False
    pytest.fail(
        f"{where}: the border test does not know what to put for “{name}”.\n"
        f"Add it to FEED (an id of the other merchant) or PLAIN of this file."
    )


# --- the API --------------------------------------------------------------------------------------


def _operations(world: World) -> Iterator[Try]:
    schema = api.get_openapi_schema()
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            label = f"{method.upper()} {address}"
            named = []
            filled = address
            for name in re.findall(r"{(\w+)}", address):
                value, is_theirs = _fed(name, world, label)
                filled = filled.replace(f"{{{name}}}", value)
                named += [name] if is_theirs else []
            query = "&".join(
                f"{found['name']}={FEED[found['name']](world)}"
                for found in operation.get("parameters", ())
                if found["in"] == "query" and found["name"] in FEED
            )
            body = BODIES.get(label) or sample_of(schema, operation)
            yield Try(
                method.upper(),
                f"{filled}?{query}" if query else filled,
                _with_theirs(body, world),
                tuple(named),
                label,
            )


def _with_theirs(body: Any, world: World) -> Any:
    if isinstance(body, dict):
        return {
            name: FEED[name](world)
            if name in FEED and not isinstance(value, dict | list)
            else _with_theirs(value, world)
            for name, value in body.items()
        }
    return [_with_theirs(value, world) for value in body] if isinstance(body, list) else body


def _call(client: Client, what: Try) -> HttpResponse:
    return client.generic(
        what.method,
        what.address,
        "" if what.body is None else json.dumps(what.body),
        content_type="application/json",
    )


def _caller(house: Any) -> Client:
    key = issue_key(house.merchant_id, "all", ["*"])
    return Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


def _text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace") + str(dict(response.headers))


def _without_echo(text: str, what: Try, world: World) -> str:
    """Leave out what the caller himself sent: a refusal may repeat it."""
    sent = {
        feed(world) for name, feed in FEED.items() if feed(world) in f"{what.address} {what.body}"
    }
    for value in sorted(sent, key=len, reverse=True):
        text = re.sub(re.escape(value), "", text, flags=re.IGNORECASE)
    return text


def test_no_operation_of_the_api_crosses_the_border(world: World) -> None:
    client, before, wrong = _caller(build_house()), fingerprint(world), []

    # Reads first: a write may well make something of its own under the same number.
    for what in sorted(_operations(world), key=lambda what: what.method != "GET"):
        response = _call(client, what)
        text = _text(response)
        if MARK in _without_echo(text, what, world):
            wrong.append(f"{what.label} shows the other merchant's data: {text[:300]}")
        if response.status_code >= 500:
            wrong.append(f"{what.label} breaks ({response.status_code}): {text[:300]}")
        if what.named and response.status_code not in REFUSALS:
            wrong.append(
                f"{what.label} answers {response.status_code} for ids of another merchant: "
                f"{text[:300]}\nIf the body is what it refuses, add one to BODIES."
            )

    assert not wrong, "\n\n".join(wrong)
    assert fingerprint(world) == before


def test_the_same_operations_find_the_data_for_its_own_merchant(world: World) -> None:
    """The control: without it, an empty world would cross no border either."""
    client, empty = _caller(world.house), []

    reads = [what for what in _operations(world) if what.method == "GET"]
    for what in reads:
        response = client.get(what.address.split("?")[0])
        if response.status_code != 200 or MARK not in _text(response):
            empty.append(f"{what.label}: {response.status_code}")

    assert len(empty) <= len(reads) / 2, f"too little is found to prove anything: {empty}"


def test_no_operation_answers_without_a_key(world: World) -> None:
    client = Client(raise_request_exception=False)

    answers = {what.label: _call(client, what).status_code for what in _operations(world)}

    assert {label: status for label, status in answers.items() if status != 401} == {}


# --- the pages ------------------------------------------------------------------------------------


def _pages(world: World) -> Iterator[Try]:
    for route in _routes(get_resolver().url_patterns, ""):
        if route.startswith(("api/v1/", *PUBLIC_PAGES)):
            continue
        named, filled, nowhere = [], "/" + route, "/" + route
        for whole, name in re.findall(r"(<(?:\w+:)?(\w+)>)", route):
            value, is_theirs = _fed(name, world, f"/{route}")
            filled = filled.replace(whole, value)
            nowhere = nowhere.replace(whole, str(uuid7()) if is_theirs else value)
            named += [name] if is_theirs else []
        query = "&".join(f"{name}={feed(world)}" for name, feed in FEED.items())
        yield Try("GET", filled, None, tuple(named), f"GET /{route}", nowhere)
        yield Try("GET", f"{filled}?{query}", None, (), f"GET /{route} with every filter")
        yield Try("POST", filled, None, tuple(named), f"POST /{route}")


def _routes(patterns: Any, before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_no_page_crosses_the_border(world: World) -> None:
    house, wrong = build_house(), []
    build_staff(house, "admin", Duty.ADMINISTRATOR)
    user = User.objects.get(username="admin")
    before = fingerprint(world)

    for what in _pages(world):
        client = Client(raise_request_exception=False)
        client.force_login(user)
        if what.method == "GET":
            response = client.get(what.address)
        else:
            response = client.post(what.address, {n: f(world) for n, f in FEED.items()})
        text = _text(response)
        if MARK in _without_echo(text, Try("", what.address, str(list(FEED)), (), ""), world):
            wrong.append(f"{what.label} shows the other merchant's data")
        if response.status_code >= 500:
            wrong.append(f"{what.label} breaks ({response.status_code})")
        if what.nowhere and response.status_code != client.get(what.nowhere).status_code:
            wrong.append(
                f"{what.label} answers {response.status_code} for ids of another merchant, "
                "and otherwise for ids that nobody has"
            )

    assert not wrong, "\n".join(wrong)
    assert fingerprint(world) == before


def test_no_staff_page_opens_without_signing_in(world: World) -> None:
    client, wrong = Client(raise_request_exception=False), []

    for what in _pages(world):
        response = client.generic(what.method, what.address.split("?")[0])
        if MARK in _text(response):
            wrong.append(what.label)

    assert wrong == []
