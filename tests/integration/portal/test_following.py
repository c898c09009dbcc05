"""The page of a request: what stands there, what the buyer can do, and nobody else's eyes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Finding, RequestedItem, RequestId
from anxin.domains.deliveries.models import Pickup
from anxin.kernel.clock import utcnow
from tests.builders_aftersales import Scene, build_order, build_request
from tests.integration.portal.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer(client: Client, scene: Scene) -> Client:
    """A client signed in as the scene's buyer."""
    sign_in(client, scene)
    return client


@pytest.fixture
def request_id(scene: Scene) -> RequestId:
    """An approved return of one unit."""
    return build_request(scene, 1, now=utcnow())


def url(request_id: RequestId, step: str = "") -> str:
    return f"/portal/anxin/requests/{request_id}/{step}"


def words(client: Client, request_id: RequestId) -> str:
    return client.get(url(request_id)).content.decode()


def inspect_badly(scene: Scene, request_id: RequestId) -> None:
    now = utcnow()
    aftersales.choose_own_parcel(scene.buyer, request_id, "SF9000001", now=now)
    aftersales.receive_parcel(scene.warehouse, "SF9000001", now=now)
    (line,) = aftersales.get_request(scene.warehouse, request_id).lines
    found = Finding(line.id, 0, 1, codes=("soiled",), note="<b>有污渍</b>")
    aftersales.record_inspection(scene.warehouse, request_id, [found], now=now)


def test_a_pickup_is_booked_and_its_code_shown(
    buyer: Client, scene: Scene, request_id: RequestId
) -> None:
    times = buyer.get(url(request_id, "slots/")).content.decode()
    slots = re.findall(r'name="slot" value="([^"]+)"', times)
    chosen = slots[-1]

    answer = buyer.post(url(request_id, "pickup/"), {"slot": chosen})

    page = words(buyer, request_id)
    assert "浙江省杭州市西湖区文一路 9 号" in times
    assert answer.status_code == 302
    assert Pickup.objects.get().state == "booked"
    assert "上门取件" in page
    label = buyer.get(url(request_id, "label.svg"))
    assert label["Content-Type"] == "image/svg+xml"
    assert label.content.startswith(b"<svg")


def test_a_time_the_courier_never_offered_is_refused(buyer: Client, request_id: RequestId) -> None:
    start = utcnow() + timedelta(days=400)
    slot = f"{start.isoformat()}|{(start + timedelta(hours=2)).isoformat()}"

    answer = buyer.post(url(request_id, "pickup/"), {"slot": slot}, follow=True)

    assert "请选择一个上门时间" in answer.content.decode()
    assert not Pickup.objects.exists()


@pytest.mark.parametrize("slot", ["", "x|y", "2026-11-11T10:00|2026-11-11T12:00"])
def test_a_time_that_is_none_is_refused(buyer: Client, request_id: RequestId, slot: str) -> None:
    answer = buyer.post(url(request_id, "pickup/"), {"slot": slot}, follow=True)

    assert "请选择一个上门时间" in answer.content.decode()


def test_a_second_courier_at_another_time_is_not_ordered(
    buyer: Client, request_id: RequestId
) -> None:
    times = buyer.get(url(request_id, "slots/")).content.decode()
    slots = re.findall(r'name="slot" value="([^"]+)"', times)
    buyer.post(url(request_id, "pickup/"), {"slot": slots[0]})

    answer = buyer.post(url(request_id, "pickup/"), {"slot": slots[1]}, follow=True)

    assert "快递员已经约好了" in answer.content.decode()
    assert Pickup.objects.count() == 1


def test_an_own_parcel_moves_the_request_on(buyer: Client, request_id: RequestId) -> None:
    answer = buyer.post(
        url(request_id, "parcel/"), {"carrier": "顺丰速运", "tracking_no": "sf 1234 5678"}
    )

    assert answer.status_code == 302
    page = words(buyer, request_id)
    assert "退货正在路上" in page
    assert "SF12345678" in page


