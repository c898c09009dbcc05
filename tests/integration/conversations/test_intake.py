"""POST /api/v1/messages through the web process: durable, once each, refused with a reason."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connection

from anxin.domains.conversations.models import Conversation, Message
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api import group_commit
from anxin.entrypoints.http_api.intake import forget_callers
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house
from tests.integration.realtime.live_server import Server, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[Server]:
    forget_callers()
    with serving() as server:
        yield server


@pytest.fixture
def house() -> House:
    return build_house()


@pytest.fixture
def key(house: House) -> str:
    return issue_key(house.merchant_id, "wechat", [Permission.MESSAGES_WRITE])


def message(external_id: str = "m1", **more: Any) -> dict[str, Any]:
    return {
        "channel": "wechat", "external_id": external_id, "sender": {"id": "wx-1", "name": "张三"},
        "text": "我要退款", **more,
    }  # fmt: skip


def post(server: Server, key: str, body: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    http = HTTPConnection("127.0.0.1", server.port, timeout=20)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    http.request("POST", "/api/v1/messages", raw, {**headers, "Content-Type": "application/json"})
    answer = http.getresponse()
    found = (
        answer.status,
        json.loads(answer.read()),
        {k.lower(): v for k, v in answer.headers.items()},
    )
    http.close()
    return found


def test_a_message_is_created_once_and_repeats_get_its_ids(
    server: Server, house: House, key: str
) -> None:
    status, first, _ = post(server, key, message(store="anxin"))
    again, second, _ = post(server, key, message(text="anders"))

    assert (status, again) == (201, 200)
    assert first | {"is_new": False} == second
    with acting_for(house.merchant_id):
        row = Message.objects.get()
        thread = Conversation.objects.get()
    assert (str(row.pk), row.text, row.seq) == (first["message_id"], "我要退款", 1)
    assert thread.store_id == house.store_id


def test_mail_addresses_written_in_two_ways_are_one_customer(
    server: Server, house: House, key: str
) -> None:
    body = {"channel": "email", "text": "请问发票怎么开", "external_id": "m-1"}
    _, first, _ = post(server, key, message(**body, sender="Lin@Example.com"))
    body["external_id"] = "m-2"
    _, second, _ = post(server, key, message(**body, sender={"id": "lin@example.com"}))

    assert first["customer_id"] == second["customer_id"]
    assert (first["seq"], second["seq"]) == (1, 2)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b"[]", 422, "invalid"),
        (message(external_id=""), 422, "invalid"),
        (message(channel="We Chat"), 422, "invalid"),
        (message(channel="portal"), 422, "channel_reserved"),
        (message(text="  "), 422, "message_empty"),
        (message(text="x" * 10_001), 422, "invalid"),
        (message(text="a\0b"), 422, "invalid"),
        (message(sent_at="2026-11-11T00:00:00"), 422, "invalid"),
        (message(store="nowhere"), 422, "store_unknown"),
        (message(sender={"id": "x", "phone": "abc"}), 422, "address_invalid"),
        (message(attachments=[{"url": "javascript:alert(1)"}]), 422, "invalid"),
        (message(attachments=[{"file_id": "0197a000-0000-7000-8000-000000000000"}]), 422,
         "file_unknown"),
        (message(text="x" * 200_000), 413, "too_large"),
    ],
)  # fmt: skip
def test_bad_messages_are_refused_with_a_reason_and_leave_nothing(
    server: Server, house: House, key: str, body: Any, status: int, code: str
) -> None:
    got, problem, headers = post(server, key, body)

    assert (got, problem["code"], problem["status"]) == (status, code, status)
    assert headers["content-type"] == "application/problem+json"
    with acting_for(house.merchant_id):
        assert not Message.objects.exists()


def test_keys_decide_who_may(server: Server, house: House) -> None:
    reader = issue_key(house.merchant_id, "reader", [Permission.CONVERSATIONS_READ])

    assert post(server, "", message())[0] == 401
    assert post(server, "nonsense", message())[0] == 401
    assert post(server, reader, message())[0] == 403


def test_sixty_messages_at_once_are_stored_in_few_commits_without_gaps(
    server: Server, house: House, key: str
) -> None:
    answers: list[int] = []

    def send(n: int) -> None:
        answers.append(post(server, key, message(f"m{n % 50}", text=f"第{n}句"))[0])

    threads = [threading.Thread(target=send, args=(n,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200] * 10 + [201] * 50
    with acting_for(house.merchant_id):
        assert sorted(Message.objects.values_list("seq", flat=True)) == list(range(1, 51))


def test_a_poisoned_message_fails_alone(
    server: Server, house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = group_commit.receive_values

    def poisoned(rows: Any, now: Any) -> Any:
        values = real(rows, now)
        # What no check of ours foresees: the database refuses the value.
        bad = any('"poison"' in row for row in rows)
        return [values[0], values[1].replace("{", "{x", 1), *values[2:]] if bad else values

    monkeypatch.setattr(group_commit, "receive_values", poisoned)
    answers: dict[str, int] = {}

    def send(name: str) -> None:
        answers[name] = post(server, key, message(name, text=name))[0]

    names = ["poison", *(f"m{n}" for n in range(12))]
    threads = [threading.Thread(target=send, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.pop("poison") == 422
    assert set(answers.values()) == {201}
    with acting_for(house.merchant_id):
        assert Message.objects.count() == 12


def test_when_too_many_wait_the_sender_is_asked_to_come_back(
    server: Server, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "QUEUE", 0)

    status, problem, headers = post(server, key, message())

    assert (status, problem["code"], headers["retry-after"]) == (503, "unavailable", "1")


def test_a_lost_connection_is_made_again_without_doubling(
    server: Server, house: House, key: str
) -> None:
    import psycopg
    from psycopg.conninfo import make_conninfo

    from anxin.entrypoints.realtime.database import dsn

    post(server, key, message("m1"))
    with psycopg.connect(make_conninfo(dsn(), options="")) as owner:
        owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
            "and datname = current_database() and query like '%%conversations_receive%%'"
        )

    assert post(server, key, message("m2"))[0] == 201
    assert post(server, key, message("m2"))[0] == 200
    connection.close()
    with acting_for(house.merchant_id):
        assert Message.objects.count() == 2


def test_the_schema_describes_the_intake(server: Server) -> None:
    http = HTTPConnection("127.0.0.1", server.port, timeout=20)
    http.request("GET", "/api/v1/openapi.json")
    schema = json.loads(http.getresponse().read())
    http.close()

    operation = schema["paths"]["/api/v1/messages"]["post"]
    assert set(operation["responses"]) >= {"200", "201"}
