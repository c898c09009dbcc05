"""The buyer's conversation: once each, his own only, and no forged words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.models import Conversation, Message
from anxin.domains.conversations.public import send_reply
from anxin.domains.customers.models import Customer
from anxin.domains.merchants.models import Store
from anxin.kernel.clock import utcnow
from tests.builders_aftersales import Scene
from tests.integration.portal.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = "/portal/anxin/chat/"


def visit(client: Client, visitor: str = "") -> dict[str, Any]:
    answer = client.post(f"{CHAT}visit/", {"visitor": visitor}, content_type="application/json")
    return dict(answer.json())


def write(client: Client, token: str, text: str, client_id: str = "one", **more: object):  # type: ignore[no-untyped-def]
    body = {"text": text, "client_id": client_id, **more}
    return client.post(
        f"{CHAT}messages/",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def read(client: Client, token: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{CHAT}messages/{query}", headers={"Authorization": f"Bearer {token}"})
    return dict(answer.json())


def test_a_visitor_writes_and_is_known_again(client: Client, scene: Scene) -> None:
    first = visit(client)
    write(client, first["token"], "在吗")

    again = visit(Client(), first["visitor"])

    assert again["who"] == first["who"]
    assert [one["text"] for one in read(client, again["token"])["items"]] == ["在吗"]


def test_the_same_message_sent_twice_is_one(client: Client, scene: Scene) -> None:
    token = visit(client)["token"]
    first = write(client, token, "退货")

    again = write(client, token, "退货")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Message.objects.count() == 1


def test_looking_at_the_chat_makes_no_customer(client: Client, scene: Scene) -> None:
    before = Customer.objects.count()

    answer = client.get(f"{CHAT}?embed=1")

    assert answer.status_code == 200
    assert Customer.objects.count() == before


def test_only_the_shops_own_pages_may_frame_the_widget(client: Client, scene: Scene) -> None:
    Store.objects.update(widget_origins=["https://shop.example"])

    framed = client.get(f"{CHAT}?embed=1")["Content-Security-Policy"]
    plain = client.get(CHAT)["Content-Security-Policy"]

    assert "frame-ancestors 'self' https://shop.example" in framed
    assert "shop.example" not in plain


def test_what_staff_answers_is_read_and_notes_are_not(client: Client, scene: Scene) -> None:
    token = visit(client)["token"]
    conversation = Conversation.objects.get(pk=write(client, token, "在吗").json()["conversation"])
    send_reply(
        scene.agent,
        ConversationId(conversation.pk),
        "在的",
        client_id="r1",
        seen_seq=1,
        now=utcnow(),
    )

    answer = read(client, token, f"?conversation={conversation.pk}&after=1")

    assert [one["text"] for one in answer["items"]] == ["在的"]
    assert answer["last_seq"] == 2


def test_another_visitors_thread_is_not_read(client: Client, scene: Scene) -> None:
    mine, other = visit(client)["token"], visit(client)["token"]
    conversation = write(client, mine, "我的地址是…").json()["conversation"]

    answer = read(client, other, f"?conversation={conversation}&after=0")

    assert answer["items"] == []


def test_a_signed_in_buyer_writes_as_himself(client: Client, scene: Scene) -> None:
    sign_in(client, scene)

    token = visit(client)["token"]
    write(client, token, "我的订单到哪了")

    assert str(Conversation.objects.get().customer_id) == scene.buyer.id


def test_a_forged_form_of_another_page_writes_nothing(scene: Scene) -> None:
    client = Client(enforce_csrf_checks=True)
    plain = Client()
    sign_in(plain, scene)
    client.cookies = plain.cookies

    answer = client.post(
        f"{CHAT}messages/", '{"text": "x", "client_id": "1"}', content_type="text/plain"
    )

    assert answer.status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize("token", ["", "forged", "WzEsMl0:abc:def"])
def test_without_a_true_token_nothing_is_written(client: Client, scene: Scene, token: str) -> None:
    answer = write(client, token, "x")

    assert answer.status_code == 419
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"), [("", "请先输入内容"), ("长" * 10_001, "太长了")], ids=["empty", "long"]
)
def test_a_message_that_cannot_be_is_refused_in_words(
    client: Client, scene: Scene, text: str, words: str
) -> None:
    answer = write(client, visit(client)["token"], text)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_attachment_is_its_senders_own(client: Client, scene: Scene) -> None:
    mine, other = visit(client)["token"], visit(client)["token"]
    sent = client.post(
        f"{CHAT}files/",
        {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", "application/pdf")},
        headers={"Authorization": f"Bearer {mine}"},
    ).json()

    refused = write(client, other, "看", file_ids=[sent["id"]])
    taken = write(client, mine, "看", client_id="two", file_ids=[sent["id"]])

    assert refused.status_code == 422
    assert taken.status_code == 201
    (item,) = read(client, mine)["items"]
    answer = client.get(item["attachments"][0]["url"])
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


def test_a_file_of_another_kind_is_refused(client: Client, scene: Scene) -> None:
    answer = client.post(
        f"{CHAT}files/",
        {"file": SimpleUploadedFile("a.exe", b"MZ\x90\x00", "image/png")},
        headers={"Authorization": f"Bearer {visit(client)['token']}"},
    )

    assert answer.status_code == 422


def test_a_files_address_cannot_be_guessed_nor_used_at_another_store(
    client: Client, scene: Scene
) -> None:
    assert client.get("/portal/anxin/files/forged/").status_code == 404
