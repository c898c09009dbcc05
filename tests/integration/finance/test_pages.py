"""The money pages: who may see them, what they say, and that a button does what it says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from anxin.domains.finance.data import RefundId
from anxin.domains.finance.models import RefundPart
from anxin.domains.finance.ports import Misbehaviour
from anxin.domains.finance.public import get_refund, request_refund, send_part
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import User
from anxin.kernel.actors import Actor
from anxin.kernel.money import Money
from tests.builders import NOON, House, build_staff
from tests.builders_finance import Rehearsal, build_paid_order, build_source

PAGES = (
    "/console/refunds/",
    "/console/refunds/?state=held",
    "/console/ledger/",
    "/console/ledger/reconciliation/",
)


def signed_in(client: Client, user_name: str) -> Client:
    client.force_login(User.objects.get(username=user_name))
    return client


@pytest.fixture
def desk(client: Client, officer: Actor) -> Client:
    """Return the browser of 王芳 of finance."""
    return signed_in(client, "wangfang")


def build_refund(house: House, minor: int = 60_000, by: Actor | None = None) -> RefundId:
    order_id = build_paid_order(house, ("alipay", 900_000), ("points", 100_000))
    return request_refund(
        by or house.system,
        build_source(),
        order_id=order_id,
        amount=Money(minor, "CNY"),
        now=NOON,
    )


@pytest.mark.parametrize("page", PAGES)
def test_empty_pages_say_what_will_be_there(desk: Client, page: str) -> None:
    answer = desk.get(page)

    assert answer.status_code == 200
    words = answer.content.decode()
    assert any(w in words for w in ("这里还没有退款", "账本还是空的", "完全一致"))


@pytest.mark.parametrize("page", [*PAGES, "/console/sandbox/refunds/"])
def test_the_warehouse_sees_no_money(house: House, client: Client, page: str) -> None:
    build_staff(house, "cangku", Duty.WAREHOUSE)

    assert signed_in(client, "cangku").get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_sign_in(house: House, client: Client, page: str) -> None:
    answer = client.get(page)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_button_says_the_amount_and_what_will_happen(house: House, desk: Client) -> None:
    refund_id = build_refund(house)

    words = desk.get(f"/console/refunds/{refund_id}/").content.decode()

    assert "批准退款 ¥600.00" in words
    assert "¥540.00 退回支付宝、¥60.00 退回积分" in words


def test_approving_on_the_page_approves(house: House, desk: Client, officer: Actor) -> None:
    refund_id = build_refund(house)

    answer = desk.post(f"/console/refunds/{refund_id}/approve/", follow=True)

    assert "已批准" in answer.content.decode()
    assert get_refund(officer, refund_id).state == "requested"


def test_a_second_click_says_that_it_has_changed(house: House, desk: Client) -> None:
    refund_id = build_refund(house)
    desk.post(f"/console/refunds/{refund_id}/approve/")

    answer = desk.post(f"/console/refunds/{refund_id}/approve/", follow=True)

    assert "状态刚刚变了" in answer.content.decode()


def test_ones_own_request_has_no_button_but_a_reason(
    house: House, desk: Client, officer: Actor
) -> None:
    refund_id = build_refund(house, by=officer)

    words = desk.get(f"/console/refunds/{refund_id}/").content.decode()
    answer = desk.post(f"/console/refunds/{refund_id}/approve/", follow=True)

    assert "批准退款" not in words
    assert "需要另一个人批准" in words
    assert "您经手过" in answer.content.decode()
    assert get_refund(officer, refund_id).state == "held"


def test_refusing_with_scripts_in_the_reason_shows_them_as_text(house: House, desk: Client) -> None:
    refund_id = build_refund(house)

    answer = desk.post(
        f"/console/refunds/{refund_id}/refuse/", {"because": "<script>1</script>"}, follow=True
    )

    assert "&lt;script&gt;1&lt;/script&gt;" in answer.content.decode()


def test_a_failed_refund_is_retried_from_its_page(
    house: House, desk: Client, officer: Actor, rehearsal: Rehearsal
) -> None:
    refund_id = build_refund(house, 100)
    rehearsal.provider.misbehave(Misbehaviour(refuses_always=True))
    for part in RefundPart.objects.all():
        send_part(part.pk, rehearsal.provider, now=NOON)
    assert "用原来的单号重新发送" in desk.get(f"/console/refunds/{refund_id}/").content.decode()

    desk.post(f"/console/refunds/{refund_id}/retry/")

    assert get_refund(officer, refund_id).state == "requested"


def test_the_list_loads_more_in_rows(house: House, desk: Client) -> None:
    for _ in range(51):
        build_refund(house, 100)
    page = desk.get("/console/refunds/").context["page"]

    more = desk.get(page.next_url, headers={"HX-Request": "true"}).content.decode()

    assert more.count("<tr>") == 1
    assert "<html" not in more


def test_the_list_asks_the_database_the_same_for_many_as_for_few(
    house: House, desk: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        build_refund(house, 100)

    with django_assert_max_num_queries(20):
        desk.get("/console/refunds/")


def test_the_sandbox_is_made_to_misbehave_by_its_page(
    house: House, client: Client, rehearsal: Rehearsal
) -> None:
    build_staff(house, "admin", Duty.ADMINISTRATOR)
    desk = signed_in(client, "admin")
    form = {"slow_seconds": "0", "fail_next": "2", "lose_next": "0", "is_down": "on"}

    answer = desk.post("/console/sandbox/refunds/", form)

    assert answer.status_code == 302
    told = rehearsal.provider.misbehaviour()
    assert (told.fail_next, told.is_down, told.pending_seconds) == (2, True, None)


def test_absurd_controls_are_shown_beside_their_field(house: House, client: Client) -> None:
    build_staff(house, "admin", Duty.ADMINISTRATOR)
    desk = signed_in(client, "admin")

    answer = desk.post(
        "/console/sandbox/refunds/", {"slow_seconds": "-1", "fail_next": "x", "lose_next": "0"}
    )

    assert answer.status_code == 422
    assert answer.content.decode().count('class="field invalid"') == 2


def test_the_pages_speak_english(house: House, desk: Client, officer: Actor) -> None:
    from anxin.domains.merchants.public import keep_preferences

    refund_id = build_refund(house)
    keep_preferences(officer, language="en")

    words = desk.get(f"/console/refunds/{refund_id}/").content.decode()

    assert "Approve refund of ¥600.00" in words
    assert "Awaiting approval" in words
