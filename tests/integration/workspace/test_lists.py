"""Queue, palette and requests: fixed numbers of statements, filters in the address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anxin.domains.conversations.public import write_as_buyer
from anxin.kernel.clock import utcnow
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import build_customer
from tests.integration.workspace.conftest import FETCH, Desk, build_desk

pytestmark = pytest.mark.django_db(transaction=True)


def write(desk: Desk, count: int, channel: str = "chat") -> None:
    house = desk.scene.house
    with acting_for(house.merchant_id):
        for number in range(count):
            buyer = build_customer(house, f"买家 {channel} {number:02}")
            write_as_buyer(
                buyer, f"第 {number} 条", client_id=f"{channel}-{number}", channel=channel,
                now=utcnow() - timedelta(minutes=number),
            )  # fmt: skip


def statements(desk: Desk, url: str) -> int:
    desk.client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert desk.client.get(url).status_code == 200
    return sum("set_config" not in query["sql"] for query in seen.captured_queries)


def test_the_page_takes_as_many_statements_however_long_the_queue(desk: Desk) -> None:
    few = statements(desk, "/workspace/?view=open")
    write(desk, 60)
    many = statements(desk, "/workspace/?view=open")

    # Session, user, his merchant, person; stores, rows, counts.
    assert (few, many) == (7, 7)


def test_the_queue_goes_on_where_the_page_ended(desk: Desk) -> None:
    write(desk, 60)
    first = desk.client.get("/workspace/queue/?view=open").content.decode()
    more = first.split('data-more="')[1].split('"')[0].replace("&amp;", "&")

    second = desk.client.get(f"/workspace/queue/?{more}").content.decode()

    assert (first.count("q-row"), second.count("q-row")) == (50, 11)
    assert "data-more" not in second


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("view=unassigned", 4),
        ("view=mine", 0),
        ("view=open&channel=wechat", 3),
        ("view=open&store=anxin", 1),
        ("view=closed", 0),
        ("view=nonsense", 0),
    ],
)
def test_the_address_says_what_is_shown(desk: Desk, query: str, rows: int) -> None:
    write(desk, 3, "wechat")

    page = desk.client.get(f"/workspace/queue/?{query}").content.decode()

    assert page.count('class="q-row') == rows


def test_the_palette_finds_orders_people_and_words(desk: Desk) -> None:
    def kinds(text: str) -> dict[str, str]:
        hits = desk.client.get("/workspace/search/", {"q": text}).json()["hits"]
        return {hit["kind"]: hit["url"] for hit in hits}

    here = f"c={desk.conversation_id}"
    assert here in kinds("AX20261101001")["order"]
    assert here in kinds("林小满")["customer"]
    assert here in kinds("13800001111")["customer"]
    assert f"{here}&m=1" in kinds("什么时候")["message"]
    assert kinds("x") == {}


def open_for_buyer(desk: Desk, step: str, quantity: int = 1, **form: Any) -> Any:
    with acting_for(desk.scene.house.merchant_id):
        line = desk.scene.line_ids[0]
    data = {
        "order": desk.scene.order.pk, f"quantity:{line}": quantity, "reason": "no_reason",
        "kind": "return_refund", **form,
    }  # fmt: skip
    return desk.client.post(desk.url(f"request/{step}/"), data, headers=FETCH)


def test_an_agent_opens_a_request_and_the_conversation_tells_it(desk: Desk) -> None:
    offer = open_for_buyer(desk, "preview").content.decode()
    assert "¥3.33" in offer
    assert "CN-" in offer

    done = open_for_buyer(desk, "confirm")

    assert done.status_code == 200
    told = desk.client.get(desk.url()).json()["messages"][-1]
    assert told["direction"] == "event"
    assert told["event"]["code"] == "RequestAuthorized"
    context = desk.client.get(desk.url("context/")).content.decode()
    assert told["event"]["number"] in context


def test_more_than_was_bought_is_refused_and_nothing_is_opened(desk: Desk) -> None:
    answer = open_for_buyer(desk, "confirm", quantity=9)

    assert answer.status_code == 409
    page = desk.client.get("/workspace/requests/?state=all").content.decode()
    assert "data-row" not in page


def test_a_request_to_judge_is_declined_only_with_words_for_the_buyer(desk: Desk) -> None:
    done = open_for_buyer(desk, "confirm", reason="quality_defect")
    assert "待审核" in done.content.decode()
    listed = desk.client.get("/workspace/requests/?state=reviewing").content.decode()
    url = listed.split('href="/workspace/requests/')[-1].split('"')[0]
    page = f"/workspace/requests/{url}"

    silent = desk.client.post(f"{page}decide/", {"answer": "decline", "explanation": " "})
    spoken = desk.client.post(f"{page}decide/", {"answer": "decline", "explanation": "已超出范围"})

    assert silent.status_code == 422
    assert "拒绝时要写给买家看的说明" in silent.content.decode()
    assert spoken.status_code == 302
    assert "已超出范围" in desk.client.get(page).content.decode()
    assert "data-row" not in desk.client.get("/workspace/requests/?state=open").content.decode()


def test_another_merchants_request_is_not_there(desk: Desk) -> None:
    open_for_buyer(desk, "confirm")
    listed = desk.client.get("/workspace/requests/?state=all").content.decode()
    url = listed.split('href="/workspace/requests/')[-1].split('"')[0]

    assert build_desk("fremd").client.get(f"/workspace/requests/{url}").status_code == 404


def test_the_list_of_requests_takes_as_many_statements_however_long(desk: Desk) -> None:
    open_for_buyer(desk, "confirm")
    one = statements(desk, "/workspace/requests/?state=all")
    open_for_buyer(desk, "confirm")
    two = statements(desk, "/workspace/requests/?state=all")

    assert one == two
