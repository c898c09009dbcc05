"""Two at once on real connections: exactly one wins (P10)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Finding
from anxin.domains.aftersales.models import RequestLine
from anxin.kernel.errors import DomainError
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON
from tests.builders_aftersales import DAY, Scene, bring_back, build_request, build_scene, fetched

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed() -> Iterator[Scene]:
    """Return the scene, committed, so that other connections see it."""
    scene = build_scene()
    with acting_for(scene.house.merchant_id):
        yield scene


def _at_once(scene: Scene, *acts: Callable[[], object]) -> list[str]:
    """Run everything at the same moment, each on a connection of its own; return how each ended."""
    gate, ends = threading.Barrier(len(acts)), ["" for _ in acts]

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            with acting_for(scene.house.merchant_id):
                gate.wait(timeout=10)
                act()
                ends[place] = "done"
        except DomainError as refusal:
            ends[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(ends)


def test_the_same_units_from_two_tabs_go_to_one(committed: Scene) -> None:
    ends = _at_once(committed, *[lambda: build_request(committed, 3)] * 4)

    assert ends == ["done", *["more_than_available"] * 3]
    assert RequestLine.objects.filter(is_claimed=True).count() == 1


def test_single_units_at_once_never_overlap(committed: Scene) -> None:
    ends = _at_once(committed, *[lambda: build_request(committed, 1)] * 5)

    assert ends.count("done") == 3
    units = RequestLine.objects.filter(is_claimed=True).values_list("units", flat=True)
    assert sorted(first for runs in units for first, _ in runs) == [0, 1, 2]
    total = sum(row.promised_minor for row in RequestLine.objects.all())
    assert total == 10_00


def test_a_parcel_scanned_twice_at_once_is_received_once(committed: Scene) -> None:
    request_id = build_request(committed, 1)
    aftersales.choose_own_parcel(committed.buyer, request_id, "SF9000001", now=NOON)

    ends = _at_once(
        committed,
        *[lambda: aftersales.receive_parcel(committed.warehouse, "SF9000001", now=NOON)] * 3,
    )

    assert ends == ["already_received", "already_received", "done"]


def test_two_inspections_at_once_are_one(committed: Scene) -> None:
    request_id = build_request(committed, 2)
    bring_back(committed, request_id)
    (line,) = fetched(committed, request_id).lines

    def find(accepted: int) -> Callable[[], object]:
        found = [Finding(line.id, accepted, 0, 2 - accepted)]
        return lambda: aftersales.record_inspection(
            committed.warehouse, request_id, found, now=NOON + DAY
        )

    ends = _at_once(committed, find(2), find(1), find(0))

    assert ends == ["already_inspected", "already_inspected", "done"]


def test_withdrawing_and_receiving_at_once_is_one_of_both(committed: Scene) -> None:
    request_id = build_request(committed, 1)
    aftersales.register_pickup_parcel(committed.house.system, request_id, "SX1000001", now=NOON)

    ends = _at_once(
        committed,
        lambda: aftersales.withdraw_request(committed.buyer, request_id, now=NOON),
        lambda: aftersales.receive_parcel(committed.warehouse, "SX1000001", now=NOON),
    )

    assert ends == ["done", "move_refused"]
    assert fetched(committed, request_id).state in {"withdrawn", "received"}


def test_two_closings_at_once_are_one(committed: Scene) -> None:
    request_id = build_request(committed, 1)
    bring_back(committed, request_id)
    (line,) = fetched(committed, request_id).lines
    aftersales.record_inspection(
        committed.warehouse, request_id, [Finding(line.id, 1)], now=NOON + DAY
    )

    _at_once(
        committed,
        *[lambda: aftersales.settle(committed.house.system, request_id, 3_33, now=NOON + DAY)] * 3,
    )

    closed = fetched(committed, request_id)
    codes = [entry.code for entry in aftersales.timeline_of(closed)]
    assert codes.count("RequestClosed") == 1
