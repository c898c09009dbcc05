"""The shared scripts in a real browser: expired sessions, drafts, shortcuts, the live line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Browser, Page, WebSocketRoute, expect, sync_playwright

from anxin.domains.merchants.data import Duty
from tests.builders import build_house, build_staff

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.integration.ui.sample_urls"),
]


# From now on every connection fails at once, as without a network.
NO_LINE = """() => {
  window.WebSocket = class extends EventTarget {
    constructor() {
      super();
      setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })));
    }
    close() {}
  };
}"""


class Line:
    """The server's end of the WebSocket, played by the test."""

    def __init__(self) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.heard: list[dict[str, Any]] = []

    def accept(self, socket: WebSocketRoute) -> None:
        """Take a connection."""
        self.sockets.append(socket)
        socket.on_message(lambda text: self.heard.append(json.loads(text)))

    def say(self, **event: Any) -> None:
        """Send an event over the newest connection."""
        self.sockets[-1].send(json.dumps(event))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, and Django would refuse the database beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("ANXIN_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def page(browser: Browser, live_server: Any, line: Line) -> Iterator[Page]:
    """A signed-in agent on the sample page; fails the test on any script or policy error."""
    cache.clear()
    build_staff(build_house(), "lin", Duty.AGENT)
    context = browser.new_context(base_url=live_server.url, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(5_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
    context.route_web_socket("**/ws", line.accept)
    page.goto("/accounts/login/?next=/sample/")
    sign_in(page)
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()
    assert errors == []


def sign_in(page: Page) -> None:
    page.fill("[name=login]", "lin")
    page.fill("[name=password]", "linlin")
    page.click("main button.btn-primary")


def test_an_expired_session_in_a_live_page_keeps_what_was_typed(page: Page) -> None:
    page.fill("#reply", "已为您安排退款")
    Session.objects.all().delete()

    page.click("#partial button")

    link = page.locator(".toast-item a")
    expect(link).to_contain_text("重新登录")
    expect(page.locator("#reply")).to_have_value("已为您安排退款")
    with page.context.expect_page() as opened:
        link.click()
    sign_in(opened.value)
    opened.value.wait_for_selector("html[data-ready]")
    page.click("#partial button")
    expect(page.locator("#answer")).to_have_text("已为您安排退款")


def test_an_expired_session_in_a_plain_form_brings_the_text_back(page: Page) -> None:
    page.fill("#note", "买家说吊牌还在")
    page.check("[name=agree]")
    Session.objects.all().delete()

    page.click("#plain button")
    page.wait_for_selector("[name=login]")
    sign_in(page)
    page.wait_for_selector("html[data-ready]")

    expect(page.locator("#note")).to_have_value("买家说吊牌还在")
    expect(page.locator("[name=agree]")).to_be_checked()
    expect(page.locator("#toasts")).to_contain_text("已恢复")
    page.click("#plain button")
    expect(page.locator("body")).to_have_text("ok 买家说吊牌还在")


def test_a_text_that_arrived_does_not_come_back(page: Page) -> None:
    page.fill("#note", "一次就好")
    page.click("#plain button")
    expect(page.locator("body")).to_have_text("ok 一次就好")

    page.goto("/sample/")

    expect(page.locator("#note")).to_have_value("")


def test_a_refusal_is_said_in_a_toast(page: Page) -> None:
    page.click("text=冲突")

    expect(page.locator("#toasts")).to_contain_text("内容刚刚发生了变化")


def test_numbers_are_copied_with_one_tap(page: Page) -> None:
    page.click("[data-copy]")

    expect(page.locator("#toasts")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "AS261124000123"


def test_shortcuts_rest_while_someone_types_or_composes(page: Page) -> None:
    page.focus("#reply")
    page.keyboard.press("j")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'j', isComposing: true, bubbles: true}))"
    )
    expect(page.locator("#heard li")).to_have_count(0)

    page.locator("#reply").blur()
    page.keyboard.press("j")
    page.keyboard.press("g")
    page.keyboard.press("x")
    expect(page.locator("#heard li")).to_have_text(["j", "g x"])


def test_a_question_mark_lists_the_shortcuts(page: Page) -> None:
    page.keyboard.press("?")

    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help")).to_contain_text("下一个")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_the_theme_switches_at_once_and_stays(page: Page) -> None:
    page.click("[data-menu] summary")
    with page.expect_response("**/preferences/"):
        page.click("button[name=theme][value=dark]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    page.reload()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_lost_line_is_shown_and_caught_up_without_loss_or_double(page: Page, line: Line) -> None:
    heard = page.locator("#heard li")
    page.wait_for_timeout(100)
    assert line.heard[0] == {"op": "subscribe", "topic": "conversation:1", "after": 3}
    line.say(topic="conversation:1", type="message", seq=4, text="在吗")
    line.say(topic="conversation:1", type="message", seq=4, text="在吗")
    expect(heard).to_have_text(["4 在吗"])

    line.sockets[-1].close(code=1012)
    expect(heard).to_have_text(["4 在吗", "back"])

    assert line.heard[-1] == {"op": "subscribe", "topic": "conversation:1", "after": 4}
    line.say(topic="conversation:1", type="message", seq=4, text="在吗")
    line.say(topic="conversation:1", type="message", seq=5, text="好的")
    expect(heard).to_have_text(["4 在吗", "back", "5 好的"])


def test_a_line_that_stays_lost_says_so(page: Page, line: Line) -> None:
    page.wait_for_timeout(100)
    page.evaluate(NO_LINE)

    line.sockets[-1].close(code=1012)

    expect(page.locator("#connection")).to_contain_text("连接已断开")


def test_a_line_refused_for_want_of_a_session_offers_to_sign_in(page: Page, line: Line) -> None:
    page.wait_for_timeout(100)

    line.sockets[-1].close(code=4401)

    expect(page.locator(".toast-item a")).to_have_attribute(
        "href", "/accounts/login/?next=%2Fsample%2F"
    )
    assert len(line.sockets) == 1
