"""The request wizard: at most three steps, nothing lost, nothing doubled, no surprise."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from anxin.domains.aftersales.models import AfterSalesRequest
from anxin.entrypoints.portal.models import RequestDraft
from anxin.entrypoints.portal.visiting import COOKIE
from anxin.kernel.clock import utcnow
from anxin.kernel.models import StoredFile
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import Scene, build_order
from tests.integration.portal.conftest import make_scene, newest_code, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer(client: Client, scene: Scene) -> Client:
    """A client signed in as the scene's buyer."""
    sign_in(client, scene)
    return client


def pick(client: Client, scene: Scene, *units: object, order_id: object = None):  # type: ignore[no-untyped-def]
    """Send the first step."""
    asked = {f"units-{pk}": count for pk, count in zip(scene.line_ids, units, strict=False)}
    return client.post(f"/portal/anxin/orders/{order_id or scene.order.pk}/return/", asked)


def confirm(client: Client, page: str, **more: str):  # type: ignore[no-untyped-def]
    """Say yes to what the page offers."""
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(page).content.decode())
    assert seen is not None
    return client.post(page, {"seen": seen[1], **more})


def go_to_confirm(client: Client, scene: Scene, *units: int, **reason: object) -> str:
    """Go through the first two steps; return the address of the third."""
    second = pick(client, scene, *units)["Location"]
    answer = client.post(second, {"reason": "no_reason", **reason})
    assert answer["Location"].endswith("/confirm/")
    return str(answer["Location"])


def photo() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(content, "PNG")
    return SimpleUploadedFile("photo.png", content.getvalue(), "image/png")


def test_three_steps_lead_to_an_approved_return(buyer: Client, scene: Scene) -> None:
    page = go_to_confirm(buyer, scene, 2, 0, note="袖子太长")
    offer = buyer.get(page).content.decode()

    answer = confirm(buyer, page)

    request = AfterSalesRequest.objects.get()
    assert "申请退款 ¥6.66" in offer or "申请退款 ¥6.67" in offer
    assert answer["Location"] == f"/portal/anxin/requests/{request.pk}/"
    assert (request.state, request.note) == ("authorized", "袖子太长")
    assert "申请已通过，请把商品寄回" in buyer.get(answer["Location"]).content.decode()


def test_goods_not_yet_sent_take_two_steps(client: Client) -> None:
    scene = make_scene(shipped=False, delivered=False)
    with acting_for(scene.house.merchant_id):
        sign_in(client, scene)
        step = pick(client, scene, 1, 0)["Location"]

        answer = confirm(client, step)

        request = AfterSalesRequest.objects.get()
    assert step.endswith("/confirm/")
    assert answer.status_code == 302
    assert (request.kind, request.state) == ("refund_only", "closed")


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ((0, 0), "请至少选择一件商品"),
        ((4, 0), "还可以申请 3 件"),
        (("-1", 0), "要填整数"),
        (("99999999999", 0), "要填整数"),
        (("一", 0), "要填整数"),
    ],
)
def test_absurd_quantities_are_said_where_they_are(
    buyer: Client, scene: Scene, units: tuple[object, ...], words: str
) -> None:
    answer = pick(buyer, scene, *units)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RequestDraft.objects.exists()


def test_a_fault_needs_a_photo_and_what_was_typed_stays(buyer: Client, scene: Scene) -> None:
    second = pick(buyer, scene, 1, 0)["Location"]

    answer = buyer.post(second, {"reason": "quality_defect", "note": "开线了"}, follow=True)

    page = answer.content.decode()
    assert "至少 1 张照片" in page
    assert "开线了" in page
    assert "至少 1 张照片" not in buyer.get(second).content.decode()


