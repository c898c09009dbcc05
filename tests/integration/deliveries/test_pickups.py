"""Pickups: ordered once, booked outside transactions, followed in whatever order news come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from anxin.adapters.sandbox.carrier import SandboxCarrier
from anxin.domains.deliveries import public as deliveries
from anxin.domains.deliveries.data import PickupData, PickupId, Place, Slot
from anxin.domains.deliveries.ports import CarrierDown, CarrierEvent, CarrierMood
from anxin.domains.deliveries.queries import due_pickups
from anxin.domains.deliveries.services import (
    PickupOrderedAlready,
    SlotRefused,
    UnknownParcelNews,
    book_pickup,
    look_after,
)
from anxin.kernel.errors import Invalid, NotAllowed
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.models import RecordedEvent
from tests.builders import NOON
from tests.builders_aftersales import DAY, HOUR, Scene

pytestmark = pytest.mark.django_db
HOME = Place("林小满", "+8613800001111", "浙江省杭州市西湖区文一路 9 号")
STORE = Place("仓库收件组", "057188880000", "浙江省杭州市余杭区仓前路 1 号")
SLOT = Slot(NOON + 2 * HOUR, NOON + 4 * HOUR)


@pytest.fixture
def carrier() -> SandboxCarrier:
    return SandboxCarrier(clock=lambda: NOON, sleep=lambda _: None)


def _order(scene: Scene, source: UUID | None = None, slot: Slot = SLOT) -> PickupId:
    return deliveries.request_pickup(
        scene.house.system, "request", source or uuid4(), slot, HOME, STORE, now=NOON
    )


def _booked(scene: Scene, carrier: SandboxCarrier) -> PickupId:
    pickup_id = _order(scene)
    book_pickup(scene.house.system, pickup_id, carrier, now=NOON)
    return pickup_id


def _seen(scene: Scene, pickup_id: PickupId) -> PickupData:
    return deliveries.get_pickup(scene.house.system, pickup_id)


def _facts() -> list[str]:
    rows = RecordedEvent.objects.filter(name__startswith="deliveries.").order_by("pk")
    return [row.name.split(".")[1] for row in rows]


def _news(tracking_no: str, *codes: str) -> Sequence[CarrierEvent]:
    return [
        CarrierEvent(f"{tracking_no}:{code}", tracking_no, NOON + place * HOUR, code, "", "")
        for place, code in enumerate(codes)
    ]


def test_the_same_wish_twice_is_one_pickup(scene: Scene) -> None:
    source = uuid4()

    assert _order(scene, source) == _order(scene, source)
    assert _facts() == ["PickupRequested"]
    with pytest.raises(PickupOrderedAlready):
        _order(scene, source, Slot(NOON + DAY, NOON + DAY + HOUR))


@pytest.mark.parametrize("slot", [Slot(NOON - HOUR, NOON + HOUR), Slot(SLOT.end, SLOT.start)])
def test_a_time_that_is_over_is_refused(scene: Scene, slot: Slot) -> None:
    with pytest.raises(SlotRefused):
        _order(scene, slot=slot)
    assert _facts() == []


def test_a_place_nobody_can_find_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        deliveries.request_pickup(
            scene.house.system, "request", uuid4(), SLOT, Place("", "", ""), STORE, now=NOON
        )


def test_buyers_and_agents_do_not_order_couriers_past_the_flow(scene: Scene) -> None:
    for actor in (scene.buyer, scene.agent):
        with pytest.raises(NotAllowed):
            deliveries.request_pickup(actor, "request", uuid4(), SLOT, HOME, STORE, now=NOON)


def test_booking_twice_books_once(scene: Scene, carrier: SandboxCarrier) -> None:
    pickup_id = _booked(scene, carrier)
    book_pickup(scene.house.system, pickup_id, carrier, now=NOON)

    assert _seen(scene, pickup_id).state == "booked"
    assert _facts() == ["PickupRequested", "PickupBooked"]
    assert [parcel.times_asked for parcel in carrier.parcels()] == [1]


def test_a_carrier_that_is_down_is_asked_again(scene: Scene, carrier: SandboxCarrier) -> None:
    pickup_id = _order(scene)
    carrier.set_mood(CarrierMood(is_down=True))
    with pytest.raises(CarrierDown):
        book_pickup(scene.house.system, pickup_id, carrier, now=NOON)
    assert _seen(scene, pickup_id).state == "requested"

    carrier.set_mood(CarrierMood())
    later = NOON + timedelta(minutes=20)
    assert [pk for _, pk in due_pickups(later)] == [pickup_id]
    look_after(scene.house.system, pickup_id, carrier, now=later)

    assert _seen(scene, pickup_id).state == "booked"


def test_an_answer_lost_on_the_way_books_once(scene: Scene, carrier: SandboxCarrier) -> None:
    pickup_id = _order(scene)
    carrier.set_mood(CarrierMood(slow_seconds=11))
    with pytest.raises(CarrierDown):
        book_pickup(scene.house.system, pickup_id, carrier, now=NOON)
    carrier.set_mood(CarrierMood())

    book_pickup(scene.house.system, pickup_id, carrier, now=NOON)

    (parcel,) = carrier.parcels()
    assert parcel.tracking_no == _seen(scene, pickup_id).tracking_no


def test_a_refusal_ends_the_pickup_and_another_can_be_ordered(
    scene: Scene, carrier: SandboxCarrier
) -> None:
    source = uuid4()
    pickup_id = _order(scene, source)
    carrier.set_mood(CarrierMood(refuses=True))

    book_pickup(scene.house.system, pickup_id, carrier, now=NOON)

    assert _seen(scene, pickup_id).state == "failed"
    assert _facts() == ["PickupRequested", "PickupFailed"]
    assert _order(scene, source) != pickup_id


def test_a_carrier_down_until_the_slot_is_over_has_failed(
    scene: Scene, carrier: SandboxCarrier
) -> None:
    pickup_id = _order(scene)

    book_pickup(scene.house.system, pickup_id, carrier, now=SLOT.start)

    assert _seen(scene, pickup_id).last_error == "too_late"


@pytest.mark.parametrize("order", list(permutations(["collected", "in_transit", "delivered"])))
def test_the_same_news_in_any_order_end_at_the_same_place(
    scene: Scene, carrier: SandboxCarrier, order: tuple[str, ...]
) -> None:
    pickup_id = _booked(scene, carrier)
    news = _news(_seen(scene, pickup_id).tracking_no, *order)

    counts = [deliveries.take_carrier_events(scene.house.system, news, now=NOON) for _ in range(2)]

    pickup = _seen(scene, pickup_id)
    assert counts == [3, 0]
    assert (pickup.state, len(pickup.events)) == ("delivered", 3)
    assert _facts().count("ParcelDelivered") == 1
    assert _facts().count("ParcelCollected") == int(order[0] != "delivered")


def test_a_courier_who_failed_frees_the_source(scene: Scene, carrier: SandboxCarrier) -> None:
    pickup_id = _booked(scene, carrier)
    tracking_no = _seen(scene, pickup_id).tracking_no

    deliveries.take_carrier_events(scene.house.system, _news(tracking_no, "failed"), now=NOON)
    again = _order(scene, _seen(scene, pickup_id).source_id)
    deliveries.take_carrier_events(
        scene.house.system, _news(tracking_no, "failed", "collected"), now=NOON
    )

    assert _seen(scene, pickup_id).state == "failed"
    assert _seen(scene, again).state == "requested"


def test_news_of_a_parcel_we_do_not_know_are_refused(scene: Scene) -> None:
    with pytest.raises(UnknownParcelNews):
        deliveries.take_carrier_events(scene.house.system, _news("SX404", "collected"), now=NOON)
    with pytest.raises(UnknownParcelNews):
        deliveries.take_carrier_events(scene.house.system, _news("", "collected"), now=NOON)


def test_lost_news_are_found_by_asking(scene: Scene, carrier: SandboxCarrier) -> None:
    carrier.set_mood(CarrierMood(loses_events=True))
    pickup_id = _booked(scene, carrier)
    carrier.advance(_seen(scene, pickup_id).tracking_no)

    look_after(scene.house.system, pickup_id, carrier, now=NOON + HOUR)

    assert _seen(scene, pickup_id).state == "collected"


def test_calling_off_is_for_pickups_that_were_not_collected(
    scene: Scene, carrier: SandboxCarrier
) -> None:
    pickup_id, gone = _booked(scene, carrier), _booked(scene, carrier)
    deliveries.take_carrier_events(
        scene.house.system, _news(_seen(scene, gone).tracking_no, "collected"), now=NOON
    )

    deliveries.cancel_pickup(scene.house.system, pickup_id, now=NOON)
    deliveries.cancel_pickup(scene.house.system, pickup_id, now=NOON)

    assert _seen(scene, pickup_id).state == "cancelled"
    with pytest.raises(MoveRefused):
        deliveries.cancel_pickup(scene.house.system, gone, now=NOON)


def test_a_label_is_a_drawing_of_its_text() -> None:
    svg = deliveries.label_svg("SX000000000001")

    assert svg.startswith("<svg")
    assert "script" not in svg
