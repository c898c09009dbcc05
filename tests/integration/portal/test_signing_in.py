"""Signing in: whoever holds the order's phone gets in, and nobody learns which orders exist."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from anxin.adapters.sandbox.models import SandboxLetter
from anxin.domains.commerce.models import Order
from anxin.domains.customers.models import Customer, Identity
from anxin.entrypoints.portal.models import SignInCode
from anxin.entrypoints.portal.sign_in import LIMITS
from anxin.entrypoints.portal.visiting import COOKIE
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import Scene, build_order
from tests.integration.portal.conftest import PHONE, ask, make_scene, newest_code, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def wrong_code() -> str:
    return f"{(int(newest_code()) + 1) % 1_000_000:06d}"


def plain(client: Client) -> str:
    """Return the code page without what differs by nature: the token and the order number."""
    text = client.get("/portal/anxin/code/").content.decode()
    return re.sub(r'value="[\w]{64}"|AX\d+|NO-SUCH', "", text)


def test_the_code_is_sent_to_the_orders_phone_and_opens_the_orders(
    client: Client, scene: Scene
) -> None:
    ask(client, scene.order.order_no)
    letter = SandboxLetter.objects.get()
    answer = client.post("/portal/anxin/code/", {"code": letter.code}, follow=True)

    assert letter.address == f"+86{PHONE}"
    assert scene.order.order_no in answer.content.decode()
    assert "林小满" in answer.content.decode()


def test_what_is_stored_does_not_hold_the_code(client: Client, scene: Scene) -> None:
    ask(client, scene.order.order_no)

    stored = " ".join(str(value) for value in SignInCode.objects.values_list().get())
    assert newest_code() not in stored


def test_an_unknown_order_gets_the_same_answer_and_no_message(client: Client, scene: Scene) -> None:
    known = ask(client, scene.order.order_no)
    known_page = plain(client)
    SandboxLetter.objects.all().delete()

    unknown = ask(client, "NO-SUCH")

    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert plain(client) == known_page
    assert not SandboxLetter.objects.exists()
    refused = client.post("/portal/anxin/code/", {"code": newest_code()})
    assert refused.status_code == 422


def test_somebody_elses_order_gets_the_same_answer_and_no_message(
    client: Client, scene: Scene
) -> None:
    Order.objects.update(receiver_phone="+8613900002222")
    Identity.objects.all().delete()

    answer = ask(client, scene.order.order_no)

    assert answer.status_code == 302
    assert not SandboxLetter.objects.exists()
    assert client.post("/portal/anxin/code/", {"code": newest_code()}).status_code == 422
    assert "查找我的订单" in client.get("/portal/anxin/").content.decode()


def test_a_wrong_code_says_how_many_tries_are_left(client: Client, scene: Scene) -> None:
    ask(client, scene.order.order_no)

    answer = client.post("/portal/anxin/code/", {"code": wrong_code()})

    assert answer.status_code == 422
    assert "还可以试 4 次" in answer.content.decode()


def test_after_five_wrong_codes_the_right_one_is_refused(client: Client, scene: Scene) -> None:
    ask(client, scene.order.order_no)
    for _ in range(5):
        client.post("/portal/anxin/code/", {"code": wrong_code()})

    answer = client.post("/portal/anxin/code/", {"code": newest_code()})

    assert "已失效" in answer.content.decode()
    assert COOKIE in client.cookies
    assert "查找我的订单" in client.get("/portal/anxin/").content.decode()


def test_a_code_is_over_after_ten_minutes(client: Client, scene: Scene) -> None:
    ask(client, scene.order.order_no)
    SignInCode.objects.update(expires_at=F("created_at") - timedelta(seconds=1))

    answer = client.post("/portal/anxin/code/", {"code": newest_code()})

    assert "已失效" in answer.content.decode()


def test_a_code_opens_once(client: Client, scene: Scene) -> None:
    sign_in(client, scene)
    other = Client()
    ask(other, scene.order.order_no)
    session = other.cookies[COOKIE].value
    SignInCode.objects.update(used_at=F("created_at"))

    answer = other.post("/portal/anxin/code/", {"code": newest_code()})

    assert "已失效" in answer.content.decode()
    assert other.cookies[COOKIE].value == session


@pytest.mark.parametrize("order_no", ["AX20261101001", "NO-SUCH"])
def test_codes_for_an_address_run_out_whether_the_order_exists_or_not(
    client: Client, scene: Scene, order_no: str
) -> None:
    for _ in range(LIMITS["address"]):
        assert ask(client, order_no).status_code == 302

    answer = ask(client, order_no)

    assert answer.status_code == 429
    assert "太频繁" in answer.content.decode()
    assert SignInCode.objects.count() == LIMITS["address"]


def test_the_session_key_changes_at_sign_in_and_ends_at_sign_out(
    client: Client, scene: Scene
) -> None:
    ask(client, scene.order.order_no)
    before = client.cookies[COOKIE].value
    client.post("/portal/anxin/code/", {"code": newest_code()})
    signed_in = client.cookies[COOKIE].value
    thief = Client()
    thief.cookies[COOKIE] = before

    assert signed_in != before
    assert "查找我的订单" in thief.get("/portal/anxin/").content.decode()
    client.post("/portal/anxin/sign-out/")
    assert "查找我的订单" in client.get("/portal/anxin/").content.decode()


def test_a_guest_becomes_the_customer_of_an_order_that_had_none(
    client: Client, scene: Scene
) -> None:
    Identity.objects.all().delete()
    Order.objects.update(customer_id=None)

    ask(client, scene.order.order_no)
    answer = client.post("/portal/anxin/code/", {"code": newest_code()}, follow=True)

    assert scene.order.order_no in answer.content.decode()
    owner = Customer.objects.get(pk=str(Order.objects.get().customer_id))
    assert owner.identities.get().verified_at is not None


def test_who_only_received_the_parcel_sees_that_order_alone(client: Client, scene: Scene) -> None:
    other = build_order(scene.house, scene.buyer, order_no="AX-OTHER")
    Order.objects.filter(pk=scene.order.pk).update(receiver_phone="+8613900002222")

    ask(client, scene.order.order_no, "13900002222")
    home = client.post("/portal/anxin/code/", {"code": newest_code()}, follow=True)

    assert scene.order.order_no in home.content.decode()
    assert "AX-OTHER" not in home.content.decode()
    assert client.get(f"/portal/anxin/orders/{other.pk}/").status_code == 404


def test_a_buyer_of_one_merchant_is_a_stranger_at_another(client: Client, scene: Scene) -> None:
    sign_in(client, scene)
    with acting_for(None):
        make_scene("other")

    answer = client.get("/portal/other/")

    assert "查找我的订单" in answer.content.decode()


def test_a_page_that_needs_sign_in_is_returned_to_afterwards(client: Client, scene: Scene) -> None:
    page = f"/portal/anxin/orders/{scene.order.pk}/"
    door = client.get(page)
    client.post(
        "/portal/anxin/sign-in/",
        {"order_no": scene.order.order_no, "address": PHONE, "next": page},
    )

    answer = client.post("/portal/anxin/code/", {"code": newest_code()})

    assert "next=" in door["Location"]
    assert answer["Location"] == page


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/portal/anxin/", "/"])
def test_sign_in_leads_to_no_other_place(client: Client, scene: Scene, elsewhere: str) -> None:
    client.post(
        "/portal/anxin/sign-in/",
        {"order_no": scene.order.order_no, "address": PHONE, "next": elsewhere},
    )

    answer = client.post("/portal/anxin/code/", {"code": newest_code()})

    assert answer["Location"] == "/portal/anxin/"


def test_what_is_no_phone_and_no_mail_address_is_said_at_the_field(
    client: Client, scene: Scene
) -> None:
    answer = ask(client, scene.order.order_no, "李雷")

    assert answer.status_code == 422
    assert "这不像手机号或邮箱" in answer.content.decode()
    assert not SignInCode.objects.exists()


def test_an_unknown_store_is_not_found(client: Client, scene: Scene) -> None:
    assert client.get("/portal/nowhere/").status_code == 404
