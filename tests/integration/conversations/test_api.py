"""The API of conversations: what programs of a merchant read and do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.domains.merchants.data import Duty, Permission
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api.auth import forget_keys
from tests.builders import NOON, House, build_house, build_staff
from tests.integration.conversations.cast import heard

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    forget_keys()
    return build_house()


class Caller:
    """A program with a key."""

    def __init__(self, house: House, *scopes: Permission) -> None:
        key = issue_key(house.merchant_id, "program", scopes or list(Permission))
        self._client = Client(headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str) -> tuple[int, Any]:
        answer = self._client.get(f"/api/v1{path}")
        return answer.status_code, answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        answer = self._client.post(f"/api/v1{path}", body or {}, content_type="application/json")
        return answer.status_code, answer.json()


def test_the_list_pages_through_every_conversation_once(house: House) -> None:
    for n in range(5):
        heard(house, sender=f"u{n}", now=NOON + timedelta(minutes=n))
    caller = Caller(house)

    found, cursor = [], ""
    while cursor is not None:
        status, page = caller.get(f"/conversations?limit=2&cursor={cursor}")
        assert status == 200
        found += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]

    assert len(found) == len(set(found)) == 5
    assert caller.get("/conversations?cursor=nonsense")[0] == 422
    assert caller.get("/conversations?view=nonsense")[0] == 422


def test_messages_come_after_a_number_and_page_by_page(house: House) -> None:
    got = heard(house, "0")
    for n in range(1, 5):
        heard(house, str(n), now=NOON + timedelta(minutes=n))
    path = f"/conversations/{got.conversation_id}/messages"
    caller = Caller(house)

    _, first = caller.get(f"{path}?after=1&limit=3")
    _, rest = caller.get(f"{path}?after=1&limit=3&cursor={first['next_cursor']}")

    assert [row["seq"] for row in first["items"] + rest["items"]] == [2, 3, 4, 5]
    assert rest["next_cursor"] is None


def test_an_outdated_reply_is_a_conflict_that_names_what_was_missed(house: House) -> None:
    got = heard(house)
    heard(house, "还有", now=NOON + timedelta(minutes=1))
    path = f"/conversations/{got.conversation_id}/messages"
    caller = Caller(house)

    status, problem = caller.post(path, {"text": "好", "client_id": "r1", "seen_seq": 1})
    sent, message = caller.post(path, {"text": "好", "client_id": "r1", "seen_seq": 2})

    assert (status, problem["code"], problem["fields"]) == (409, "outdated_view", {"unseen": [2]})
    assert (sent, message["seq"], message["client_id"]) == (201, 3, "r1")


def test_a_conversation_is_assigned_closed_and_reopened(house: House) -> None:
    agent = build_staff(house, "lin", Duty.AGENT)
    got = heard(house)
    path = f"/conversations/{got.conversation_id}"
    caller = Caller(house)

    assert caller.post(f"{path}/notes", {"text": "VIP", "client_id": "n1"})[0] == 201
    _, taken = caller.post(f"{path}/assign", {"assignee_id": agent.id, "held_by": None})
    again, _ = caller.post(f"{path}/assign", {"assignee_id": None, "held_by": None})
    _, closed = caller.post(f"{path}/close")
    twice, problem = caller.post(f"{path}/close")
    _, opened = caller.post(f"{path}/reopen")
    _, seen = caller.post(f"{path}/seen", {"seq": 2})

    assert (taken["assignee_id"], taken["assignee_name"], again) == (agent.id, "Lin", 409)
    assert (closed["state"], opened["state"]) == ("closed", "waiting_us")
    assert (twice, problem["code"]) == (409, "move_refused")
    assert seen["seen_seq"] == 2


def test_other_merchants_and_smaller_keys_get_nothing(house: House) -> None:
    got = heard(house)
    stranger = Caller(build_house("别家", "other"))
    writer = Caller(house, Permission.MESSAGES_WRITE)
    path = f"/conversations/{got.conversation_id}"

    assert stranger.get("/conversations") == (200, {"items": [], "next_cursor": None})
    assert stranger.get(path)[0] == stranger.get(f"{path}/messages")[0] == 404
    assert stranger.post(f"{path}/close")[0] == 404
    assert writer.get("/conversations")[0] == writer.get("/messages/search?q=退款")[0] == 403


def test_messages_are_received_and_found_through_the_plain_api_too(house: House) -> None:
    caller = Caller(house)
    body = {
        "channel": "wechat", "external_id": "m1", "sender": {"id": "wx-1", "phone": "13800000001"},
        "text": "运动鞋开线了想退款", "store": "anxin",
    }  # fmt: skip

    first, got = caller.post("/messages", body)
    again, same = caller.post("/messages", body)
    _, found = caller.get("/messages/search?q=运动鞋")

    assert (first, again) == (201, 200)
    assert got | {"is_new": False} == same
    assert [hit["message"]["id"] for hit in found["items"]] == [got["message_id"]]
    assert caller.post("/messages", body | {"external_id": "m2", "text": ""})[0] == 422
