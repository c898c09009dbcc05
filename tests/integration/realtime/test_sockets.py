"""Live pages get each message once, in order, and nothing that is not theirs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo

from anxin.domains.conversations.public import mark_seen, send_reply, write_as_buyer, write_note
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import Store, User
from anxin.entrypoints.realtime import database
from anxin.entrypoints.realtime.tokens import sign_buyer
from anxin.kernel.actors import Actor
from anxin.kernel.live import announce
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.integration.conversations.cast import heard
from tests.integration.realtime.live_server import Page, Server, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def house() -> House:
    return build_house()


@pytest.fixture
def agent(house: House) -> Actor:
    return build_staff(house, "lin", Duty.AGENT)


def cookie_of(user_name: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=user_name))
    return f"sessionid={client.cookies['sessionid'].value}"


def buyer_page(server: Server, house: House, customer_id: Any, **more: str) -> Page:
    page = Page(server.port, **more)
    page.say(op="sign_in", token=sign_buyer(house.merchant_id, customer_id, name="张三"))
    return page


def test_a_buyers_word_reaches_the_agent_and_the_answer_the_buyer(
    server: Server, house: House, agent: Actor
) -> None:
    got = heard(house)
    buyer = Actor.buyer(house.merchant_id, got.customer_id, "张三")
    staff, shop = (
        Page(server.port, cookie=cookie_of("lin")),
        buyer_page(server, house, got.customer_id),
    )
    assert staff.hear("ready")["kind"] == "staff"
    assert shop.hear("ready")["kind"] == "buyer"
    topic = f"conversation:{got.conversation_id}"
    for page in (staff, shop):
        page.say(op="subscribe", topic=topic, after=0)
        assert page.hear("subscribed")["last_seq"] == 1
        assert [m["text"] for m in page.messages(1)] == ["我要退款"]
    staff.say(op="subscribe", topic="inbox")
    staff.hear("subscribed")

    with acting_for(house.merchant_id):
        heard(house, "在吗", now=NOON + timedelta(minutes=1))
        assert [m["seq"] for m in staff.messages(2)] == [2]
        assert staff.hear("changed")["conversations"] == [
            {"id": str(got.conversation_id), "seq": 2}
        ]
        send_reply(agent, got.conversation_id, "您好", client_id="r1", seen_seq=2, now=NOON)
        mark_seen(buyer, got.conversation_id, 3)

    answers = shop.messages(3)
    assert [(m["seq"], m["text"], m["author_name"]) for m in answers][-1] == (3, "您好", "Lin")
    assert staff.hear("seen") == {"topic": topic, "type": "seen", "seen": 3, "buyer": True}


def test_a_page_that_was_away_gets_the_gap_once_and_nobody_elses_notes(
    server: Server, house: House, agent: Actor
) -> None:
    got = heard(house)
    with acting_for(house.merchant_id):
        write_note(agent, got.conversation_id, "内部", client_id="n", now=NOON)
        for n in range(3):
            heard(house, f"第{n}句", now=NOON + timedelta(minutes=n + 1))

    shop = buyer_page(server, house, got.customer_id)
    shop.say(op="subscribe", topic=f"conversation:{got.conversation_id}", after=1)

    assert [m["seq"] for m in shop.messages(5)] == [3, 4, 5]


def test_under_parallel_writing_every_page_gets_every_message_once_in_order(
    server: Server, house: House
) -> None:
    got = heard(house)
    pages = [buyer_page(server, house, got.customer_id) for _ in range(3)]
    for page in pages:
        page.say(op="subscribe", topic=f"conversation:{got.conversation_id}", after=0)

    def write(n: int) -> None:
        buyer = Actor.buyer(house.merchant_id, got.customer_id, "张三")
        with acting_for(house.merchant_id):
            for i in range(10):
                write_as_buyer(buyer, f"{n}-{i}", client_id=f"{n}-{i}", channel="wechat", now=NOON)
        connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()

    for page in pages:
        assert [m["seq"] for m in page.messages(41, timeout=20)] == list(range(1, 42))
    for thread in threads:
        thread.join()


def test_strangers_get_nothing(server: Server, house: House, agent: Actor) -> None:
    got = heard(house)
    topic = f"conversation:{got.conversation_id}"
    other = build_house("别家", "other")
    build_staff(other, "spy", Duty.ADMINISTRATOR)
    build_staff(house, "packer", Duty.WAREHOUSE)

    refused = []
    for page in (
        Page(server.port, cookie=cookie_of("spy")),
        Page(server.port, cookie=cookie_of("packer")),
        buyer_page(server, house, uuid4()),
        Page(server.port),
    ):
        page.say(op="subscribe", topic=topic, after=0)
        refused.append(page.hear("error")["code"])
    assert refused == ["not_found", "not_allowed", "not_found", "not_signed_in"]


def test_a_foreign_site_cannot_use_the_cookie_of_staff(server: Server, agent: Actor) -> None:
    page = Page(server.port, cookie=cookie_of("lin"), origin="https://evil.example")

    page.say(op="subscribe", topic="inbox")

    assert page.hear("error")["code"] == "not_signed_in"


def test_a_widget_signs_in_only_from_its_shops_pages(server: Server, house: House) -> None:
    got = heard(house)
    with acting_for(house.merchant_id):
        Store.objects.filter(pk=house.store_id).update(widget_origins=["https://shop.example"])
    token = sign_buyer(house.merchant_id, got.customer_id, store_id=house.store_id)

    shop = Page(server.port, origin="https://shop.example")
    shop.say(op="sign_in", token=token)
    evil = Page(server.port, origin="https://evil.example")
    evil.say(op="sign_in", token=token)
    forged = Page(server.port)
    forged.say(op="sign_in", token=token[:-2] + "xx")

    assert shop.hear("ready")["id"] == str(got.customer_id)
    assert evil.close_code() == 4403
    assert forged.close_code() == 4401


def test_typing_and_presence_are_passed_on_but_not_to_oneself(
    server: Server, house: House, agent: Actor
) -> None:
    got = heard(house)
    topic = f"conversation:{got.conversation_id}"
    staff = Page(server.port, cookie=cookie_of("lin"))
    staff.say(op="subscribe", topic=topic)
    staff.hear("subscribed")
    shop = buyer_page(server, house, got.customer_id)
    shop.say(op="subscribe", topic=topic)

    assert staff.hear("presence")["state"] == "joined"
    shop.say(op="typing", conversation=str(got.conversation_id))
    assert staff.hear("typing")["who"]["kind"] == "buyer"
    staff.say(op="typing", conversation=str(got.conversation_id))
    assert shop.hear("typing")["who"] == {"kind": "staff", "name": "Lin"}
    shop.close()
    assert staff.hear("presence")["state"] == "left"


def test_a_page_that_does_not_read_is_let_go(server: Server, house: House, agent: Actor) -> None:
    build_staff(house, "boss", Duty.SUPERVISOR)
    page = Page(server.port, cookie=cookie_of("boss"))
    page.say(op="subscribe", topic="wallboard")
    page.hear("subscribed")
    with acting_for(house.merchant_id):
        for _ in range(40):
            for _ in range(50):
                announce(house.merchant_id, "wallboard", filler="x" * 7_000)

    assert page.close_code(timeout=10) == 1013


def test_a_lost_database_connection_is_made_again_and_the_gap_told(
    server: Server, house: House
) -> None:
    got = heard(house)
    shop = buyer_page(server, house, got.customer_id)
    shop.say(op="subscribe", topic=f"conversation:{got.conversation_id}", after=1)
    shop.hear("subscribed")

    with psycopg.connect(make_conninfo(database.dsn(), options="")) as owner:
        ended = owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'anxin-live' and datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
    heard(house, "断了吗", now=NOON + timedelta(minutes=1))

    assert [m["text"] for m in shop.messages(2, timeout=10)] == ["断了吗"]


def test_malformed_frames_are_answered_and_long_ones_end_it(server: Server) -> None:
    page = Page(server.port)
    page.say(op="ping")
    assert page.hear("pong") == {"type": "pong"}
    page._socket.send("{]")
    assert page.hear("error")["code"] == "malformed"
    page._socket.send("x" * 9_000)
    assert page.close_code() == 1008


def test_the_dsn_carries_the_role_of_django() -> None:
    assert "anxin_app" in database.dsn()


def test_a_restarted_server_loses_and_doubles_nothing(house: House) -> None:
    got = heard(house)
    topic = f"conversation:{got.conversation_id}"
    with serving() as first:
        port = first.port
        page = buyer_page(first, house, got.customer_id)
        page.say(op="subscribe", topic=topic, after=0)
        shown = page.messages(1)
    first.listener.close()
    heard(house, "服务器在吗", now=NOON + timedelta(minutes=1))

    with serving(port) as second:
        page = buyer_page(second, house, got.customer_id)
        page.say(op="subscribe", topic=topic, after=shown[-1]["seq"])
        heard(house, "回来了", now=NOON + timedelta(minutes=2))
        shown += page.messages(3)

    assert [m["text"] for m in shown] == ["我要退款", "服务器在吗", "回来了"]
