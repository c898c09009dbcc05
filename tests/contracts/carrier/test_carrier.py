"""What every carrier behind the port must do; the sandbox is the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from anxin.adapters.sandbox.carrier import SandboxCarrier
from anxin.domains.deliveries.data import Place, Slot
from anxin.domains.deliveries.ports import (
    Carrier,
    CarrierDown,
    CarrierMood,
    CarrierRefused,
    RehearsalCarrier,
)
from anxin.kernel.tenancy import acting_for
from tests.builders import build_house

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
HOME = Place("林小满", "+8613800001111", "浙江省杭州市西湖区文一路 9 号")
STORE = Place("仓库收件组", "057188880000", "浙江省杭州市余杭区仓前路 1 号")
SLOT = Slot(NOW + timedelta(hours=2), NOW + timedelta(hours=4))


@pytest.fixture(params=[SandboxCarrier])
def carrier(request: pytest.FixtureRequest, db: None) -> Iterator[Carrier]:
    with acting_for(build_house().merchant_id):
        yield request.param(clock=lambda: NOW, sleep=lambda _: None)


def _rehearse(carrier: Carrier, **mood: object) -> RehearsalCarrier:
    assert isinstance(carrier, RehearsalCarrier)
    carrier.set_mood(CarrierMood(**mood))  # type: ignore[arg-type]
    return carrier


def test_slots_are_aware_and_in_order(carrier: Carrier) -> None:
    slots = carrier.slots(HOME, NOW.date())

    assert slots
    assert all(slot.start.tzinfo and slot.start < slot.end for slot in slots)
    assert slots == sorted(slots, key=lambda slot: slot.start)


def test_the_same_number_is_the_same_booking(carrier: Carrier) -> None:
    first = carrier.book("PU1", HOME, STORE, SLOT)

    assert carrier.book("PU1", HOME, STORE, SLOT) == first
    assert carrier.book("PU2", HOME, STORE, SLOT).tracking_no != first.tracking_no


def test_nothing_is_known_of_a_parcel_that_was_not_collected(carrier: Carrier) -> None:
    booking = carrier.book("PU1", HOME, STORE, SLOT)

    assert carrier.track(booking.tracking_no) == []


def test_a_parcel_tells_its_way_oldest_first(carrier: Carrier) -> None:
    rehearsal = _rehearse(carrier, moves_by_itself=False)
    tracking_no = carrier.book("PU1", HOME, STORE, SLOT).tracking_no

    for _ in range(4):
        rehearsal.advance(tracking_no)

    events = carrier.track(tracking_no)
    assert [event.code for event in events] == ["collected", "in_transit", "delivered"]
    assert len({event.event_id for event in events}) == 3


def test_calling_off_twice_is_harmless(carrier: Carrier) -> None:
    carrier.book("PU1", HOME, STORE, SLOT)

    carrier.cancel("PU1")
    carrier.cancel("PU1")
    carrier.cancel("never heard of")


def test_a_carrier_that_is_down_says_so(carrier: Carrier) -> None:
    _rehearse(carrier, is_down=True)

    with pytest.raises(CarrierDown):
        carrier.slots(HOME, NOW.date())
    with pytest.raises(CarrierDown):
        carrier.book("PU1", HOME, STORE, SLOT)
    with pytest.raises(CarrierDown):
        carrier.track("SX1")
    with pytest.raises(CarrierDown):
        carrier.cancel("PU1")


def test_a_refusal_is_final(carrier: Carrier) -> None:
    _rehearse(carrier, refuses=True)

    with pytest.raises(CarrierRefused):
        carrier.book("PU1", HOME, STORE, SLOT)


def test_a_booking_whose_answer_was_lost_is_booked_once(carrier: Carrier) -> None:
    rehearsal = _rehearse(carrier, slow_seconds=11)
    with pytest.raises(CarrierDown):
        carrier.book("PU1", HOME, STORE, SLOT)

    rehearsal.set_mood(CarrierMood())
    booking = carrier.book("PU1", HOME, STORE, SLOT)

    (parcel,) = rehearsal.parcels()
    assert (parcel.tracking_no, parcel.times_asked) == (booking.tracking_no, 2)


def test_a_courier_who_fails_does_not_collect_any_more(carrier: Carrier) -> None:
    rehearsal = _rehearse(carrier, moves_by_itself=False)
    tracking_no = carrier.book("PU1", HOME, STORE, SLOT).tracking_no

    rehearsal.fail(tracking_no, "无人在家")
    rehearsal.advance(tracking_no)

    assert [event.code for event in carrier.track(tracking_no)] == ["failed"]


def test_books_of_two_merchants_are_apart(carrier: Carrier) -> None:
    rehearsal = _rehearse(carrier)
    tracking_no = carrier.book("PU1", HOME, STORE, SLOT).tracking_no

    with acting_for(build_house(slug="beta").merchant_id):
        assert rehearsal.parcels() == []
        assert carrier.track(tracking_no) == []
