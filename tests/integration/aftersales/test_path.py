"""The plain path of a return, from asking to closed."""

from __future__ import annotations

import pytest

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Disposed, Disposition
from tests.builders import NOON
from tests.builders_aftersales import DAY, HOUR, Scene, bring_back, build_request, fetched, inspect

pytestmark = pytest.mark.django_db


def test_a_return_walks_from_asking_to_closed(scene: Scene) -> None:
    request_id = build_request(scene, 2, 1)
    assert fetched(scene, request_id).state == "authorized"
    assert fetched(scene, request_id).promised_minor == 6_67 + 4_99
    bring_back(scene, request_id)
    inspect(scene, request_id)
    settling = fetched(scene, request_id)
    assert (settling.state, settling.owed_minor) == ("settling", 11_66)
    aftersales.record_disinfection(
        scene.warehouse, request_id, method="spray", agent="75% 酒精", dwell_minutes=30,
        now=NOON + DAY + HOUR,
    )  # fmt: skip
    aftersales.record_disposition(
        scene.warehouse,
        request_id,
        [Disposed(line.id, Disposition.RESTOCK, line.quantity) for line in settling.lines],
        now=NOON + DAY + HOUR,
    )
    aftersales.settle(scene.house.system, request_id, 11_66, now=NOON + 2 * DAY)

    closed = fetched(scene, request_id)
    assert (closed.state, closed.refunded_minor, closed.due_at) == ("closed", 11_66, None)
    assert [entry.code for entry in aftersales.timeline_of(closed)] == [
        "RequestAuthorized",
        "ParcelDispatched",
        "ParcelReceived",
        "InspectionRecorded",
        "GoodsDisinfected",
        "GoodsDisposed",
        "GoodsDisposed",
        "RequestClosed",
    ]
