"""Lists take the same few queries however long they are, and show only what may be seen."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Owner
from anxin.kernel.errors import Invalid, NotAllowed
from tests.builders import NOON, build_staff
from tests.builders_aftersales import (
    DAY,
    HOUR,
    Scene,
    bring_back,
    build_request,
    fetched,
    inspect,
)

pytestmark = pytest.mark.django_db


def test_a_long_list_takes_no_more_queries_than_a_short_one(scene: Scene) -> None:
    build_request(scene, 1)
    with CaptureQueriesContext(connection) as short:
        aftersales.list_requests(scene.agent)
    for _ in range(2):
        build_request(scene, 1)

    with CaptureQueriesContext(connection) as long:
        assert len(aftersales.list_requests(scene.agent).items) == 3

    assert len(long) == len(short) == 1


def test_one_request_takes_the_same_queries_whatever_it_holds(scene: Scene) -> None:
    bare, full = build_request(scene, 1), build_request(scene, 1, 1)
    bring_back(scene, full)
    inspect(scene, full)

    with CaptureQueriesContext(connection) as small:
        fetched(scene, bare)
    with CaptureQueriesContext(connection) as large:
        fetched(scene, full)

    assert len(small) == len(large) <= 8


def test_pages_follow_each_other_without_gaps(scene: Scene) -> None:
    ids = [build_request(scene, 1, now=NOON + place * HOUR) for place in range(3)]

    first = aftersales.list_requests(scene.agent, limit=2)
    second = aftersales.list_requests(scene.agent, limit=2, cursor=first.next_cursor)

    assert [row.id for row in first.items + second.items] == ids[::-1]
    assert second.next_cursor == ""


@pytest.mark.parametrize("cursor", ["x", "_", "2026-11-11_x", "1_2"])
def test_a_cursor_of_another_list_is_refused(scene: Scene, cursor: str) -> None:
    with pytest.raises(Invalid):
        aftersales.list_requests(scene.agent, cursor=cursor)


def test_lists_are_narrowed(scene: Scene) -> None:
    travelling = build_request(scene, 1)
    waiting = build_request(scene, 1, reason="quality_defect")
    aftersales.choose_own_parcel(scene.buyer, travelling, "SF1234567", now=NOON)

    def found(**wanted: object) -> list[object]:
        return [row.id for row in aftersales.list_requests(scene.agent, **wanted).items]  # type: ignore[arg-type]

    assert found(states=["reviewing"]) == [waiting]
    assert found(overdue_at=NOON + 2 * DAY) == [waiting]
    assert found(text="sf1234567") == [travelling]
    assert found(text=fetched(scene, waiting).number) == [waiting]
    assert found(text="AX20261101001") == [waiting, travelling]
    assert found(reason="no_reason", kind="return_refund") == [travelling]
    assert found(customer_id=scene.stranger.id) == []
    assert aftersales.count_requests(scene.agent) == {"reviewing": 1, "in_transit": 1}


def test_who_has_no_business_with_requests_sees_none(scene: Scene) -> None:
    nobody = build_staff(scene.house, "nobody")

    with pytest.raises(NotAllowed):
        aftersales.list_requests(nobody)


def test_the_next_step_says_whose_move_it_is(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    steps = [aftersales.next_step(fetched(scene, request_id))]
    aftersales.register_pickup_parcel(scene.house.system, request_id, "SX0000001", now=NOON)
    steps.append(aftersales.next_step(fetched(scene, request_id)))
    aftersales.receive_parcel(scene.warehouse, "SX0000001", now=NOON)
    steps.append(aftersales.next_step(fetched(scene, request_id)))
    inspect(scene, request_id)
    steps.append(aftersales.next_step(fetched(scene, request_id)))
    aftersales.settle(scene.house.system, request_id, 3_33, now=NOON)
    steps.append(aftersales.next_step(fetched(scene, request_id)))

    assert [(step.owner, step.code) for step in steps] == [
        (Owner.BUYER, "send_back"),
        (Owner.CARRIER, "collect"),
        (Owner.WAREHOUSE, "inspect"),
        (Owner.FINANCE, "refund"),
        (None, "closed"),
    ]
    assert all(step.due_at for step in steps[:-1])