def test_a_fault_with_a_photo_is_offered_without_freight(buyer: Client, scene: Scene) -> None:
    second = pick(buyer, scene, 1, 0)["Location"]
    sent = buyer.post("/portal/anxin/files/", {"file": photo()}).json()

    answer = buyer.post(second, {"reason": "quality_defect", "photos": sent["id"]})

    assert answer.status_code == 302
    offer = buyer.get(answer["Location"]).content.decode()
    assert "退货运费由商家承担" in offer
    confirm(buyer, answer["Location"])
    assert [str(pk) for pk in AfterSalesRequest.objects.get().file_ids] == [sent["id"]]
    shown = buyer.get(sent["url"])
    assert shown["Content-Type"] == "image/png"
    assert b"".join(shown.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    shown.close()


def test_a_photo_that_is_no_photo_is_refused_in_words(buyer: Client, scene: Scene) -> None:
    fake = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")

    answer = buyer.post("/portal/anxin/files/", {"file": fake}, HTTP_X_REQUESTED_WITH="fetch")

    assert answer.status_code == 422
    assert "这不是照片" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_somebody_elses_photo_is_not_taken(buyer: Client, scene: Scene) -> None:
    foreign = StoredFile.objects.create(
        merchant_id=scene.house.merchant_id, name="x", media_type="image/png", size=1,
        sha256="0" * 64, by_kind="buyer", by_id=scene.stranger.id, created_at=utcnow(),
    )  # fmt: skip
    second = pick(buyer, scene, 1, 0)["Location"]

    answer = buyer.post(second, {"reason": "quality_defect", "photos": str(foreign.pk)})

    assert answer["Location"].endswith("/reason/?check=1")
    assert RequestDraft.objects.get().file_ids == []


def test_a_refused_decision_is_shown_before_the_yes_and_a_person_can_be_asked(
    client: Client,
) -> None:
    scene = make_scene(placed_at=utcnow() - timedelta(days=60))
    with acting_for(scene.house.merchant_id):
        sign_in(client, scene)
        page = go_to_confirm(client, scene, 1, 0)
        shown = client.get(page).content.decode()
        assert not AfterSalesRequest.objects.exists()

        confirm(client, page, ask="person")

        request = AfterSalesRequest.objects.get()
    assert "按规则，这次不能自动通过" in shown
    assert "期已于" in shown
    assert "申请退款 ¥" not in shown
    assert (request.state, request.needs_human) == ("reviewing", True)


def test_confirming_twice_makes_one_request(buyer: Client, scene: Scene) -> None:
    page = go_to_confirm(buyer, scene, 1, 0)
    first = confirm(buyer, page)

    second = buyer.post(page, {"seen": "allow:return_refund:333"})

    assert second["Location"] == first["Location"]
    assert AfterSalesRequest.objects.count() == 1
    assert "没有重复提交" in buyer.get(second["Location"]).content.decode()


def test_the_same_units_from_two_tabs_go_to_one_of_them(buyer: Client, scene: Scene) -> None:
    one, other = go_to_confirm(buyer, scene, 0, 1), go_to_confirm(buyer, scene, 0, 1)
    before = re.search(r'name="seen" value="([^"]+)"', buyer.get(other).content.decode())
    assert before is not None
    confirm(buyer, one)

    answer = buyer.post(other, {"seen": before[1]})

    assert answer.status_code == 409
    assert "查看申请" in answer.content.decode()
    assert AfterSalesRequest.objects.count() == 1


def test_an_offer_that_changed_is_shown_again_instead_of_taken(buyer: Client, scene: Scene) -> None:
    page = go_to_confirm(buyer, scene, 1, 0)

    answer = buyer.post(page, {"seen": "allow:return_refund:999999"})

    assert answer.status_code == 409
    assert "方案刚刚有变化" in answer.content.decode()
    assert not AfterSalesRequest.objects.exists()


def test_a_script_in_the_note_is_shown_as_text(buyer: Client, scene: Scene) -> None:
    page = go_to_confirm(buyer, scene, 1, 0, note="<script>alert(1)</script>")

    request_page = buyer.get(confirm(buyer, page)["Location"]).content.decode()

    assert "<script>alert(1)" not in request_page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in request_page


def test_an_expired_session_returns_to_the_step_with_everything_in_place(
    buyer: Client, scene: Scene
) -> None:
    page = go_to_confirm(buyer, scene, 2, 0, note="太大")
    del buyer.cookies[COOKIE]
    door = buyer.get(page)
    buyer.post(
        "/portal/anxin/sign-in/",
        {"order_no": scene.order.order_no, "address": "13800001111", "next": page},
    )

    back = buyer.post("/portal/anxin/code/", {"code": newest_code()})

    assert door.status_code == 302
    assert back["Location"] == page
    assert "申请退款" in buyer.get(page).content.decode()


def test_going_back_keeps_what_was_picked(buyer: Client, scene: Scene) -> None:
    go_to_confirm(buyer, scene, 2, 0)
    draft = RequestDraft.objects.get()
    first = f"/portal/anxin/orders/{scene.order.pk}/return/?draft={draft.pk}"

    page = buyer.get(first).content.decode()

    assert f'name="units-{scene.line_ids[0]}" value="2"' in page


@pytest.mark.parametrize("step", ["reason", "confirm"])
def test_somebody_elses_draft_is_not_found(buyer: Client, scene: Scene, step: str) -> None:
    draft = RequestDraft.objects.create(
        merchant_id=scene.house.merchant_id, customer_id=scene.stranger.id,
        order_id=scene.order.pk, created_at=utcnow(),
    )  # fmt: skip

    assert buyer.get(f"/portal/anxin/new/{draft.pk}/{step}/").status_code == 404
    assert buyer.post(f"/portal/anxin/new/{draft.pk}/{step}/").status_code == 404


def test_somebody_elses_order_is_not_found(buyer: Client, scene: Scene) -> None:
    foreign = build_order(scene.house, scene.stranger, order_no="AX-FOREIGN")

    answers = [
        buyer.get(f"/portal/anxin/orders/{foreign.pk}/"),
        buyer.get(f"/portal/anxin/orders/{foreign.pk}/return/"),
        pick(buyer, scene, 1, order_id=foreign.pk),
        buyer.get(f"/portal/anxin/orders/{uuid4()}/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert UUID(int=0) not in RequestDraft.objects.values_list("order_id", flat=True)


def test_the_first_step_says_of_each_line_what_can_be_done(buyer: Client, scene: Scene) -> None:
    confirm(buyer, go_to_confirm(buyer, scene, 3, 0))

    page = buyer.get(f"/portal/anxin/orders/{scene.order.pk}/return/").content.decode()

    assert "都已申请过售后" in page
    assert "在七日无理由退货期内" in page


def test_the_policy_is_public_and_in_both_languages(client: Client, scene: Scene) -> None:
    chinese = client.get("/portal/anxin/policy/").content.decode()
    client.cookies["anxin_language"] = "en"
    english = client.get("/portal/anxin/policy/").content.decode()

    assert "质量问题" in chinese
    assert "For defects, transit damage" in english
