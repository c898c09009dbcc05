"""The widget at the border: which sites may carry it, and whom a shop may name."""

from __future__ import annotations

from datetime import timedelta
from gzip import compress
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from anxin.domains.customers.models import Customer
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import Store, User
from anxin.domains.merchants.public import store_at
from anxin.entrypoints.realtime.tokens import read_buyer
from anxin.entrypoints.widget.identity import secret_of, signed_word
from anxin.kernel.clock import utcnow
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff

pytestmark = pytest.mark.django_db(transaction=True)

SHOP = "https://shop.example"
FRAME = "/widget/anxin/frame/"
VISIT = "/widget/anxin/visit/"


@pytest.fixture
def house() -> House:
    cache.clear()
    house = build_house()
    with acting_for(house.merchant_id):
        Store.objects.update(widget_origins=[SHOP])
    return house


def word(slug: str = "anxin", secret: str = "", **said: Any) -> str:
    """Return a token as the shop's server makes it."""
    later = (utcnow() + timedelta(minutes=5)).timestamp()
    return signed_word(
        secret or secret_of(store_at(slug)), {"customer": "U-1", "expires": later} | said
    )


def visit(token: str) -> Any:
    body = {"identity": token} if token else {}
    return Client().post(VISIT, body, content_type="application/json")


def test_the_loader_is_small_and_names_its_store(house: House) -> None:
    answer = Client().get("/widget/anxin.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert '"store": "anxin"' in answer.content.decode()
    assert "__STORE__" not in answer.content.decode()
    assert len(compress(answer.content)) < 10_000


def test_a_stores_name_cannot_break_out_of_the_loader(house: House) -> None:
    with acting_for(house.merchant_id):
        Store.objects.update(name='"};alert(1)</script>')

    told = Client().get("/widget/anxin.js").content.decode()

    assert '"\\"};alert(1)\\u003c/script>"' in told


@pytest.mark.parametrize(
    ("origin", "status"),
    [(SHOP, 200), ("http://testserver", 200), ("https://evil.example", 403), ("", 403)],
)
def test_only_known_sites_may_carry_the_frame(house: House, origin: str, status: int) -> None:
    assert Client().get(FRAME, {"origin": origin}).status_code == status


def test_the_frame_tells_browsers_who_may_frame_it(house: House) -> None:
    answer = Client().get(FRAME, {"origin": SHOP})

    assert f"frame-ancestors 'self' {SHOP}" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer


def test_the_frame_speaks_the_language_of_the_page(house: House) -> None:
    chinese = Client().get(FRAME, {"origin": SHOP, "lang": "zh"}).content.decode()
    english = Client().get(FRAME, {"origin": SHOP, "lang": "en-GB"}).content.decode()

    assert '<html lang="zh-CN"' in chinese
    assert '<html lang="en"' in english
    assert "真人客服" not in english


def test_an_unknown_store_has_no_widget(house: House) -> None:
    assert Client().get("/widget/nowhere.js").status_code == 404
    assert Client().get("/widget/nowhere/frame/").status_code == 404


def test_a_shop_names_its_buyer_and_he_is_the_same_customer_each_time(house: House) -> None:
    first = visit(word(name="林小满", phone="13800001111")).json()
    again = visit(word(name="林小满")).json()

    assert first["who"] == again["who"]
    held = read_buyer(first["token"])
    assert held is not None
    assert (held.name, held.merchant_id) == ("林小满", house.merchant_id)
    with acting_for(house.merchant_id):
        assert Customer.objects.get().external_ref == "U-1"


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"expires": 1}, "expired"),
        ({"expires": 9e12}, "expired"),
        ({"expires": "soon"}, "content"),
        ({"customer": " "}, "customer"),
        ({"customer": "x" * 101}, "customer"),
    ],
)
def test_a_word_that_is_over_or_empty_is_refused(
    house: House, said: dict[str, Any], because: str
) -> None:
    answer = visit(word(**said))

    assert answer.status_code == 403
    assert answer.json()["because"] == because
    with acting_for(house.merchant_id):
        assert not Customer.objects.exists()


def test_a_forged_word_is_refused(house: House) -> None:
    real = word()
    for token in (f"{real}0", real.replace(".", ""), "x.y", word(secret="guessed"), f"{real[1:]}"):
        assert visit(token).status_code == 403, token


def test_a_word_signed_for_one_store_holds_at_no_other(house: House) -> None:
    build_house("别家", "fremd")

    assert visit(word("fremd")).status_code == 403


def test_who_is_not_named_writes_as_a_visitor_and_is_known_again(house: House) -> None:
    first = visit("").json()
    again = Client().post(
        VISIT, {"visitor": first["visitor"]}, content_type="application/json"
    ).json()  # fmt: skip

    assert first["who"] == again["who"]


def test_only_an_administrator_sees_the_secret(house: House) -> None:
    for name, duty, status in (("adm", Duty.ADMINISTRATOR, 200), ("lin", Duty.AGENT, 403)):
        build_staff(house, name, duty)
        client = Client()
        client.force_login(User.objects.get(username=name))
        answer = client.get("/widget/anxin/install/")
        assert answer.status_code == status
        assert (secret_of(store_at("anxin")) in answer.content.decode()) == (status == 200)


def test_the_sample_shop_carries_the_widget_by_its_one_tag(house: House) -> None:
    page = Client().get("/shop/").content.decode()

    assert '<script src="/widget/anxin.js" async></script>' in page
    assert 'href="/portal/anxin/"' in page
