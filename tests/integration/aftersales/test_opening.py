"""Opening a request: what the policy says becomes its first state, and refusals leave nothing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from PIL import Image

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import RequestedItem, RequestKind
from anxin.domains.aftersales.queries import gather
from anxin.domains.aftersales.services.opening import (
    MoreThanAvailable,
    MoreThanBought,
    NothingToRefund,
)
from anxin.domains.commerce.public import get_order
from anxin.domains.customers.models import Customer
from anxin.domains.policies.data import ReasonCode, to_json
from anxin.kernel.errors import DomainError, Invalid, NotAllowed, NotFound
from anxin.kernel.files import store_upload
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON
from tests.builders_aftersales import (
    DAY,
    Scene,
    build_order,
    build_request,
    build_scene,
    fetched,
    nothing_changes,
)

pytestmark = pytest.mark.django_db


def test_what_the_policy_allows_is_authorized_at_once(scene: Scene) -> None:
    request = fetched(scene, build_request(scene, 2, 1))

    assert (request.state, request.kind) == ("authorized", RequestKind.RETURN_REFUND)
    assert [line.promised_minor for line in request.lines] == [6_67, 4_99]
    assert request.promised_minor == 11_66
    assert request.due_code == "not_sent_back"
    assert request.number.startswith("AS261111")
    assert {clause.sources for clause in request.decision.clauses} != {()}


def test_goods_not_sent_yet_are_settled_at_once(db: None) -> None:
    scene = build_scene(shipped=False)
    with acting_for(scene.house.merchant_id):
        request = fetched(
            scene, build_request(scene, 1, reason="not_wanted_before_shipment", kind="refund_only")
        )

        assert (request.state, request.owed_minor) == ("settling", 3_33)
        assert [line.owed_minor for line in request.lines] == [3_33]


def test_what_a_person_must_judge_waits_a_day_for_the_merchant(scene: Scene) -> None:
    request = fetched(scene, build_request(scene, 1, reason="quality_defect"))

    assert (request.state, request.due_code) == ("reviewing", "merchant_silent")
    assert request.due_at == NOON + timedelta(hours=24)


def test_a_photo_that_was_asked_for_lets_the_policy_decide(scene: Scene) -> None:
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    photo = store_upload(scene.buyer, "坏了.png", out.getvalue(), now=NOON)

    request_id = aftersales.open_request(
        scene.buyer,
        scene.order.pk,
        [RequestedItem(scene.line_ids[0], 1)],
        "quality_defect",
        "return_refund",
        file_ids=[photo.pk],
        now=NOON,
    )

    assert fetched(scene, request_id).state == "authorized"


def test_what_comes_too_late_is_declined_with_its_clauses_and_can_be_appealed(
    scene: Scene,
) -> None:
    request = fetched(scene, build_request(scene, 1, now=NOON + 30 * DAY))

    assert (request.state, request.declined_because) == ("declined", "withdrawal_period_over")
    assert (request.is_appealable, request.due_at) == (True, None)
    assert any("CN-01" in c.sources or "CN-05" in c.sources for c in request.decision.clauses)


def test_declined_units_can_be_asked_for_again(scene: Scene) -> None:
    build_request(scene, 3, now=NOON + 30 * DAY)

    assert fetched(scene, build_request(scene, 3)).state == "authorized"


def test_the_preview_is_what_opening_then_does(scene: Scene) -> None:
    items = [RequestedItem(line_id, 1) for line_id in scene.line_ids]
    with nothing_changes(scene):
        preview = aftersales.preview_request(
            scene.buyer, scene.order.pk, items, "no_reason", "return_refund", now=NOON
        )

    request = fetched(scene, build_request(scene, 1, 1))

    assert to_json(preview.decision) == to_json(request.decision)
    assert preview.total_minor == request.promised_minor
    assert [line.refund_minor for line in preview.lines] == [3_33, 4_99]
    assert [line.available for line in preview.lines] == [3, 1]


def test_parts_of_a_line_are_worth_the_whole_line_in_whatever_pieces(scene: Scene) -> None:
    worth = [fetched(scene, build_request(scene, 1)).promised_minor for _ in range(3)]

    assert worth == [3_33, 3_34, 3_33]


def test_units_that_were_released_keep_their_own_worth(scene: Scene) -> None:
    first, second = build_request(scene, 1), build_request(scene, 1)
    aftersales.withdraw_request(scene.buyer, first, now=NOON)

    rest = fetched(scene, build_request(scene, 2))

    assert fetched(scene, second).promised_minor + rest.promised_minor == 10_00


def test_more_than_was_bought_is_refused_with_numbers(scene: Scene) -> None:
    with nothing_changes(scene), pytest.raises(MoreThanBought) as refused:
        build_request(scene, 4)

    assert (refused.value.fields["asked"], refused.value.fields["bought"]) == (4, 3)


def test_more_than_is_left_is_refused_with_numbers(scene: Scene) -> None:
    build_request(scene, 2)

    with nothing_changes(scene), pytest.raises(MoreThanAvailable) as refused:
        build_request(scene, 2)

    assert (refused.value.fields["asked"], refused.value.fields["available"]) == (2, 1)


def test_naming_a_line_twice_asks_for_the_sum(scene: Scene) -> None:
    twice = [RequestedItem(scene.line_ids[0], 2)] * 2

    with nothing_changes(scene), pytest.raises(MoreThanBought):
        aftersales.open_request(
            scene.buyer, scene.order.pk, twice, "no_reason", "return_refund", now=NOON
        )


def test_somebody_elses_order_is_not_there(scene: Scene) -> None:
    items = [RequestedItem(scene.line_ids[0], 1)]
    for act in (aftersales.open_request, aftersales.preview_request):
        with nothing_changes(scene), pytest.raises(NotFound):
            act(scene.stranger, scene.order.pk, items, "no_reason", "return_refund", now=NOON)


def test_a_line_of_another_order_is_refused(scene: Scene) -> None:
    other = build_order(scene.house, scene.buyer, order_no="AX2")
    items = [RequestedItem(scene.line_ids[0], 1)]

    with nothing_changes(scene), pytest.raises(Invalid):
        aftersales.open_request(
            scene.buyer, other.pk, items, "no_reason", "return_refund", now=NOON
        )


def test_an_order_that_was_not_paid_has_nothing_to_refund(db: None) -> None:
    scene = build_scene(paid=False, shipped=False)
    with (
        acting_for(scene.house.merchant_id),
        nothing_changes(scene),
        pytest.raises(NothingToRefund),
    ):
        build_request(scene, 1, kind="refund_only")


def test_the_warehouse_opens_no_requests(scene: Scene) -> None:
    with nothing_changes(scene), pytest.raises(NotAllowed):
        aftersales.open_request(
            scene.warehouse, scene.order.pk, [RequestedItem(scene.line_ids[0], 1)],
            "no_reason", "return_refund", now=NOON,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("items", "reason", "kind"),
    [
        ([], "no_reason", "return_refund"),
        ([(0, 0)], "no_reason", "return_refund"),
        ([(0, -1)], "no_reason", "return_refund"),
        ([(0, 1)], "because", "return_refund"),
        ([(0, 1)], "no_reason", "money"),
        ([(9, 1)], "no_reason", "return_refund"),
    ],
)
def test_what_makes_no_sense_is_refused(
    scene: Scene, items: list[tuple[int, int]], reason: str, kind: str
) -> None:
    ids = dict(enumerate(scene.line_ids))
    asked = [RequestedItem(ids.get(place, uuid4()), count) for place, count in items]

    with nothing_changes(scene), pytest.raises(DomainError):
        aftersales.open_request(scene.buyer, scene.order.pk, asked, reason, kind, now=NOON)


def test_a_photo_of_somebody_else_is_not_there(scene: Scene) -> None:
    with nothing_changes(scene), pytest.raises(NotFound):
        aftersales.open_request(
            scene.buyer, scene.order.pk, [RequestedItem(scene.line_ids[0], 1)],
            "quality_defect", "return_refund", file_ids=[uuid4()], now=NOON,
        )  # fmt: skip


def test_outbound_freight_goes_back_once_with_the_last_of_the_order(db: None) -> None:
    scene = build_scene(freight_minor=8_00, shipped=False)
    with acting_for(scene.house.merchant_id):
        first = build_request(scene, 3, reason="not_wanted_before_shipment", kind="refund_only")
        last = build_request(scene, 0, 1, reason="not_wanted_before_shipment", kind="refund_only")

        assert fetched(scene, first).promised_minor == 10_00
        assert fetched(scene, last).promised_minor == 4_99 + 8_00


def test_units_of_an_article_are_asked_line_by_line(scene: Scene) -> None:
    order = get_order(scene.buyer, UUID(str(scene.order.pk)))

    assert aftersales.items_of_sku(order, "LAMP-1", 2) == (RequestedItem(scene.line_ids[0], 2),)
    with pytest.raises(Invalid):
        aftersales.items_of_sku(order, "NO-SUCH", 1)


def test_a_better_tier_is_known_to_the_policy(scene: Scene) -> None:
    Customer.objects.filter(pk=scene.buyer.id).update(tier="gold")
    gathered = gather(
        scene.buyer, get_order(scene.buyer, scene.order.pk),
        [RequestedItem(scene.line_ids[0], 1)], ReasonCode.NO_REASON, RequestKind.RETURN_REFUND,
        photos=0, now=NOON,
    )  # fmt: skip

    assert gathered.facts.tier == "gold"