def test_a_wrong_tracking_number_keeps_what_was_typed(buyer: Client, request_id: RequestId) -> None:
    answer = buyer.post(
        url(request_id, "parcel/"), {"carrier": "顺丰速运", "tracking_no": "<script>"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这不像快递单号" in page
    assert 'value="顺丰速运"' in page
    assert "<script>&" not in page


def test_withdrawing_says_so_and_twice_is_harmless(buyer: Client, request_id: RequestId) -> None:
    buyer.post(url(request_id, "withdraw/"))

    again = buyer.post(url(request_id, "withdraw/"), follow=True)

    assert "您已撤销这份申请" in again.content.decode()
    assert "新进展" in again.content.decode()


def test_findings_are_shown_and_an_offer_accepted(
    buyer: Client, scene: Scene, request_id: RequestId
) -> None:
    inspect_badly(scene, request_id)
    shown = words(buyer, request_id)

    buyer.post(url(request_id, "offer/"), {"answer": "accept"})

    assert "弄脏了" in shown
    assert "&lt;b&gt;有污渍&lt;/b&gt;" in shown
    assert "请您选择怎么处理" in shown
    state = aftersales.get_request(scene.house.system, request_id).state
    assert state in {"settling", "closed"}


def test_an_offer_refused_is_the_merchants_turn(
    buyer: Client, scene: Scene, request_id: RequestId
) -> None:
    inspect_badly(scene, request_id)

    buyer.post(url(request_id, "offer/"), {"answer": "refuse"})

    assert "商家正在考虑新的方案" in words(buyer, request_id)


def test_what_the_system_refused_goes_to_a_person(buyer: Client, scene: Scene) -> None:
    request_id = build_request(scene, 1, now=utcnow() + timedelta(days=60))

    buyer.post(url(request_id, "appeal/"), {"note": "快递迟到"})

    found = aftersales.get_request(scene.house.system, request_id)
    assert (found.state, found.needs_human, found.note) == ("reviewing", True, "快递迟到")
    assert "人工客服正在复核" in words(buyer, request_id)


def test_money_on_its_way_is_told_by_tender(client: Client, scene: Scene) -> None:
    order = build_order(
        scene.house, scene.buyer, order_no="AX-NEW", shipped=False, placed_at=utcnow()
    )
    line = order.lines.get(line_no=1)
    request_id = aftersales.open_request(
        scene.buyer, order.pk, [RequestedItem(line.pk, 3)], "not_wanted_before_shipment",
        "refund_only", now=utcnow(),
    )  # fmt: skip
    sign_in(client, scene)

    page = words(client, request_id)

    assert "退款去向" in page
    assert "微信支付" in page
    assert "¥10.00" in page


def test_the_changing_part_answers_204_until_something_changes(
    buyer: Client, request_id: RequestId
) -> None:
    tag = re.search(r'data-tag="(\w+)"', words(buyer, request_id))
    assert tag is not None
    part = url(request_id, f"now/?tag={tag[1]}")

    before = buyer.get(part)
    buyer.post(url(request_id, "withdraw/"))
    after = buyer.get(part)

    assert before.status_code == 204
    assert after.status_code == 200
    assert "您已撤销这份申请" in after.content.decode()


@pytest.mark.parametrize(
    "step", ["", "now/", "slots/", "label.svg", "pickup/", "parcel/", "withdraw/", "offer/",
             "appeal/"]
)  # fmt: skip
def test_somebody_elses_request_is_not_found(buyer: Client, scene: Scene, step: str) -> None:
    order = build_order(
        scene.house, scene.stranger, order_no="AX-FOREIGN", placed_at=utcnow() - timedelta(days=3)
    )
    foreign = aftersales.open_request(
        scene.stranger, order.pk, [RequestedItem(order.lines.get(line_no=1).pk, 1)], "no_reason",
        "return_refund", now=utcnow(),
    )  # fmt: skip
    reads = step in {"", "now/", "slots/", "label.svg"}

    answer = (buyer.get if reads else buyer.post)(url(foreign, step), {"answer": "accept"})

    assert answer.status_code == 404
    assert aftersales.get_request(scene.house.system, foreign).state == "authorized"


def test_home_asks_a_fixed_number_of_questions(
    buyer: Client, scene: Scene, django_assert_max_num_queries: object
) -> None:
    for number in range(8):
        build_order(scene.house, scene.buyer, order_no=f"AX-MORE{number}")

    with django_assert_max_num_queries(24):  # type: ignore[operator]
        answer = buyer.get("/portal/anxin/")

    assert "AX-MORE7" in answer.content.decode()
