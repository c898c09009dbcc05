"""A conversation finds its order, and never somebody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.domains.conversations.public import get_conversation, link_order
from anxin.domains.conversations.services.recognising import recognise_orders
from anxin.domains.customers.models import Customer
from anxin.kernel.events import listeners_of
from anxin.kernel.models import RecordedEvent
from anxin.kernel.streams import advance
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house
from tests.integration.conversations.cast import heard, ordered

pytestmark = pytest.mark.django_db


def _recognise(house, *received):
    recognise_orders(
        house.system,
        [one.message_id for one in received],
        [one.conversation_id for one in received],
        now=NOON,
    )
    return get_conversation(house.system, received[0].conversation_id)


def test_a_number_in_the_text_links_the_customers_own_order() -> None:
    house = build_house()
    got = heard(house, "订单202611110001怎么还没到")
    with acting_for(house.merchant_id):
        order = ordered(house, "202611110001", got.customer_id)
        ordered(house, "202611110002", got.customer_id)

        thread = _recognise(house, got)

        event = RecordedEvent.objects.get(name="conversations.OrderLinked")
    assert (thread.order_id, thread.order_link) == (order.pk, "number")
    assert (event.payload["order_id"], event.payload["how"]) == (str(order.pk), "number")


def test_somebody_elses_number_is_suggested_and_never_linked() -> None:
    house = build_house()
    got = heard(house, "查一下 #W5744371")
    with acting_for(house.merchant_id):
        other = Customer.objects.create(merchant_id=house.merchant_id, name="李四")
        ordered(house, "#W5744371", other.pk)

        thread = _recognise(house, got)

        assert not RecordedEvent.objects.filter(name="conversations.OrderLinked").exists()
    assert (thread.order_id, thread.suggested_order_no) == (None, "#W5744371")


def test_another_merchants_order_of_that_number_stays_unseen() -> None:
    house, other = build_house(), build_house("别家", "other")
    got = heard(house, "订单202611110001")
    with acting_for(other.merchant_id):
        ordered(other, "202611110001", None)

    with acting_for(house.merchant_id):
        thread = _recognise(house, got)

    assert (thread.order_id, thread.suggested_order_no) == (None, "")


def test_the_single_recent_order_is_taken_and_a_number_corrects_it() -> None:
    house = build_house()
    got = heard(house, "什么时候发货")
    with acting_for(house.merchant_id):
        recent = ordered(house, "202611110001", got.customer_id)
        old = ordered(house, "202601010001", got.customer_id, placed_at=NOON - timedelta(days=300))
        guessed = _recognise(house, got)
        later = heard(house, "我说的是202601010001", now=NOON + timedelta(minutes=1))
        corrected = _recognise(house, later)

    assert (guessed.order_id, guessed.order_link) == (recent.pk, "customer")
    assert (corrected.order_id, corrected.order_link) == (old.pk, "number")


def test_what_was_linked_by_hand_stays() -> None:
    house = build_house()
    got = heard(house, "订单202611110001")
    with acting_for(house.merchant_id):
        ordered(house, "202611110001", got.customer_id)
        chosen = ordered(house, "202611110002", got.customer_id)
        link_order(house.system, got.conversation_id, chosen.pk, now=NOON)

        thread = _recognise(house, got)

    assert (thread.order_id, thread.order_link) == (chosen.pk, "by_hand")


@pytest.mark.django_db(transaction=True)
def test_the_projection_links_what_came_in_by_the_stream() -> None:
    house = build_house()
    got = heard(house, "订单202611110001怎么还没到")
    with acting_for(house.merchant_id):
        order = ordered(house, "202611110001", got.customer_id)

    while advance("conversations.orders"):
        pass

    with acting_for(house.merchant_id):
        assert get_conversation(house.system, got.conversation_id).order_id == order.pk


def test_nobody_listens_to_what_is_written_by_the_thousand() -> None:
    assert listeners_of("conversations.MessageReceived") == []
