"""Inspection, disinfection, disposition: each once, in order, and adding up."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Disposed, Disposition, Finding, OfferKind, RequestId
from anxin.domains.aftersales.models import DispositionRecord, RequestLine
from anxin.domains.aftersales.rules.disposing import DisinfectionMissing
from anxin.domains.aftersales.services.inspecting import (
    AlreadyDisinfected,
    AlreadyDisposed,
    AlreadyInspected,
    DisinfectionRefused,
    NotInspectedYet,
    NotReceivedYet,
)
from anxin.domains.aftersales.services.settling import OfferOutOfRange, OfferRefusedAlready
from anxin.kernel.errors import NotAllowed
from anxin.kernel.lifecycle import MoveRefused
from tests.builders import NOON
from tests.builders_aftersales import (
    DAY,
    HOUR,
    Scene,
    bring_back,
    build_request,
    fetched,
    inspect,
    nothing_changes,
)

pytestmark = pytest.mark.django_db
LATER = NOON + 2 * DAY


def _disinfect(scene: Scene, request_id: RequestId, **how: object) -> None:
    given = {"method": "spray", "agent": "75% 酒精", "dwell_minutes": 30, **how}
    aftersales.record_disinfection(scene.warehouse, request_id, now=LATER, **given)  # type: ignore[arg-type]


def _dispose(scene: Scene, request_id: RequestId, *places: tuple[Disposition, int]) -> None:
    (line,) = fetched(scene, request_id).lines
    aftersales.record_disposition(
        scene.warehouse, request_id, [Disposed(line.id, *place) for place in places], now=LATER
    )


def test_goods_as_they_should_be_settle_what_was_promised(scene: Scene) -> None:
    request_id = build_request(scene, 2, 1)
    bring_back(scene, request_id)

    inspect(scene, request_id)

    request = fetched(scene, request_id)
    assert (request.state, request.owed_minor) == ("settling", 11_66)
    assert [line.owed_minor for line in request.lines] == [6_67, 4_99]


def test_the_refund_deadline_runs_from_the_day_the_goods_came(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    bring_back(scene, request_id)

    inspect(scene, request_id)

    # Received on the 12th: seven days end with the 19th in Shanghai (CN-04, CN-38).
    due = fetched(scene, request_id).due_at
    assert due is not None
    assert due.isoformat() == "2026-11-19T16:00:00+00:00"


def test_inspecting_before_receiving_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 1)

    with nothing_changes(scene), pytest.raises(MoveRefused):
        inspect(scene, request_id)


def test_inspecting_twice_is_refused_and_says_who_did(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    bring_back(scene, request_id)
    inspect(scene, request_id)

    with nothing_changes(scene), pytest.raises(AlreadyInspected) as refused:
        inspect(scene, request_id, 0)

    assert refused.value.fields["by_id"] == scene.warehouse.id


def test_goods_that_are_not_as_they_should_be_open_a_talk(scene: Scene) -> None:
    request_id = build_request(scene, 3)
    bring_back(scene, request_id)

    inspect(scene, request_id, 2)

    request = fetched(scene, request_id)
    assert (request.state, request.due_code) == ("negotiating", "offer_unanswered")
    assert (request.offer_kind, request.offered_minor) == (OfferKind.SEND_BACK, 6_67)
    assert request.owed_minor is None


def test_missing_goods_are_not_paid(scene: Scene) -> None:
    request_id = build_request(scene, 3)
    bring_back(scene, request_id)
    (line,) = fetched(scene, request_id).lines

    aftersales.record_inspection(
        scene.warehouse, request_id, [Finding(line.id, 1, 0, 2)], now=LATER
    )

    assert fetched(scene, request_id).offered_minor == 3_33


def test_the_buyer_takes_the_offer(scene: Scene) -> None:
    request_id = build_request(scene, 3)
    bring_back(scene, request_id)
    inspect(scene, request_id, 2)

    aftersales.agree_offer(scene.buyer, request_id, True, now=LATER)

    request = fetched(scene, request_id)
    assert (request.state, request.owed_minor) == ("settling", 6_67)


def test_a_refused_offer_asks_for_another(scene: Scene) -> None:
    request_id = build_request(scene, 3)
    bring_back(scene, request_id)
    inspect(scene, request_id, 2)

    aftersales.agree_offer(scene.buyer, request_id, False, now=LATER)
    refused = fetched(scene, request_id)
    assert (refused.state, refused.due_code) == ("negotiating", "new_offer_overdue")
    with nothing_changes(scene), pytest.raises(OfferRefusedAlready):
        aftersales.agree_offer(scene.buyer, request_id, True, now=LATER)

    aftersales.make_offer(scene.agent, request_id, 8_00, OfferKind.PARTIAL, now=LATER)
    aftersales.agree_offer(scene.buyer, request_id, True, now=LATER)

    assert fetched(scene, request_id).owed_minor == 8_00


@pytest.mark.parametrize("amount", [6_66, 10_01, -1])
def test_an_offer_is_not_below_what_was_accepted_nor_above_what_was_promised(
    scene: Scene, amount: int
) -> None:
    request_id = build_request(scene, 3)
    bring_back(scene, request_id)
    inspect(scene, request_id, 2)

    with nothing_changes(scene), pytest.raises(OfferOutOfRange):
        aftersales.make_offer(scene.agent, request_id, amount, OfferKind.PARTIAL, now=LATER)


def test_restocking_without_disinfection_is_refused(scene: Scene) -> None:
    request_id = build_request(scene, 2)
    bring_back(scene, request_id)
    inspect(scene, request_id)

    with nothing_changes(scene), pytest.raises(DisinfectionMissing):
        _dispose(scene, request_id, (Disposition.RESTOCK, 2))
    _disinfect(scene, request_id)
    _dispose(scene, request_id, (Disposition.RESTOCK, 2))

    assert fetched(scene, request_id).lines[0].disposed == {Disposition.RESTOCK: 2}


def test_the_database_refuses_restocking_without_disinfection(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    line = RequestLine.objects.get(request_id=request_id)

    with pytest.raises(IntegrityError, match="restock_after_disinfection"), transaction.atomic():
        DispositionRecord.objects.create(
            merchant_id=scene.house.merchant_id, request_id=request_id, line=line, sku="LAMP-1",
            disposition="restock", quantity=1, by_id="x", at=NOON,
        )  # fmt: skip


def test_disinfection_is_recorded_once_and_after_receipt(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    with nothing_changes(scene), pytest.raises(NotReceivedYet):
        _disinfect(scene, request_id)
    bring_back(scene, request_id)

    _disinfect(scene, request_id)

    record = fetched(scene, request_id).disinfection
    assert record is not None
    assert (record.operator_name, record.dwell_minutes) == (scene.warehouse.name, 30)
    with nothing_changes(scene), pytest.raises(AlreadyDisinfected):
        _disinfect(scene, request_id)


@pytest.mark.parametrize(
    "how", [{"method": "prayer"}, {"agent": " "}, {"dwell_minutes": 0}, {"dwell_minutes": 9999}]
)
def test_an_incomplete_disinfection_is_refused(scene: Scene, how: dict[str, object]) -> None:
    request_id = build_request(scene, 1)
    bring_back(scene, request_id)

    with nothing_changes(scene), pytest.raises(DisinfectionRefused):
        _disinfect(scene, request_id, **how)


def test_goods_are_disposed_of_once_and_after_the_talk(scene: Scene) -> None:
    request_id = build_request(scene, 3)
    bring_back(scene, request_id)
    with nothing_changes(scene), pytest.raises(NotInspectedYet):
        _dispose(scene, request_id, (Disposition.SCRAP, 3))
    inspect(scene, request_id, 2)
    with nothing_changes(scene), pytest.raises(NotInspectedYet):
        _dispose(scene, request_id, (Disposition.SCRAP, 3))
    aftersales.agree_offer(scene.buyer, request_id, True, now=LATER)
    _disinfect(scene, request_id)

    _dispose(scene, request_id, (Disposition.RESTOCK, 2), (Disposition.SEND_BACK, 1))

    with nothing_changes(scene), pytest.raises(AlreadyDisposed):
        _dispose(scene, request_id, (Disposition.SCRAP, 3))


def test_only_the_warehouse_inspects(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    bring_back(scene, request_id)
    (line,) = fetched(scene, request_id).lines

    for actor in (scene.buyer, scene.agent):
        with nothing_changes(scene), pytest.raises(NotAllowed):
            aftersales.record_inspection(actor, request_id, [Finding(line.id, 1)], now=LATER)


def test_a_request_is_settled_once(scene: Scene) -> None:
    request_id = build_request(scene, 1)
    bring_back(scene, request_id)
    with nothing_changes(scene), pytest.raises(MoveRefused):
        aftersales.settle(scene.house.system, request_id, 3_33, now=LATER)
    inspect(scene, request_id)
    aftersales.settle(scene.house.system, request_id, 3_33, now=LATER)

    with nothing_changes(scene):
        aftersales.settle(scene.house.system, request_id, 9_99, now=LATER + HOUR)
