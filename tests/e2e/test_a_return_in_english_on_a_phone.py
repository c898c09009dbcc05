"""The same in English, on a phone, by somebody without an account."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, OpenRoom, Site, sign_in
from tests.e2e.shopping import (
    SWEATER,
    Bought,
    buy,
    choose_english,
    enter_portal,
    money_moved,
    sign_in_administrator,
    the_request_of,
    yuan,
)

pytestmark = pytest.mark.e2e

CODE_WORDS = ("Send me a code", "6-digit code", "Sign in")


def test_a_guest_returns_a_sweater_and_has_his_money_back(site: Site, person: OpenRoom) -> None:
    order = buy(site, SWEATER, name="Emma Clarke")
    (payable,) = order.payable
    staff, buyer = sign_in_administrator(person(), site), person("en-GB", PHONE)

    buyer.goto("/portal/anxin/")
    choose_english(buyer)
    enter_portal(buyer, staff, order, CODE_WORDS)
    _start(buyer, order)
    buyer.get_by_role("button", name="Next").click()  # one piece: it is chosen already
    buyer.locator("input[name=reason][value=no_reason]").check()
    buyer.get_by_role("button", name="Next").click()
    _confirm(buyer, payable)
    tracking_no = _send_it_himself(buyer, order)
    _handle_parcel(person("en-GB", PHONE), site, tracking_no)

    _expect_refunded(buyer, payable)
    assert money_moved(site, order) == [(payable, 1)]
    assert the_request_of(site, order)["state"] == "closed"


def test_before_shipment_the_money_comes_back_without_a_parcel(
    site: Site, person: OpenRoom
) -> None:
    order = buy(site, SWEATER, name="Emma Clarke", is_delivered=False)
    (payable,) = order.payable
    staff, buyer = sign_in_administrator(person(), site), person("en-GB", PHONE)

    buyer.goto("/portal/anxin/")
    choose_english(buyer)
    enter_portal(buyer, staff, order, CODE_WORDS)
    _start(buyer, order)
    buyer.get_by_role("button", name="Next").click()
    _confirm(buyer, payable)

    _expect_refunded(buyer, payable)
    assert money_moved(site, order) == [(payable, 1)]
    request = the_request_of(site, order)
    assert (request["kind"], request["state"]) == ("refund_only", "closed")


def _start(buyer: Page, order: Bought) -> None:
    if order.order_no not in buyer.locator("main h1").inner_text():
        buyer.get_by_role("link", name=order.order_no).click()
    buyer.locator(".sticky-actions a.btn-primary").click()


def _confirm(buyer: Page, payable: int) -> None:
    expect(buyer.locator("html")).to_have_attribute("lang", "en")
    expect(buyer.locator(".sums .total").last).to_contain_text(yuan(payable))
    buyer.locator("#confirm button[type=submit]").click()
    buyer.wait_for_url("**/requests/*/")
    _expect_no_sideways_scrolling(buyer)


def _send_it_himself(buyer: Page, order: Bought) -> str:
    """Fill in a carrier and its number; return the number."""
    tracking_no = f"YT{order.order_no[3:]}"
    buyer.locator("#way-own > summary").click()
    buyer.locator("#parcel-form [name=carrier]").fill("YTO Express")
    buyer.locator("#parcel-form [name=tracking_no]").fill(tracking_no)
    buyer.locator("#parcel-form button[type=submit]").click()
    expect(buyer.locator("main")).to_contain_text(tracking_no)
    return tracking_no


def _handle_parcel(clerk: Page, site: Site, tracking_no: str) -> None:
    sign_in(clerk, site, "warehouse")
    clerk.goto("/station/")
    clerk.fill("#number", tracking_no)
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/requests/*/")
    _expect_no_sideways_scrolling(clerk)
    for form in ("inspection", "disinfection", "disposition"):
        clerk.locator(f"form[action$='/{form}/'] button[type=submit]").click()
    expect(clerk.get_by_role("status")).to_be_visible()


def _expect_refunded(buyer: Page, payable: int) -> None:
    expect(buyer.get_by_role("heading", level=1)).to_have_text(
        f"¥{yuan(payable)} refunded", timeout=60_000
    )
    expect(buyer.locator("#money")).to_be_visible()


def _expect_no_sideways_scrolling(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], f"{page.url} is {wide} wide"
