"""The conversation pane: what is answered, refused, seen, and never shown to strangers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from anxin.domains.conversations.models import Message
from anxin.domains.conversations.public import keep_quick_reply, write_as_buyer
from anxin.kernel.clock import utcnow
from anxin.kernel.files import store_upload
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.integration.workspace.conftest import FETCH, Desk, build_desk, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "client_id": "c-1", "seen_seq": 1, **more}


def test_a_reply_sent_twice_is_one_message(desk: Desk) -> None:
    first = desk.post("messages/", reply("明天到"))
    again = desk.post("messages/", reply("明天到"))

    assert first.status_code == again.status_code == 201
    assert first.json()["message"]["seq"] == again.json()["message"]["seq"] == 2
    head = desk.client.get(desk.url()).json()["conversation"]
    assert head["is_mine"]
    assert head["state"] == "waiting_customer"


def test_an_outdated_reply_is_refused_and_answers_what_was_not_seen(desk: Desk) -> None:
    with acting_for(desk.scene.house.merchant_id):
        write_as_buyer(desk.scene.buyer, "不用了，已经收到", client_id="second", now=utcnow())

    answer = desk.post("messages/", reply("明天到"))

    assert answer.status_code == 409
    assert answer.json()["code"] == "outdated_view"
    assert [one["text"] for one in answer.json()["unseen"]] == ["不用了，已经收到"]
    with acting_for(desk.scene.house.merchant_id):
        assert not Message.objects.filter(text="明天到").exists()


def test_a_note_needs_no_view_and_is_no_answer(desk: Desk) -> None:
    answer = desk.post("messages/", reply("买家很急", is_note=True, seen_seq=0))

    assert answer.json()["message"]["direction"] == "note"
    assert desk.client.get(desk.url()).json()["conversation"]["state"] == "waiting_us"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (reply("  "), "请先输入内容"),
        (reply("字" * 10_001), "内容太长"),
        (reply("看图", file_ids=["no-id"]), "附件已失效"),
        (reply("看图", file_ids=["00000000-0000-0000-0000-000000000001"]), "附件已失效"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(
    desk: Desk, body: dict[str, Any], said: str
) -> None:
    answer = desk.post("messages/", body)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_taking_what_a_colleague_has_is_refused(desk: Desk) -> None:
    lead = signed_in("anxin-lead")
    lead.post(desk.url("take/"), {}, content_type="application/json", headers=FETCH)

    answer = desk.post("take/", {})

    assert answer.status_code == 409
    assert "同事刚刚接手" in answer.content.decode()


def test_only_those_who_may_answer_can_be_given_a_conversation(desk: Desk) -> None:
    told = desk.client.get(desk.url("colleagues/")).json()["staff"]

    assert {one["name"] for one in told} == {"Anxin-Agent", "Anxin-Lead"}


def test_a_conversation_is_closed_and_reopened(desk: Desk) -> None:
    closed = desk.post("close/", {}).json()["conversation"]
    refused = desk.post("messages/", reply("还在吗"))
    opened = desk.post("reopen/", {}).json()["conversation"]

    assert closed["may"] | {"reply": False, "reopen": True} == closed["may"]
    assert refused.status_code == 422
    assert "重新打开" in refused.content.decode()
    assert opened["state"] == "waiting_us"


def test_a_quick_reply_comes_filled_in(desk: Desk) -> None:
    house = desk.scene.house
    with acting_for(house.merchant_id):
        kept = keep_quick_reply(house.system, "wl", "物流", "{customer}您好，{order} {eta}送达")
    desk.post("order/", {"number": desk.scene.order.order_no})

    answer = desk.post("quick-reply/", {"id": str(kept.id)})

    assert answer.json()["text"] == "林小满您好，AX20261101001 24 小时内送达"


def test_an_unknown_order_number_is_refused(desk: Desk) -> None:
    answer = desk.post("order/", {"number": "AX-NONE-1"})

    assert answer.status_code == 422
    assert "没有这个订单号" in answer.content.decode()


def test_scripts_in_names_and_messages_stay_text(desk: Desk) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    with acting_for(desk.scene.house.merchant_id):
        write_as_buyer(desk.scene.buyer, evil, client_id="evil", now=utcnow())

    page = desk.client.get("/workspace/?view=open").content.decode()
    context = desk.client.get(desk.url("context/")).content.decode()
    hits = desk.client.get("/workspace/search/", {"q": "onerror"})

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert "<img src=x" not in context
    assert hits["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "rest", ["", "messages/", "context/", "colleagues/", "request/?order=x", "?part=head"]
)
def test_another_merchants_conversation_is_not_there(desk: Desk, rest: str) -> None:
    other = build_desk("fremd")

    answer = other.client.get(desk.url(rest), headers=FETCH)

    # Whom one may hand over to is a question about one's own people.
    assert answer.status_code == (200 if rest == "colleagues/" else 422 if "order" in rest else 404)
    assert "林小满" not in answer.content.decode()


def test_another_merchants_conversation_cannot_be_answered(desk: Desk) -> None:
    other = build_desk("fremd")

    for rest in ("messages/", "take/", "close/", "order/", "seen/", "request/confirm/"):
        answer = other.client.post(
            desk.url(rest), json.dumps({**reply("hi"), "seq": 1, "order_id": ""}),
            content_type="application/json", headers=FETCH,
        )  # fmt: skip
        assert answer.status_code in {404, 422}, rest


def test_another_merchants_file_is_not_there(desk: Desk) -> None:
    house = desk.scene.house
    with acting_for(house.merchant_id):
        file = store_upload(desk.scene.agent, "a.pdf", b"%PDF-1.4 x", now=utcnow())

    own = desk.client.get(f"/workspace/files/{file.pk}/")
    assert b"".join(own.streaming_content) == b"%PDF-1.4 x"  # type: ignore[attr-defined]
    own.close()
    assert build_desk("fremd").client.get(f"/workspace/files/{file.pk}/").status_code == 404


def test_an_address_is_masked_until_revealed_and_the_look_is_written_down(desk: Desk) -> None:
    context = desk.client.get(desk.url("context/")).content.decode()
    assert "138****1111" in context
    assert "13800001111" not in context
    url = context.split('data-reveal="/workspace/identities/')[1].split('"')[0]

    answer = desk.client.post(f"/workspace/identities/{url}", headers=FETCH)

    assert answer.json()["text"] == "+8613800001111"
    with acting_for(desk.scene.house.merchant_id):
        entry = AuditEntry.objects.get(action="customers.identity_revealed")
    assert entry.by_id == desk.scene.agent.id


def test_whoever_may_not_read_conversations_is_turned_away(desk: Desk) -> None:
    assert signed_in("anxin-ware").get("/workspace/").status_code == 403
    assert Client().get("/workspace/").status_code == 302


def test_something_that_is_no_picture_is_refused(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>")

    answer = desk.client.post("/workspace/files/", {"file": bad}, headers=FETCH)

    assert answer.status_code == 422
    assert "只能发送图片" in answer.content.decode()
