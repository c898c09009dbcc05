"""Programs read the stream from a cursor and miss nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import issue_key
from anxin.kernel.outbox import publish_many
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house
from tests.builders_metrics import catch_up, opened, received, tell

pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    """A program that reads the stream of one merchant."""

    def __init__(self, house: House, *scopes: str) -> None:
        key = issue_key(house.merchant_id, "reader", scopes or [Permission.EVENTS_READ])
        self.client = Client(headers={"Authorization": f"Bearer {key}"})

    def page(self, **query: Any) -> Any:
        return self.client.get("/api/v1/events", query)

    def items(self, **query: Any) -> list[str]:
        return [item["subject_id"] for item in self.page(**query).json()["items"]]


def test_facts_come_in_order_and_page_by_page() -> None:
    house = build_house()
    facts = [received(house, NOON + timedelta(minutes=i)) for i in range(5)]
    for fact in facts:
        tell(house, fact)
    catch_up()
    reader, cursor, found = Reader(house), "", []

    while cursor is not None:
        page = reader.page(cursor=cursor, limit=2).json()
        found += page["items"]
        cursor = page["next_cursor"]

    assert [item["subject_id"] for item in found] == [str(f.conversation_id) for f in facts]
    assert found[0]["name"] == "conversations.MessageReceived"
    assert found[0]["payload"]["channel"] == "chat"
    assert found[0]["by"] == {"kind": "system", "id": "system"}


def test_reading_goes_on_where_it_stopped() -> None:
    house = build_house()
    tell(house, received(house, NOON))
    catch_up()
    reader = Reader(house)
    end = reader.page().json()["resume_cursor"]
    assert reader.page(cursor=end).json()["next_cursor"] is None
    later = received(house, NOON)
    tell(house, later)
    catch_up()

    assert reader.items(cursor=end) == [str(later.conversation_id)]


def test_a_fact_committed_late_is_not_missed() -> None:
    house = build_house()
    reader = Reader(house)
    slow, quick = received(house, NOON), received(house, NOON)
    written, go = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with acting_for(house.merchant_id), transaction.atomic():
            publish_many([slow], by=house.system)
            written.set()
            go.wait(10)
        connection.close()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert written.wait(10)
    tell(house, quick)

    meanwhile = reader.page().json()
    go.set()
    thread.join(10)
    catch_up()

    assert meanwhile["items"] == []
    after = reader.items(cursor=meanwhile["resume_cursor"])
    assert after == [str(slow.conversation_id), str(quick.conversation_id)]


def test_only_the_facts_asked_for_come() -> None:
    house = build_house()
    request = opened(house, NOON)
    tell(house, received(house, NOON), request)
    catch_up()

    page = Reader(house).page(names="aftersales.RequestOpened").json()

    assert [item["subject_id"] for item in page["items"]] == [str(request.request_id)]


def test_another_merchants_facts_are_not_there() -> None:
    mine, theirs = build_house(), build_house("别家", "other")
    tell(theirs, received(theirs, NOON))
    catch_up()

    assert Reader(mine).items() == []


def test_a_key_without_the_scope_reads_nothing() -> None:
    assert Reader(build_house(), Permission.ORDERS_READ).page().status_code == 403


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "WzEsMl0"}, {"limit": 0}, {"limit": 201}, {"limit": "a"}]
)
def test_a_bad_cursor_or_limit_is_invalid(query: dict[str, Any]) -> None:
    answer = Reader(build_house()).page(**query)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
