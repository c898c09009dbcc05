"""What holds for every page: usable by everybody, light, and asking nobody but us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Frame, Page, expect

from tests.e2e.conftest import PHONE, OpenRoom, Site, sign_in
from tests.e2e.shopping import (
    JACKET,
    SWEATER,
    buy,
    choose_english,
    enter_portal,
    sign_in_administrator,
)

pytestmark = pytest.mark.e2e

_AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text()
# Answers (impact, rule, first element, what to do) of what keeps somebody out.
_SERIOUS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)}`
        + ` ${one.nodes[0].failureSummary.split("\\n").slice(1).join(" ")}`)"""
_WORDS = {
    "zh-CN": ("获取验证码", "6 位验证码", "登录"),
    "en": ("Send me a code", "6-digit code", "Sign in"),
}
_LANGUAGES = pytest.mark.parametrize(
    # One language by day, the other by night: every page in both, in half the time.
    ("language", "scheme"), [("zh-CN", "light"), ("en", "dark")]
)  # fmt: skip

_ROOMS = ("accounts/", "workspace/", "wallboard/", "station/", "console/", "api/docs")
_NO_PAGE = re.compile(r"[<(\\^.]|logout|download")
MAX_BYTES = 300 * 1024


class Inspector:
    """Looks at pages and remembers what it found, so that one run tells everything."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.pages = 0

    def look(self, page: Page, frame: Frame | None = None) -> None:
        """Run axe on the page as it stands."""
        looked_at = frame or page.main_frame
        looked_at.evaluate(_AXE)
        found: list[str] = looked_at.evaluate(_SERIOUS)
        path = looked_at.url.split("/", 3)[-1]
        self.findings += [f"/{path} {one}" for one in found]
        self.pages += 1

    def visit(self, page: Page, path: str) -> None:
        """Open a page and look at it."""
        answer = page.request.get(path)
        if answer.status >= 500:
            self.findings.append(f"{path}: {answer.status}")
        elif "<html" in answer.text():  # else a part of a page, data, or for forms only
            page.goto(path)
            self.look(page)

    def expect_nothing(self) -> None:
        """Fail with everything that was found."""
        assert self.findings == [], "\n" + "\n".join(self.findings)


@_LANGUAGES
def test_pages_of_buyers_keep_nobody_out(
    site: Site, person: OpenRoom, language: str, scheme: Any
) -> None:
    order = buy(site, JACKET, SWEATER, name="温如玉")
    staff = sign_in_administrator(person(), site)
    buyer, inspector = person(language, PHONE), Inspector()
    buyer.emulate_media(color_scheme=scheme)

    inspector.visit(buyer, "/portal/anxin/")
    if language == "en":
        choose_english(buyer)
        inspector.look(buyer)
    inspector.visit(buyer, "/portal/anxin/policy/")
    inspector.visit(buyer, "/portal/anxin/chat/")
    _look_at_shop(buyer, inspector)
    buyer.goto("/portal/anxin/")
    enter_portal(buyer, staff, order, _WORDS[language])
    inspector.visit(buyer, "/portal/anxin/")
    inspector.visit(buyer, f"/portal/anxin/orders/{order.id}/")
    _look_at_wizard(buyer, inspector)
    inspector.visit(buyer, "/portal/anxin/chat/")

    expect(buyer.locator("html")).to_have_attribute("lang", language)
    inspector.expect_nothing()


def _look_at_shop(buyer: Page, inspector: Inspector) -> None:
    inspector.visit(buyer, "/shop/")
    buyer.locator("[data-anxin-widget] .button").click()
    buyer.frame_locator("iframe[src*='/widget/']").get_by_role("textbox").wait_for()
    (frame,) = [one for one in buyer.frames if "/widget/" in one.url]
    inspector.look(buyer, frame)


def _look_at_wizard(buyer: Page, inspector: Inspector) -> None:
    buyer.locator(".sticky-actions .btn-primary").click()
    inspector.look(buyer)
    buyer.locator("button[data-step='1']").last.click()
    buyer.locator("#pick button[type=submit]").click()
    buyer.wait_for_url("**/reason/")
    inspector.look(buyer)
    buyer.locator("input[name=reason][value=no_reason]").check()
    buyer.locator("#reason .sticky-actions button[type=submit]").click()
    buyer.wait_for_url("**/confirm/")
    inspector.look(buyer)
    buyer.locator("#confirm button[type=submit]").click()
    buyer.wait_for_url("**/requests/*/")
    buyer.locator("#pickup-form").wait_for()
    inspector.look(buyer)


@_LANGUAGES
def test_pages_of_staff_keep_nobody_out(
    site: Site, person: OpenRoom, language: str, scheme: Any
) -> None:
    page, inspector = person(language), Inspector()
    page.emulate_media(color_scheme=scheme)
    inspector.visit(page, "/accounts/login/")
    sign_in(page, site, "admin")
    _speak(page, "en" if language == "en" else "zh-hans")
    for path in (*_pages_of_staff(), "/nothing-here/"):
        inspector.visit(page, path)
    _look_at_details(site, page, inspector)

    expect(page.locator("html")).to_have_attribute("lang", language)
    assert inspector.pages > 25
    inspector.expect_nothing()


def _pages_of_staff() -> list[str]:
    """Return every address without a variable in it, so that no new page is forgotten."""
    rooms = tuple(f"/{room}" for room in _ROOMS)
    found = dict.fromkeys(_addresses(get_resolver().url_patterns, ""))
    return [path for path in found if path.startswith(rooms) and not _NO_PAGE.search(path)]


def _addresses(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for one in patterns:
        path = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, path)
        else:
            yield f"/{path}"


def _speak(page: Page, language: str) -> None:
    """Use the switch in the menu of the person signed in: it is kept for him."""
    page.goto("/accounts/password/change/")
    page.locator("details[data-menu] > summary").first.click()
    page.locator(f"form[data-preferences] button[value={language}]").first.click()
    page.wait_for_load_state()


def _look_at_details(site: Site, page: Page, inspector: Inspector) -> None:
    """Look at one of each: a conversation, a request, an order, a refund, a parcel to inspect."""
    (refund,) = site.call("GET", "refunds?limit=1")["items"]
    (request,) = site.call("GET", "requests?limit=1")["items"]
    (received,) = site.call("GET", "requests?state=received&limit=1")["items"]
    (order,) = site.call("GET", "orders?limit=1")["items"]
    (talk,) = site.call("GET", "conversations?limit=1")["items"]
    inspector.visit(page, f"/workspace/requests/{request['id']}/")
    inspector.visit(page, f"/console/orders/{order['id']}/")
    inspector.visit(page, f"/console/customers/{talk['customer_id']}/")
    inspector.visit(page, f"/console/refunds/{refund['id']}/")
    inspector.visit(page, f"/station/requests/{received['id']}/")
    for path in ("/console/settings/staff/", "/console/settings/stores/"):
        page.goto(path)
        inspector.visit(page, _first_behind(page, path))
    page.goto(f"/workspace/?view=open&c={talk['id']}")
    page.locator("#messages li").first.wait_for()
    page.locator("#context .cx").first.wait_for()
    inspector.look(page)
    page.keyboard.press("Control+k")
    page.locator("#palette-text").fill(order["order_no"])
    page.locator("#palette-hits [role=option]").first.wait_for()
    inspector.look(page)


def _first_behind(page: Page, path: str) -> str:
    """Return the address that the first entry of a list leads to."""
    links = page.locator(f"main a[href^='{path}']:not([href$='/new/']):not([href='{path}'])")
    return links.first.get_attribute("href") or ""


def test_first_pages_are_light(site: Site, person: OpenRoom) -> None:
    page = person()
    weights = {"/accounts/login/": _weight(page, "/accounts/login/")}
    weights["/portal/anxin/"] = _weight(page, "/portal/anxin/")
    sign_in(page, site, "agent")
    weights["/workspace/"] = _weight(page, "/workspace/")

    heavy = {path: weight for path, weight in weights.items() if weight > MAX_BYTES}
    assert heavy == {}, weights
    assert min(weights.values()) > 10_000, weights


def _weight(page: Page, path: str) -> int:
    """Return the bytes that a first visit brings over the line, as they travel."""
    session = page.context.new_cdp_session(page)
    lengths: list[float] = []
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    page.goto(path, wait_until="load")
    page.wait_for_timeout(1_000)
    session.detach()
    return int(sum(lengths))
