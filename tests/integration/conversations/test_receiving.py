"""Messages come in once each, numbered without gaps, to the right customer and conversation."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from anxin.domains.conversations.data import ConversationState
from anxin.domains.conversations.models import Conversation, Message
from anxin.domains.conversations.public import (
    close_conversation,
    get_conversation,
    messages_after,
    receive_messages,
    write_as_buyer,
)
from anxin.domains.customers.models import Customer, Identity
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, NotFound
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house
from tests.integration.conversations.cast import inbound


@pytest.mark.django_db
def test_a_first_message_makes_customer_conversation_message_and_event() -> None:
    house = build_house()

    [got] = receive_messages([inbound(house, "e1")], now=NOON)

    with acting_for(house.merchant_id):
        customer = Customer.objects.get()
        thread = get_conversation(house.system, got.conversation_id)
        event = RecordedEvent.objects.get()
        [message] = messages_after(house.system, got.conversation_id)
    assert (got.seq, got.is_new, got.opened) == (1, True, True)
    assert (customer.pk, customer.name) == (got.customer_id, "张三")
    assert thread.state is ConversationState.WAITING_US
    assert (thread.last_seq, thread.preview, thread.waiting_since) == (1, "我要退款", NOON)
    assert (message.text, message.author_kind, message.author_id) == (
        "我要退款", "buyer", str(customer.pk))  # fmt: skip
    assert event.name == "conversations.MessageReceived"
    assert event.payload == {
        "conversation_id": str(got.conversation_id), "message_id": str(got.message_id),
        "seq": 1, "channel": "wechat", "store_id": None, "opened": True}  # fmt: skip


@pytest.mark.django_db
def test_the_same_external_id_later_or_in_one_batch_is_one_message() -> None:
    house = build_house()

    first, twin = receive_messages([inbound(house, "e1"), inbound(house, "e1")], now=NOON)
    [later] = receive_messages([inbound(house, "e1", text="anders")], now=NOON)

    assert (first.is_new, twin.is_new, later.is_new) == (True, False, False)
    assert first.message_id == twin.message_id == later.message_id
    with acting_for(house.merchant_id):
        assert Message.objects.count() == 1
        assert Conversation.objects.get().last_seq == 1


@pytest.mark.django_db
def test_a_batch_of_many_senders_and_merchants_is_numbered_without_gaps() -> None:
    houses = [build_house(), build_house("别家", "other")]
    batch = [inbound(house, f"e{n}", sender=f"u{n % 3}") for n in range(30) for house in houses]

    got = receive_messages(batch, now=NOON)

    assert len(got) == 60
    for house in houses:
        with acting_for(house.merchant_id):
            assert Conversation.objects.count() == Customer.objects.count() == 3
            for thread in Conversation.objects.all():
                rows = Message.objects.filter(conversation_id=thread.pk).order_by("seq")
                assert [row.seq for row in rows] == list(range(1, 11))
                numbers = [int(row.external_id[1:]) for row in rows]
                assert numbers == sorted(numbers)


@pytest.mark.django_db
def test_a_message_after_closing_opens_a_new_conversation_but_a_repeat_does_not() -> None:
    house = build_house()
    [old] = receive_messages([inbound(house, "e1")], now=NOON)
    with acting_for(house.merchant_id):
        close_conversation(house.system, old.conversation_id, now=NOON)

    [repeat] = receive_messages([inbound(house, "e1")], now=NOON)
    [new] = receive_messages([inbound(house, "e2")], now=NOON + timedelta(hours=1))

    assert repeat.conversation_id == old.conversation_id
    assert new.conversation_id != old.conversation_id
    assert (new.customer_id, new.opened, new.seq) == (old.customer_id, True, 1)


@pytest.mark.django_db
def test_a_new_sender_with_a_known_phone_is_the_customer_of_that_phone() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        known = Customer.objects.create(merchant_id=house.merchant_id, name="李四")
        Identity.objects.create(
            merchant_id=house.merchant_id, customer=known, channel="phone", address="+8613800000001"
        )

    [got] = receive_messages([inbound(house, "e1", phone="+8613800000001")], now=NOON)

    assert got.customer_id == known.pk
    with acting_for(house.merchant_id):
        assert Customer.objects.count() == 1
        assert Identity.objects.filter(customer=known, channel="wechat").exists()


@pytest.mark.django_db
def test_a_customer_sees_only_his_own_conversation_and_no_notes() -> None:
    house = build_house()
    [got] = receive_messages([inbound(house, "e1")], now=NOON)
    owner = Actor.buyer(house.merchant_id, got.customer_id)
    stranger = Actor.buyer(house.merchant_id, uuid4())

    with acting_for(house.merchant_id):
        assert get_conversation(owner, got.conversation_id).last_seq == 1
        with pytest.raises(NotFound):
            get_conversation(stranger, got.conversation_id)
        with pytest.raises(NotFound):
            messages_after(stranger, got.conversation_id)


@pytest.mark.django_db
def test_a_customer_writes_in_the_widget_and_a_resent_message_is_one() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        customer = Customer.objects.create(merchant_id=house.merchant_id, name="王五")
        buyer = Actor.buyer(house.merchant_id, customer.pk, "王五")

        first = write_as_buyer(buyer, "在吗", client_id="c1", now=NOON)
        again = write_as_buyer(buyer, "在吗", client_id="c1", now=NOON)
        [message] = messages_after(buyer, first.conversation_id)

    assert again.message_id == first.message_id
    assert message.client_id == "c1"


def _in_threads(jobs: list) -> list:
    results: list = [None] * len(jobs)

    def run(place: int) -> None:
        try:
            results[place] = jobs[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_ten_threads_at_once_is_one_message() -> None:
    house = build_house()

    got = _in_threads([lambda: receive_messages([inbound(house, "e1")], now=NOON)] * 10)

    assert len({result[0].message_id for result in got}) == 1
    assert sum(result[0].is_new for result in got) == 1
    with acting_for(house.merchant_id):
        assert Conversation.objects.get().last_seq == Message.objects.count() == 1
        assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_in_one_conversation_leave_no_gap() -> None:
    house = build_house()
    jobs = [
        lambda n=n: [
            receive_messages([inbound(house, f"e{n}-{i}-{j}") for j in range(3)], now=NOON)
            for i in range(5)
        ]
        for n in range(20)
    ]

    got = _in_threads(jobs)

    assert not [result for result in got if isinstance(result, Exception)]
    with acting_for(house.merchant_id):
        thread = Conversation.objects.get()
        seqs = sorted(Message.objects.values_list("seq", flat=True))
    assert seqs == list(range(1, 301))
    assert thread.last_seq == 300


@pytest.mark.django_db(transaction=True)
def test_messages_racing_with_closing_are_all_kept_without_gaps() -> None:
    house = build_house()
    receive_messages([inbound(house, "e0")], now=NOON)

    def close() -> None:
        with acting_for(house.merchant_id):
            for thread in Conversation.objects.exclude(state="closed"):
                with contextlib.suppress(Conflict):
                    close_conversation(house.system, thread.pk, now=NOON)

    jobs = [
        (lambda n=n: receive_messages([inbound(house, f"e{n}")], now=NOON)) if n % 3 else close
        for n in range(1, 31)
    ]
    got = _in_threads(jobs)

    assert not [result for result in got if isinstance(result, Exception)]
    with acting_for(house.merchant_id):
        assert Message.objects.count() == 1 + len([n for n in range(1, 31) if n % 3])
        for thread in Conversation.objects.all():
            seqs = Message.objects.filter(conversation_id=thread.pk).values_list("seq", flat=True)
            assert sorted(seqs) == list(range(1, thread.last_seq + 1))
