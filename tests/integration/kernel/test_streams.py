"""The stream is complete up to its horizon: nothing comes to lie before a place once passed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from anxin.kernel.streams import read_stream
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house
from tests.builders_metrics import received, tell

pytestmark = pytest.mark.django_db(transaction=True)


def _horizon() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select kernel_horizon()")
        return int(cursor.fetchone()[0])


def _begin_elsewhere(work: Callable[[], None]) -> tuple[threading.Thread, threading.Event]:
    """Do ``work`` in a transaction of another connection, which ends when the event is set."""
    begun, end = threading.Event(), threading.Event()

    def run() -> None:
        with transaction.atomic():
            work()
            begun.set()
            end.wait(20)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(20)
    return thread, end


def _get_xid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::numeric")
        return int(cursor.fetchone()[0])


def test_a_running_transaction_holds_the_horizon_until_it_ends() -> None:
    ids: list[int] = []
    thread, end = _begin_elsewhere(lambda: ids.append(_get_xid()))
    with transaction.atomic():
        later = _get_xid()

    held = _horizon()
    end.set()
    thread.join(20)

    assert held == ids[0] < later
    assert _horizon() > later


def test_events_committed_before_an_older_transaction_ends_come_in_its_order() -> None:
    house = build_house()
    first, second = received(house, NOON), received(house, NOON)

    def publish_first() -> None:
        from anxin.kernel.outbox import publish

        with acting_for(house.merchant_id):
            publish(first, by=house.system)

    thread, end = _begin_elsewhere(publish_first)
    tell(house, second)
    start: tuple[int, Any] = (0, house.store_id)

    meanwhile = read_stream(start, 10)
    end.set()
    thread.join(20)

    assert meanwhile == []
    assert [event.subject_id for event in read_stream(start, 10)] == [
        str(first.conversation_id),
        str(second.conversation_id),
    ]


def test_a_rolled_back_transaction_lets_go_of_the_horizon() -> None:
    with transaction.atomic():
        mine = _get_xid()
        transaction.set_rollback(True)

    assert _horizon() > mine
