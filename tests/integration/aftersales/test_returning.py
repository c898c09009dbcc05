"""Parcels on their way back: chosen once, received once, unknown ones kept."""

from __future__ import annotations

import pytest

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import ParcelNews
from anxin.domains.aftersales.services.returning import (
    AlreadyReceived,
    PickupUnderWay,
    TrackingNumberRefused,
    TrackingNumberTaken,
    UnknownTracking,
)
from anxin.kernel.errors import NotAllowed
from anxin.kernel.lifecycle import MoveRefused
from tests.builders import NOON
from tests.builders_aftersales import DAY, HOUR, Scene, build_request, fetched, nothing_changes

pytestmark = pytest.mark.django_db


def test_an_own_parcel_sends_the_request_on_its_way(scene: Scene) -> None:
    request_id = build_request(scene, 1)

    aftersales.choose_own_parcel(scene.buyer, request_id, " sf 1234567 ", "顺丰", now=NOON + HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.parcels[0].tracking_no) == ("in_transit", "SF1234567")
    assert request.due_at == NOON + HOUR + 10 * DAY


def test_a_mistyped_number_can_be_corrected_until_receipt(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)

    aftersales.choose_own_parcel(scene.buyer, request_id, "SF7654321", now=NOON)

    assert [p.tracking_no for p in fetched(scene, request_id).parcels] == ["SF7654321"]
    assert aftersales.receive_parcel(scene.warehouse, "SF7654321", now=NOON) == request_id


@pytest.mark.parametrize("number", ["", "12", "SF<script>", "x" * 41, "顺丰一二三四五六"])
def test_what_is_no_tracking_number_is_refused(scene: Scene, number: str) -> None:
    request_id = build_request(scene, 1)

    with nothing_changes(scene), pytest.raises(TrackingNumberRefused):
        aftersales.choose_own_parcel(scene.buyer, request_id, number, now=NOON)


def test_one_parcel_belongs_to_one_request(scene: Scene) -> None:
    first, second = build_request(scene, 1), build_request(scene, 1)
    aftersales.choose_own_parcel(scene.buyer, first, "SF1234567", now=NOON)

    with nothing_changes(scene), pytest.raises(TrackingNumberTaken):
        aftersales.choose_own_parcel(scene.buyer, second, "sf1234567", now=NOON)


def test_a_request_that_was_not_authorized_does_not_travel(scene: Scene) -> None:
    request_id = build_request(scene, 1, reason="quality_defect")

    with nothing_changes(scene), pytest.raises(MoveRefused):
        aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)


def test_while_a_courier_is_coming_no_own_parcel_is_taken(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.register_pickup_parcel(scene.house.system, request_id, "SX0000001", now=NOON)

    with nothing_changes(scene), pytest.raises(PickupUnderWay):
        aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)


def test_after_the_courier_failed_the_buyer_sends_it_himself(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    system = scene.house.system
    aftersales.register_pickup_parcel(system, request_id, "SX0000001", now=NOON)
    aftersales.parcel_moved(system, "SX0000001", ParcelNews.FAILED, now=NOON)

    aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)

    assert fetched(scene, request_id).state == "in_transit"


@pytest.mark.parametrize(
    "news",
    [
        (ParcelNews.COLLECTED, ParcelNews.DELIVERED),
        (ParcelNews.DELIVERED, ParcelNews.COLLECTED),
        (ParcelNews.COLLECTED, ParcelNews.COLLECTED, ParcelNews.DELIVERED, ParcelNews.DELIVERED),
        (ParcelNews.FAILED, ParcelNews.DELIVERED, ParcelNews.FAILED),
    ],
)
def test_news_in_any_order_end_at_the_same_place(
    scene: Scene, news: tuple[ParcelNews, ...]
) -> None:
    request_id = build_request(scene, 1)
    system = scene.house.system
    aftersales.register_pickup_parcel(system, request_id, "SX0000001", now=NOON)

    for word in news:
        aftersales.parcel_moved(system, "SX0000001", word, now=NOON + HOUR)

    request = fetched(scene, request_id)
    assert (request.state, request.parcels[0].state) == ("in_transit", "arrived")


def test_a_parcel_is_received_once_and_the_second_scan_says_by_whom(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)
    aftersales.receive_parcel(scene.warehouse, "SF1234567", now=NOON + DAY)

    with nothing_changes(scene), pytest.raises(AlreadyReceived) as refused:
        aftersales.receive_parcel(scene.warehouse, "SF1234567", now=NOON + 2 * DAY)

    assert refused.value.fields["received_by"] == scene.warehouse.name
    assert refused.value.fields["received_at"] == (NOON + DAY).isoformat()


def test_a_parcel_may_arrive_before_anybody_said_that_it_left(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.register_pickup_parcel(scene.house.system, request_id, "SX0000001", now=NOON)

    aftersales.receive_parcel(scene.warehouse, "SX0000001", now=NOON + DAY)
    aftersales.parcel_moved(scene.house.system, "SX0000001", ParcelNews.COLLECTED, now=NOON + DAY)

    request = fetched(scene, request_id)
    assert (request.state, request.parcels[0].state) == ("received", "received")


def test_a_number_nobody_expects_is_refused_and_can_be_kept(scene: Scene) -> None:
    with nothing_changes(scene), pytest.raises(UnknownTracking):
        aftersales.receive_parcel(scene.warehouse, "YT0000009", now=NOON)

    unknown_id = aftersales.record_unknown_parcel(
        scene.warehouse, "YT0000009", note="无单号", now=NOON
    )
    again = aftersales.record_unknown_parcel(scene.warehouse, "YT0000009", now=NOON)

    assert unknown_id == again
    assert [p.note for p in aftersales.list_unknown_parcels(scene.warehouse)] == ["无单号"]


def test_an_unknown_parcel_is_matched_once(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    unknown_id = aftersales.record_unknown_parcel(scene.warehouse, "YT0000009", now=NOON)

    aftersales.match_unknown_parcel(scene.warehouse, unknown_id, request_id, now=NOON + DAY)

    assert fetched(scene, request_id).state == "received"
    assert aftersales.list_unknown_parcels(scene.warehouse) == []
    with nothing_changes(scene), pytest.raises(MoveRefused):
        aftersales.match_unknown_parcel(scene.warehouse, unknown_id, request_id, now=NOON + DAY)


def test_only_the_warehouse_receives(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)

    for actor in (scene.buyer, scene.agent):
        with nothing_changes(scene), pytest.raises(NotAllowed):
            aftersales.receive_parcel(actor, "SF1234567", now=NOON)


def test_the_parcel_of_a_withdrawn_request_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.register_pickup_parcel(scene.house.system, request_id, "SX0000001", now=NOON)
    aftersales.withdraw_request(scene.buyer, request_id, now=NOON)

    with nothing_changes(scene), pytest.raises(MoveRefused):
        aftersales.receive_parcel(scene.warehouse, "SX0000001", now=NOON)


def test_a_request_is_found_by_its_parcel_or_its_number(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    aftersales.choose_own_parcel(scene.buyer, request_id, "SF1234567", now=NOON)
    number = fetched(scene, request_id).number

    for text in ("sf1234567", number.lower()):
        found = aftersales.request_of_tracking(scene.warehouse, text)
        assert found is not None
        assert found.id == request_id
    assert aftersales.request_of_tracking(scene.warehouse, "YT1") is None
