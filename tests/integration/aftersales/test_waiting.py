"""What happens when nobody moves: acting twice is acting once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.domains.aftersales import jobs
from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import RequestId
from anxin.domains.aftersales.services.waiting import due_requests
from anxin.domains.commerce.public import get_order
from anxin.kernel.models import AuditEntry, RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON
from tests.builders_aftersales import (
    DAY,
    HOUR,
    Scene,
    bring_back,
    build_request,
    build_scene,
    fetched,
    inspect,
    nothing_changes,
)

pytestmark = pytest.mark.django_db
LONG_AFTER = NOON + 60 * DAY


def _pass(scene: Scene, request_id: RequestId, now: object = LONG_AFTER) -> None:
    aftersales.pass_deadline(scene.house.system, request_id, now=now)  # type: ignore[arg-type]


def test_a_silent_merchant_has_agreed(scene: Scene) -> None:
    request_id = build_request(scene, 1, reason="quality_defect")
    _pass(scene, request_id, NOON + 23 * HOUR)
    assert fetched(scene, request_id).state == "reviewing"

    _pass(scene, request_id, NOON + 24 * HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.decided_by_kind) == ("authorized", "system")
    assert AuditEntry.objects.filter(action="request.authorize_by_silence").count() == 1


def test_silence_does_not_answer_an_appeal(scene: Scene) -> None:
    late = NOON + 30 * DAY
    request_id = build_request(scene, 1, now=late)
    aftersales.appeal_request(scene.buyer, request_id, now=late)

    _pass(scene, request_id, late + 24 * HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.due_at) == ("reviewing", late + 48 * HOUR)
    assert _told() == ["appeal_unanswered"]


def test_goods_that_were_never_sent_back_free_their_units(scene: Scene) -> None:
    request_id = build_request(scene, 3)

    _pass(scene, request_id)

    request = fetched(scene, request_id)
    assert (request.state, request.due_at) == ("expired", None)
    assert aftersales.available_units(scene.buyer, get_order(scene.buyer, scene.order.pk)) == dict(
        zip(scene.line_ids, [3, 1], strict=True)
    )


def _sent(scene: Scene, request_id: RequestId) -> None:
    aftersales.choose_own_parcel(scene.buyer, request_id, "SF9000001", now=NOON)


def _failed_inspection(scene: Scene, request_id: RequestId) -> None:
    bring_back(scene, request_id)
    inspect(scene, request_id, 0)


def _refused_offer(scene: Scene, request_id: RequestId) -> None:
    _failed_inspection(scene, request_id)
    aftersales.agree_offer(scene.buyer, request_id, False, now=NOON + 2 * DAY)


def _inspected(scene: Scene, request_id: RequestId) -> None:
    bring_back(scene, request_id)
    inspect(scene, request_id)


@pytest.mark.parametrize(
    ("arrange", "state", "code", "again"),
    [
        (_sent, "in_transit", "parcel_overdue", 48 * HOUR),
        (bring_back, "received", "inspection_overdue", 24 * HOUR),
        (_failed_inspection, "negotiating", "offer_unanswered", 24 * HOUR),
        (_refused_offer, "negotiating", "new_offer_overdue", 24 * HOUR),
        (_inspected, "settling", "refund_overdue", 24 * HOUR),
    ],
)
def test_who_is_responsible_is_told_again_and_again(
    scene: Scene,
    arrange: Callable[[Scene, RequestId], None],
    state: str,
    code: str,
    again: object,
) -> None:
    request_id = build_request(scene, 1)
    arrange(scene, request_id)

    _pass(scene, request_id)
    with nothing_changes(scene):
        _pass(scene, request_id)

    request = fetched(scene, request_id)
    assert (request.state, request.due_at) == (state, LONG_AFTER + again)  # type: ignore[operator]
    assert _told() == [code]


def _told() -> list[str]:
    rows = RecordedEvent.objects.filter(name="aftersales.RequestDeadlinePassed")
    return [row.payload["code"] for row in rows]


def test_an_ended_request_has_no_deadline(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.withdraw_request(scene.buyer, request_id, now=NOON)

    with nothing_changes(scene):
        _pass(scene, request_id)


def test_the_sweep_finds_what_is_due_of_every_merchant(db: None) -> None:
    scenes = [build_scene("anxin"), build_scene("beta")]
    for scene in scenes:
        with acting_for(scene.house.merchant_id):
            build_request(scene, 1)

    found = {merchant for merchant, _ in due_requests(LONG_AFTER)}
    assert found == {scene.house.merchant_id for scene in scenes}
    assert due_requests(NOON) == []


def test_the_sweep_acts_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = build_request(scene, 1)
    monkeypatch.setattr(jobs, "utcnow", lambda: LONG_AFTER)

    counts = [jobs.act_on_passed_deadlines(), jobs.act_on_passed_deadlines()]

    assert counts == [1, 0]
    assert fetched(scene, request_id).state == "expired"
