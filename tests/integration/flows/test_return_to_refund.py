"""From goods that came back to money that went back, listeners run once and twice."""

from __future__ import annotations

from uuid import UUID

import pytest

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import RequestedItem
from anxin.domains.conversations.public import messages_after, start_conversation
from anxin.domains.customers.public import ensure_customer
from anxin.domains.deliveries.public import take_carrier_events
from anxin.domains.finance.data import Source, SourceKind
from anxin.domains.finance.events import RefundReversed
from anxin.domains.finance.models import RefundPart
from anxin.domains.finance.public import (
    approve_refund,
    get_refund,
    get_refund_of,
    look_after,
    recheck_part,
)
from anxin.domains.finance.services.deciding import OwnRequest
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import Merchant
from anxin.flows import return_shipping, return_to_refund
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.plugs import plugged
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_staff
from tests.builders_aftersales import (
    DAY,
    HOUR,
    Scene,
    bring_back,
    build_request,
    build_scene,
    fetched,
    inspect,
)
from tests.listeners import deliver_all

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("times", [1, 2])
def test_accepted_goods_are_paid_once_and_close_the_request(scene: Scene, times: int) -> None:
    request_id = build_request(scene, 2, 1)
    bring_back(scene, request_id)
    inspect(scene, request_id)

    deliver_all(scene.house.merchant_id, times=times)

    closed = fetched(scene, request_id)
    assert (closed.state, closed.refunded_minor) == ("closed", 11_66)
    refund = get_refund_of(scene.house.system, Source(SourceKind.REQUEST, request_id))
    assert refund is not None
    assert (refund.amount_minor, str(refund.state)) == (11_66, "succeeded")


def test_money_before_shipment_goes_back_without_a_parcel(db: None) -> None:
    scene = build_scene(shipped=False, freight_minor=8_00)
    with acting_for(scene.house.merchant_id):
        request_id = build_request(
            scene, 3, 1, reason="not_wanted_before_shipment", kind="refund_only"
        )
        assert fetched(scene, request_id).state == "settling"

        deliver_all(scene.house.merchant_id)

        closed = fetched(scene, request_id)
        assert (closed.state, closed.refunded_minor) == ("closed", 10_00 + 4_99 + 8_00)


