"""The sandbox carrier tells us through its hook: signed, once, also when it misbehaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from anxin.adapters.sandbox.carrier import SandboxCarrier
from anxin.adapters.sandbox.carrier_news import HOOK, PURPOSE, move_due_parcels, tell_due_news
from anxin.adapters.sandbox.signing import SIGNATURE_HEADER, TIME_HEADER, signature_of
from anxin.domains.deliveries import public as deliveries
from anxin.domains.deliveries.data import PickupData, PickupId, Place, Slot
from anxin.domains.deliveries.models import PickupEvent
from anxin.domains.deliveries.ports import CarrierMood
from anxin.domains.deliveries.services import book_pickup
from anxin.kernel.clock import utcnow
from anxin.kernel.plugs import plugged
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house

pytestmark = pytest.mark.django_db
HOME = Place("林小满", "+8613800001111", "浙江省杭州市西湖区文一路 9 号")
STORE = Place("仓库收件组", "057188880000", "浙江省杭州市余杭区仓前路 1 号")


@pytest.fixture
def house(db: None) -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


def _booked(house: House, **mood: object) -> PickupId:
    now = utcnow()
    slot = Slot(now + timedelta(hours=2), now + timedelta(hours=4))
    carrier = SandboxCarrier()
    carrier.set_mood(CarrierMood(**mood))  # type: ignore[arg-type]
    pickup_id = deliveries.request_pickup(
        house.system, "request", uuid4(), slot, HOME, STORE, now=now
    )
    book_pickup(house.system, pickup_id, carrier, now=now)
    return pickup_id


def _seen(house: House, pickup_id: PickupId) -> PickupData:
    return deliveries.get_pickup(house.system, pickup_id)


def _post(body: bytes, timestamp: str, signature: str) -> int:
    answer = Client().post(
        HOOK,
        body,
        content_type="application/json",
        headers={TIME_HEADER: timestamp, SIGNATURE_HEADER: signature},
    )
    return int(answer.status_code)


def _let_time_pass(seconds: int, call: Callable[[bytes, str, str], int] = _post) -> None:
    """Play the carrier for so many seconds from now; signatures are made now."""
    begun = utcnow()
    for passed in range(0, seconds + 1, 10):
        move_due_parcels(begun + timedelta(seconds=passed))
        tell_due_news(begun + timedelta(seconds=passed), call)


def _signed(body: bytes, at: datetime | None = None) -> tuple[bytes, str, str]:
    timestamp = str(int((at or utcnow()).timestamp()))
    return body, timestamp, signature_of(PURPOSE, timestamp, body)


def test_a_parcel_travels_by_itself(house: House) -> None:
    pickup_id = _booked(house, step_seconds=30)

    _let_time_pass(100)

    pickup = _seen(house, pickup_id)
    assert pickup.state == "delivered"
    assert [event.code for event in pickup.events] == ["collected", "in_transit", "delivered"]


@pytest.mark.parametrize("mood", [{"doubles_events": True}, {"reorders_events": True}])
def test_doubled_and_reordered_news_end_at_the_same_place(
    house: House, mood: dict[str, object]
) -> None:
    pickup_id = _booked(house, step_seconds=30, **mood)
    heard: list[str] = []

    def hear(body: bytes, timestamp: str, signature: str) -> int:
        heard.append(json.loads(body)["code"])
        return _post(body, timestamp, signature)

    _let_time_pass(160, hear)

    pickup = _seen(house, pickup_id)
    assert (pickup.state, len(pickup.events)) == ("delivered", 3)
    assert heard != ["collected", "in_transit", "delivered"]


def test_news_nobody_took_are_told_again(house: House) -> None:
    pickup_id = _booked(house, step_seconds=30)
    answers = [500, 503]

    _let_time_pass(100, lambda *call: answers.pop() if answers else _post(*call))

    assert len(_seen(house, pickup_id).events) == 3


def test_news_are_kept_once_with_their_words(house: House) -> None:
    pickup_id = _booked(house, moves_by_itself=False)
    SandboxCarrier().advance(_seen(house, pickup_id).tracking_no)
    told: list[tuple[bytes, str, str]] = []
    _let_time_pass(0, lambda *call: told.append(call) or 200)  # type: ignore[func-returns-value]

    statuses = [_post(*told[0]), _post(*told[0])]

    assert statuses == [200, 200]
    assert PickupEvent.objects.get().raw == told[0][0].decode()


def test_forged_news_are_refused(house: House) -> None:
    pickup_id = _booked(house)
    body = json.dumps(
        {
            "account": house.merchant_id, "event_id": "e1", "code": "delivered",
            "tracking_no": _seen(house, pickup_id).tracking_no, "at": utcnow().isoformat(),
        }
    ).encode()  # fmt: skip

    assert _post(body, str(int(utcnow().timestamp())), "0" * 64) == 401
    assert _post(body, "", "") == 401
    assert _post(*_signed(body, utcnow() - timedelta(hours=1))) == 401
    assert _post(body.replace(b"e1", b"e2"), *_signed(body)[1:]) == 401
    assert _seen(house, pickup_id).state == "booked"
    assert PickupEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 422),
        (b"{}", 422),
        (
            b'{"account": 999999, "event_id": "e", "tracking_no": "S", "code": "c", "at": 1}',
            404,
        ),
    ],
)
def test_signed_nonsense_is_refused(house: House, body: bytes, status: int) -> None:
    assert _post(*_signed(body)) == status


def test_news_of_an_unknown_parcel_are_to_be_told_again(house: House) -> None:
    body = json.dumps(
        {
            "account": house.merchant_id, "event_id": "e", "tracking_no": "SX404",
            "code": "collected", "at": utcnow().isoformat(),
        }
    ).encode()  # fmt: skip

    assert _post(*_signed(body)) == 404


def test_codes_are_kept_where_staff_can_read_them(house: House) -> None:
    sender = plugged("code_sender")
    sender.send("+8613800001111", "428163", "zh-hans")

    (sent,) = sender.sent()
    assert (sent.address, sent.code) == ("+8613800001111", "428163")
    with acting_for(build_house(slug="beta").merchant_id):
        assert sender.sent() == []
