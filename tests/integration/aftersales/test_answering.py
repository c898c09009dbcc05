"""A person answers; overriding the policy needs a reason and has a limit."""

from __future__ import annotations

import pytest

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.models import AfterSalesRequest
from anxin.domains.aftersales.services.answering import (
    AboveApprovalLimit,
    NotAppealable,
    ReasonMissing,
)
from anxin.domains.aftersales.services.opening import MoreThanAvailable
from anxin.kernel.errors import Conflict, NotAllowed, NotFound
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON
from tests.builders_aftersales import (
    DAY,
    HOUR,
    Scene,
    build_request,
    build_scene,
    fetched,
    nothing_changes,
)

pytestmark = pytest.mark.django_db
LATE = NOON + 30 * DAY


def test_an_accepted_request_may_travel(scene: Scene) -> None:
    request_id = build_request(scene, 1, reason="quality_defect")

    aftersales.decide_request(scene.agent, request_id, True, now=NOON + HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.decided_by_id) == ("authorized", scene.agent.id)


def test_an_accepted_refund_without_return_settles(scene: Scene) -> None:
    request_id = build_request(scene, 1, reason="not_received", kind="refund_only")
    assert fetched(scene, request_id).state == "reviewing"

    aftersales.decide_request(scene.agent, request_id, True, now=NOON + HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.owed_minor) == ("settling", 3_33)


def test_declining_tells_the_buyer_why_and_frees_the_units(scene: Scene) -> None:
    request_id = build_request(scene, 3, reason="quality_defect")

    aftersales.decide_request(
        scene.agent, request_id, False, explanation="照片中未见质量问题", now=NOON + HOUR
    )

    request = fetched(scene, request_id)
    assert (request.state, request.answer) == ("declined", "照片中未见质量问题")
    assert not request.is_appealable
    assert fetched(scene, build_request(scene, 3)).state == "authorized"


def test_declining_without_a_word_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 1, reason="quality_defect")

    with nothing_changes(scene), pytest.raises(ReasonMissing):
        aftersales.decide_request(scene.agent, request_id, False, explanation=" ", now=NOON)


def test_an_answer_to_an_outdated_view_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 1, now=LATE)
    seen = fetched(scene, request_id).version
    aftersales.appeal_request(scene.buyer, request_id, now=LATE)

    with nothing_changes(scene), pytest.raises(Conflict):
        aftersales.decide_request(
            scene.lead, request_id, True, "好客户", seen_version=seen, now=LATE
        )


def test_a_decided_request_is_not_decided_again(scene: Scene) -> None:
    request_id = build_request(scene, 1)

    for accept in (True, False):
        with nothing_changes(scene), pytest.raises(MoveRefused):
            aftersales.decide_request(scene.agent, request_id, accept, explanation="不", now=NOON)


def test_who_may_not_decide_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 1, reason="quality_defect")

    for actor in (scene.buyer, scene.warehouse):
        with nothing_changes(scene), pytest.raises(NotAllowed):
            aftersales.decide_request(actor, request_id, True, now=NOON)


def test_an_appeal_makes_a_person_look(scene: Scene) -> None:
    request_id = build_request(scene, 1, now=LATE)

    aftersales.appeal_request(scene.buyer, request_id, note="我在住院", now=LATE + HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.needs_human) == ("reviewing", True)
    assert (request.due_code, request.due_at) == ("appeal_unanswered", LATE + 25 * HOUR)
    assert "我在住院" in request.note


def test_an_appeal_does_not_promise_freight_that_another_request_was_promised(db: None) -> None:
    scene = build_scene(freight_minor=8_00)
    with acting_for(scene.house.merchant_id):
        lamps = build_request(scene, 3, now=LATE)
        # As under a policy that gives outbound freight back with every return of the rest.
        AfterSalesRequest.objects.filter(pk=lamps).update(freight_minor=8_00)
        other = build_request(scene, 3, reason="quality_defect")
        rest = build_request(scene, 0, 1, reason="quality_defect")
        assert fetched(scene, rest).freight_minor == 8_00
        aftersales.withdraw_request(scene.buyer, other, now=NOON)

        aftersales.appeal_request(scene.buyer, lamps, now=LATE)

        appealed = fetched(scene, lamps)
        assert (appealed.freight_minor, appealed.promised_minor) == (0, 10_00)


def test_overriding_the_policy_needs_a_reason(scene: Scene) -> None:
    request_id = build_request(scene, 1, now=LATE)
    aftersales.appeal_request(scene.buyer, request_id, now=LATE)

    with nothing_changes(scene), pytest.raises(ReasonMissing):
        aftersales.decide_request(scene.lead, request_id, True, now=LATE)


def test_overriding_the_policy_stays_within_the_limit(scene: Scene) -> None:
    request_id = build_request(scene, 1, now=LATE)
    aftersales.appeal_request(scene.buyer, request_id, now=LATE)

    with nothing_changes(scene), pytest.raises(AboveApprovalLimit):
        aftersales.decide_request(scene.agent, request_id, True, "好客户", now=LATE)
    aftersales.decide_request(scene.lead, request_id, True, "好客户", now=LATE)

    request = fetched(scene, request_id)
    assert (request.state, request.override_reason) == ("authorized", "好客户")


def test_a_persons_refusal_cannot_be_appealed(scene: Scene) -> None:
    request_id = build_request(scene, 1, now=LATE)
    aftersales.appeal_request(scene.buyer, request_id, now=LATE)
    aftersales.decide_request(scene.lead, request_id, False, explanation="已过期", now=LATE)

    with nothing_changes(scene), pytest.raises(NotAppealable):
        aftersales.appeal_request(scene.buyer, request_id, now=LATE)


def test_an_appeal_for_units_that_went_elsewhere_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 3, now=LATE)
    build_request(scene, 1)

    with nothing_changes(scene), pytest.raises(MoreThanAvailable):
        aftersales.appeal_request(scene.buyer, request_id, now=LATE)


def test_a_request_taken_back_frees_its_units(scene: Scene) -> None:
    request_id = build_request(scene, 3)

    aftersales.withdraw_request(scene.buyer, request_id, now=NOON + HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.due_at, request.ended_at) == ("withdrawn", None, NOON + HOUR)
    assert fetched(scene, build_request(scene, 3)).state == "authorized"


def test_somebody_elses_request_is_not_there(scene: Scene) -> None:
    request_id = build_request(scene, 1)

    with nothing_changes(scene):
        for act in (aftersales.withdraw_request, aftersales.appeal_request):
            with pytest.raises(NotFound):
                act(scene.stranger, request_id, now=NOON)
        with pytest.raises(NotFound):
            aftersales.get_request(scene.stranger, request_id)
        assert aftersales.list_requests(scene.stranger).items == ()
