"""A fact commits with its change, or not at all; readers miss nothing."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from procrastinate.contrib.django.models import ProcrastinateJob

from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.events import ConversationClosed
from anxin.kernel import events, outbox, streams
from anxin.kernel.actors import MerchantId
from anxin.kernel.ids import uuid7
from anxin.kernel.jobs import deliver, delivering_inline
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house

HEARD: list[ConversationClosed] = []


@events.listen(ConversationClosed)
def hear(event: ConversationClosed, merchant: MerchantId) -> None:
    HEARD.append(event)


def _closed() -> ConversationClosed:
    return ConversationClosed(occurred_at=NOON, conversation_id=ConversationId(uuid7()))


def _publish(house: House, event: events.Event) -> None:
    with acting_for(house.merchant_id), transaction.atomic():
        outbox.publish(event, by=house.system)


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    house = build_house()

    with acting_for(house.merchant_id), pytest.raises(RuntimeError, match="inside the transaction"):
        outbox.publish(_closed(), by=house.system)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_neither_fact_nor_job() -> None:
    house = build_house()

    with acting_for(house.merchant_id), pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish(_closed(), by=house.system)
        raise ZeroDivisionError

    with acting_for(house.merchant_id):
        assert RecordedEvent.objects.count() == 0
    assert ProcrastinateJob.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_for_each_listener_is_queued_under_the_lock_of_its_subject() -> None:
    house, event = build_house(), _closed()

    _publish(house, event)

    job = ProcrastinateJob.objects.get(args__listener=events.path_of(hear))
    assert job.lock == f"{house.merchant_id}:{event.conversation_id}:{events.path_of(hear)}"


@pytest.mark.django_db(transaction=True)
def test_a_delivered_event_is_the_one_that_was_published() -> None:
    house, event = build_house(), _closed()
    _publish(house, event)
    job = ProcrastinateJob.objects.get(args__listener=events.path_of(hear))
    HEARD.clear()

    deliver(**job.args)

    assert HEARD == [event]


@pytest.mark.django_db(transaction=True)
def test_recorded_facts_cannot_be_changed_or_removed() -> None:
    house = build_house()
    _publish(house, _closed())

    with acting_for(house.merchant_id):
        with pytest.raises(ProgrammingError, match="permission denied"):
            RecordedEvent.objects.update(name="x")
        with pytest.raises(ProgrammingError, match="permission denied"):
            RecordedEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_reader_waits_for_an_older_transaction_instead_of_missing_it() -> None:
    house, early, late = build_house(), _closed(), _closed()
    published, may_commit = threading.Event(), threading.Event()

    def slow_publisher() -> None:
        with acting_for(house.merchant_id), transaction.atomic():
            outbox.publish(early, by=house.system)
            published.set()
            assert may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=slow_publisher)
    thread.start()
    assert published.wait(20)
    _publish(house, late)
    start = (0, streams._START)

    assert streams.read_stream(start, 10) == []
    may_commit.set()
    thread.join()

    subjects = [event.subject_id for event in streams.read_stream(start, 10)]
    assert subjects == [early.subject_id, late.subject_id]


@pytest.mark.django_db(transaction=True)
def test_a_projection_folds_each_event_once_also_when_it_fails_half_way() -> None:
    house, seen = build_house(), []
    name = f"test-{uuid4()}"
    for _ in range(3):
        _publish(house, _closed())

    @streams.projection(name)
    def fold(merchant: MerchantId, batch: object) -> None:
        assert isinstance(batch, list)
        seen.append(len(batch))
        if len(seen) == 1:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        streams.advance(name)

    assert streams.advance(name) == 3
    assert streams.advance(name) == 0
    assert seen == [3, 3]


@pytest.mark.django_db(transaction=True)
def test_inline_delivery_runs_after_the_commit_and_leaves_no_job() -> None:
    house, event = build_house(), _closed()
    HEARD.clear()

    with delivering_inline(), acting_for(house.merchant_id), transaction.atomic():
        outbox.publish(event, by=house.system)
        assert HEARD == []

    assert HEARD == [event]
    assert not ProcrastinateJob.objects.filter(args__listener=events.path_of(hear)).exists()