def test_an_agreed_offer_of_nothing_closes_without_a_refund(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    bring_back(scene, request_id)
    inspect(scene, request_id, 0)
    aftersales.agree_offer(scene.buyer, request_id, True, now=NOON + 2 * DAY)

    deliver_all(scene.house.merchant_id)

    assert fetched(scene, request_id).state == "closed"
    assert get_refund_of(scene.house.system, Source(SourceKind.REQUEST, request_id)) is None


def test_a_courier_brings_the_goods_back(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    slot = return_shipping.slots_for(scene.buyer, request_id, now=utcnow())[0]
    return_shipping.order_pickup(scene.buyer, request_id, slot, now=utcnow())
    deliver_all(scene.house.merchant_id)
    pickup = return_shipping.pickup_of(scene.buyer, request_id)
    assert pickup is not None
    assert pickup.state == "booked"
    assert fetched(scene, request_id).parcels[0].state == "booked"

    carrier = plugged("carrier")
    for _ in range(3):
        carrier.advance(pickup.tracking_no)
    take_carrier_events(scene.house.system, carrier.track(pickup.tracking_no), now=utcnow())
    deliver_all(scene.house.merchant_id, times=2)

    request = fetched(scene, request_id)
    assert (request.state, request.parcels[0].state) == ("in_transit", "arrived")


def test_taking_a_request_back_calls_the_courier_off(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    slot = return_shipping.slots_for(scene.buyer, request_id, now=utcnow())[0]
    return_shipping.order_pickup(scene.buyer, request_id, slot, now=utcnow())
    deliver_all(scene.house.merchant_id)
    aftersales.withdraw_request(scene.buyer, request_id, now=NOON + HOUR)

    deliver_all(scene.house.merchant_id, times=2)

    pickup = return_shipping.pickup_of(scene.buyer, request_id)
    assert pickup is not None
    assert pickup.state == "cancelled"
    assert plugged("carrier").parcels()[0].state == "cancelled"


def test_the_open_conversation_tells_what_happened_once(scene: Scene) -> None:
    conversation_id = start_conversation(
        scene.house.system, UUID(scene.buyer.id), channel="portal", now=NOON
    )
    build_request(scene, 1)

    deliver_all(scene.house.merchant_id, times=2)

    messages = messages_after(scene.buyer, conversation_id)
    assert [m.direction for m in messages] == ["event"]
    assert "RequestAuthorized" in messages[0].text


def test_the_conversation_an_agent_made_the_request_from_hears_of_it(scene: Scene) -> None:
    system = scene.house.system
    visitor = ensure_customer(system, "chat", "visitor-1", "访客", now=NOON)
    conversation_id = start_conversation(system, visitor, channel="chat", now=NOON)
    items = [RequestedItem(scene.line_ids[0], 1)]
    aftersales.open_request(
        system, scene.order.pk, items, "no_reason", "return_refund",
        conversation_id=conversation_id, now=NOON,
    )  # fmt: skip

    deliver_all(scene.house.merchant_id)

    assert "RequestAuthorized" in messages_after(system, conversation_id)[-1].text


def test_after_a_courier_failed_the_buyer_orders_another(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    slots = return_shipping.slots_for(scene.buyer, request_id, now=utcnow())
    return_shipping.order_pickup(scene.buyer, request_id, slots[0], now=utcnow())
    deliver_all(scene.house.merchant_id)
    first = return_shipping.pickup_of(scene.buyer, request_id)
    assert first is not None
    plugged("carrier").fail(first.tracking_no, "无人在家")
    news = plugged("carrier").track(first.tracking_no)
    take_carrier_events(scene.house.system, news, now=utcnow())
    deliver_all(scene.house.merchant_id, times=2)

    return_shipping.order_pickup(scene.buyer, request_id, slots[1], now=utcnow())
    deliver_all(scene.house.merchant_id)

    request = fetched(scene, request_id)
    assert (request.state, [p.state for p in request.parcels]) == (
        "authorized",
        ["failed", "booked"],
    )


def test_only_the_buyer_or_staff_order_a_courier(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    slot = return_shipping.slots_for(scene.buyer, request_id, now=utcnow())[0]

    with pytest.raises(NotFound):
        return_shipping.order_pickup(scene.stranger, request_id, slot, now=utcnow())
    with pytest.raises(NotAllowed):
        return_shipping.order_pickup(scene.warehouse, request_id, slot, now=utcnow())
    aftersales.withdraw_request(scene.buyer, request_id, now=NOON)
    with pytest.raises(MoveRefused):
        return_shipping.order_pickup(scene.buyer, request_id, slot, now=utcnow())

    assert return_shipping.pickup_of(scene.buyer, request_id) is None


@pytest.mark.parametrize("times", [1, 2])
def test_a_bounced_refund_opens_its_request_again(scene: Scene, times: int) -> None:
    request_id = build_request(scene, 2, 1)
    bring_back(scene, request_id)
    inspect(scene, request_id)
    deliver_all(scene.house.merchant_id)
    refund = get_refund_of(scene.house.system, Source(SourceKind.REQUEST, request_id))
    assert refund is not None
    bounced = RefundReversed(
        refund_id=refund.id, source_kind=SourceKind.REQUEST, source_id=request_id,
        order_id=refund.order_id, amount_minor=refund.amount_minor, currency=refund.currency,
        occurred_at=NOON + 3 * DAY,
    )  # fmt: skip

    for _ in range(times):
        return_to_refund.reopen_request_whose_money_bounced(bounced, scene.house.merchant_id)

    again = fetched(scene, request_id)
    assert (again.state, again.refunded_minor, again.ended_at) == ("settling", 0, None)
    assert again.due_at is not None


def test_a_bounce_heard_before_the_success_leaves_the_request_open(scene: Scene) -> None:
    request_id = build_request(scene, 2, 1)
    bring_back(scene, request_id)
    inspect(scene, request_id)
    late = ("close_refunded_request",)
    deliver_all(scene.house.merchant_id, besides=late)
    part = RefundPart.objects.get()
    provider = plugged("refund_provider")
    provider.bounce(part.part_no)
    recheck_part(scene.house.system, part.part_no, now=utcnow())
    look_after(part.pk, provider, now=utcnow())
    deliver_all(scene.house.merchant_id, besides=late)

    deliver_all(scene.house.merchant_id, besides=("reopen_request_whose_money_bounced",))

    refund = get_refund_of(scene.house.system, Source(SourceKind.REQUEST, request_id))
    assert refund is not None
    assert str(refund.state) == "failed"
    assert (fetched(scene, request_id).state, fetched(scene, request_id).refunded_minor) == (
        "settling",
        0,
    )


def test_who_granted_a_request_does_not_approve_its_refund(db: None) -> None:
    scene = build_scene(slug="dear", lines=(("SOFA-1", 1, 900_00),))
    Merchant.objects.filter(pk=scene.house.merchant_id).update(refund_approval_above_minor=500_00)
    with acting_for(scene.house.merchant_id):
        request_id = build_request(scene, 1, reason="not_received", kind="refund_only")
        aftersales.decide_request(scene.lead, request_id, True, now=NOON + HOUR)
        deliver_all(scene.house.merchant_id)
        refund = get_refund_of(scene.house.system, Source(SourceKind.REQUEST, request_id))
        assert refund is not None
        assert refund.state == "held"

        with pytest.raises(OwnRequest):
            approve_refund(scene.lead, refund.id, now=NOON + 2 * HOUR)

        other = build_staff(scene.house, "dear-other", Duty.FINANCE, limit_minor=100_000)
        approve_refund(other, refund.id, now=NOON + 2 * HOUR)
        assert get_refund(other, refund.id).state == "requested"
