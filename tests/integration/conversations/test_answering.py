"""Replies see what they answer, are sent once, and tell how long the customer waited."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from anxin.domains.conversations.data import ConversationState, Direction, InboxView
from anxin.domains.conversations.models import Message
from anxin.domains.conversations.public import (
    AnotherIsOpen,
    FileUnknown,
    OutdatedView,
    TakenByOther,
    assign_conversation,
    close_conversation,
    get_conversation,
    link_order,
    list_inbox,
    mark_seen,
    messages_after,
    post_event_message,
    release_conversation,
    reopen_conversation,
    send_reply,
    take_conversation,
    write_as_buyer,
    write_note,
)
from anxin.domains.merchants.data import Duty
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Invalid, NotAllowed, NotFound
from anxin.kernel.files import store_upload
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.integration.conversations.cast import heard, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build_house()


@pytest.fixture
def agent(house: House) -> Actor:
    return build_staff(house, "lin", Duty.AGENT)


def test_a_reply_answers_takes_and_tells_the_wait(house: House, agent: Actor) -> None:
    got = heard(house)

    with acting_for(house.merchant_id):
        sent = send_reply(
            agent, got.conversation_id, "您好", client_id="r1", seen_seq=1,
            now=NOON + timedelta(seconds=95),
        )  # fmt: skip

        thread = get_conversation(agent, got.conversation_id)
        event = RecordedEvent.objects.get(name="conversations.ReplySent")
    assert (sent.seq, sent.client_id, sent.author_name) == (2, "r1", "Lin")
    assert thread.state is ConversationState.WAITING_CUSTOMER
    assert str(thread.assignee_id) == agent.id
    assert thread.waiting_since is None
    assert (event.payload["waited_seconds"], event.payload["is_first"]) == (95, True)


def test_the_same_reply_twice_is_one_message(house: House, agent: Actor) -> None:
    got = heard(house)

    with acting_for(house.merchant_id):
        one, two = (
            send_reply(agent, got.conversation_id, "好", client_id="r1", seen_seq=1, now=NOON)
            for _ in range(2)
        )

        assert one == two
        assert Message.objects.count() == 2


def test_a_reply_on_an_outdated_view_is_refused_with_what_was_missed(
    house: House, agent: Actor
) -> None:
    got = heard(house)
    heard(house, "还在吗", now=NOON + timedelta(minutes=1))

    with acting_for(house.merchant_id):
        with pytest.raises(OutdatedView) as refused:
            send_reply(agent, got.conversation_id, "好", client_id="r1", seen_seq=1, now=NOON)

        assert [message.text for message in refused.value.unseen] == ["还在吗"]
        assert Message.objects.filter(direction=Direction.OUT).count() == 0
        assert get_conversation(agent, got.conversation_id).assignee_id is None


def test_a_colleagues_note_makes_a_view_outdated_but_an_event_does_not(
    house: House, agent: Actor
) -> None:
    got = heard(house)
    other = build_staff(house, "wang", Duty.AGENT)

    with acting_for(house.merchant_id):
        post_event_message(
            house.system, got.conversation_id, "request_opened", key="e1", now=NOON, number="AS1"
        )
        sent = send_reply(agent, got.conversation_id, "好", client_id="r1", seen_seq=1, now=NOON)
        write_note(other, got.conversation_id, "VIP", client_id="n1", now=NOON)
        with pytest.raises(OutdatedView):
            send_reply(
                agent, got.conversation_id, "二", client_id="r2", seen_seq=sent.seq, now=NOON
            )


def test_customers_get_no_notes_and_events_as_codes(house: House, agent: Actor) -> None:
    got = heard(house)
    buyer = Actor.buyer(house.merchant_id, got.customer_id)

    with acting_for(house.merchant_id):
        write_note(agent, got.conversation_id, "内部", client_id="n1", now=NOON)
        for _ in range(2):
            post_event_message(
                house.system, got.conversation_id, "refunded", key="e1", now=NOON, minor=100
            )
        seen = messages_after(buyer, got.conversation_id, 1)

    assert [message.event for message in seen] == [{"code": "refunded", "minor": 100}]
    assert seen[0].seq == 3


def test_a_buyer_cannot_reply_as_staff(house: House) -> None:
    got = heard(house)
    buyer = Actor.buyer(house.merchant_id, got.customer_id)

    with acting_for(house.merchant_id), pytest.raises(NotAllowed):
        send_reply(buyer, got.conversation_id, "退", client_id="x", seen_seq=1, now=NOON)


def test_a_buyer_cannot_close_or_assign_or_post_events(house: House) -> None:
    got = heard(house)
    buyer = Actor.buyer(house.merchant_id, got.customer_id)

    with acting_for(house.merchant_id):
        with pytest.raises(NotAllowed):
            close_conversation(buyer, got.conversation_id, now=NOON)
        with pytest.raises(NotAllowed):
            assign_conversation(buyer, got.conversation_id, None, held_by=None, now=NOON)
        with pytest.raises(NotAllowed):
            post_event_message(buyer, got.conversation_id, "refunded", key="k", now=NOON)


def test_taking_what_a_colleague_took_is_refused(house: House, agent: Actor) -> None:
    got = heard(house)
    other = build_staff(house, "wang", Duty.AGENT)

    with acting_for(house.merchant_id):
        take_conversation(agent, got.conversation_id, now=NOON)
        take_conversation(agent, got.conversation_id, now=NOON)
        with pytest.raises(TakenByOther):
            take_conversation(other, got.conversation_id, now=NOON)
        release_conversation(agent, got.conversation_id, now=NOON)
        take_conversation(other, got.conversation_id, now=NOON)

        assert str(get_conversation(agent, got.conversation_id).assignee_id) == other.id


def test_a_closed_conversation_takes_no_reply_until_reopened(house: House, agent: Actor) -> None:
    got = heard(house)

    with acting_for(house.merchant_id):
        close_conversation(agent, got.conversation_id, now=NOON)
        with pytest.raises(MoveRefused):
            send_reply(agent, got.conversation_id, "好", client_id="r", seen_seq=1, now=NOON)
        reopen_conversation(agent, got.conversation_id, now=NOON)
        send_reply(agent, got.conversation_id, "好", client_id="r", seen_seq=1, now=NOON)


def test_reopening_beside_a_newer_open_one_is_refused(house: House, agent: Actor) -> None:
    old = heard(house)
    with acting_for(house.merchant_id):
        close_conversation(agent, old.conversation_id, now=NOON)
    heard(house, "又来了", now=NOON + timedelta(days=1))

    with acting_for(house.merchant_id):
        with pytest.raises(AnotherIsOpen):
            reopen_conversation(agent, old.conversation_id, now=NOON)

        assert get_conversation(agent, old.conversation_id).state is ConversationState.CLOSED


def test_seen_only_grows_and_not_beyond_the_last(house: House, agent: Actor) -> None:
    got = heard(house)

    with acting_for(house.merchant_id):
        mark_seen(agent, got.conversation_id, 99)
        mark_seen(agent, got.conversation_id, 0)

        assert get_conversation(agent, got.conversation_id).seen_seq == 1


def test_linking_an_unknown_order_by_hand_is_refused(house: House, agent: Actor) -> None:
    got = heard(house)
    with acting_for(house.merchant_id):
        order = ordered(house, "T1", got.customer_id)
        link_order(agent, got.conversation_id, order.pk, now=NOON)

        with pytest.raises(NotFound):
            link_order(agent, got.conversation_id, got.customer_id, now=NOON)

        assert get_conversation(agent, got.conversation_id).order_id == order.pk


def test_the_inbox_pages_by_key_in_one_statement(
    house: House, agent: Actor, django_assert_num_queries
) -> None:
    for n in range(7):
        heard(house, sender=f"u{n}", now=NOON + timedelta(minutes=n // 2))

    with acting_for(house.merchant_id):
        with django_assert_num_queries(1):
            page = list_inbox(agent, InboxView.OPEN, limit=3)
        pages = [page]
        while pages[-1].next_cursor:
            pages.append(list_inbox(agent, InboxView.OPEN, cursor=pages[-1].next_cursor, limit=3))
        waiting = list_inbox(agent, InboxView.WAITING, limit=50)

    ids = [row.id for page in pages for row in page.items]
    assert [len(page.items) for page in pages] == [3, 3, 1]
    assert len(set(ids)) == 7
    assert [row.id for row in waiting.items] == ids[::-1]


def test_views_of_the_inbox_hold_what_they_say(house: House, agent: Actor) -> None:
    mine, free, closed = (heard(house, sender=f"u{n}").conversation_id for n in range(3))

    with acting_for(house.merchant_id):
        take_conversation(agent, mine, now=NOON)
        close_conversation(agent, closed, now=NOON)

        held = {view: {row.id for row in list_inbox(agent, view).items} for view in InboxView}
    assert held == {
        InboxView.MINE: {mine}, InboxView.UNASSIGNED: {free}, InboxView.OPEN: {mine, free},
        InboxView.WAITING: {mine, free}, InboxView.CLOSED: {closed}}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("", "message_empty"), ("  \n", "message_empty"), ("x" * 10_001, "message_too_long"),
     ("a\0b", "message_unreadable")],
)  # fmt: skip
def test_texts_that_are_none_are_refused(
    house: House, agent: Actor, text: str, refusal: str
) -> None:
    got = heard(house)

    with acting_for(house.merchant_id):
        with pytest.raises(Invalid) as refused:
            send_reply(agent, got.conversation_id, text, client_id="r", seen_seq=1, now=NOON)

        assert refused.value.code == refusal
        assert get_conversation(agent, got.conversation_id).last_seq == 1


def test_a_file_of_somebody_else_cannot_be_attached(house: House) -> None:
    got = heard(house)
    buyer = Actor.buyer(house.merchant_id, got.customer_id, "张三")
    stranger = Actor.buyer(house.merchant_id, uuid4(), "李四")
    with acting_for(house.merchant_id):
        theirs = store_upload(stranger, "a.pdf", b"%PDF-1.4 x", now=NOON)
        mine = store_upload(buyer, "b.pdf", b"%PDF-1.4 y", now=NOON)

        with pytest.raises(FileUnknown):
            write_as_buyer(buyer, "看", client_id="c", file_ids=[theirs.pk], now=NOON)
        sent = write_as_buyer(buyer, "", client_id="c", file_ids=[mine.pk], now=NOON)
        [message] = messages_after(buyer, sent.conversation_id)

    assert [(file.name, file.media_type) for file in message.attachments] == [
        ("b.pdf", "application/pdf")
    ]
