"""The chat in a real browser: what is written without a line is kept, sent once, and shown once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from anxin.domains.conversations.models import Message
from tests.builders_aftersales import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CHAT = "/portal/anxin/chat/?embed=1"


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
def page(browser: Browser, live_server: Any, scene: Scene) -> Iterator[Page]:
    """A visitor in front of the widget's page."""
    context = browser.new_context(
        base_url=live_server.url, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(CHAT)
    yield page
    context.close()


def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox")
    box.fill(text)
    box.press("Enter")


def test_what_is_written_without_a_line_survives_reload_and_is_sent_once(page: Page) -> None:
    write(page, "第一句")
    expect(page.locator(".chat-thread .chat-mine")).to_have_count(1)
    page.route("**/chat/messages/**", lambda route: route.abort())
    write(page, "断网时写的")
    expect(page.locator(".chat-pending")).to_contain_text("恢复后自动发送")

    page.unroute("**/chat/messages/**")
    page.reload()

    expect(page.locator(".chat-pending")).to_have_count(0)
    expect(page.locator(".chat-thread .chat-mine")).to_have_count(2)
    texts = list(Message.objects.order_by("seq").values_list("text", flat=True))
    assert texts == ["第一句", "断网时写的"]


def test_an_answer_lost_on_the_way_doubles_nothing(page: Page) -> None:
    lost: list[Any] = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())  # the server has it, the page hears nothing
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/messages/**", lose)
    write(page, "退货")

    expect(page.locator(".chat-pending")).to_have_count(0, timeout=10_000)
    expect(page.locator(".chat-thread .chat-mine")).to_have_count(1)
    assert lost
    assert Message.objects.count() == 1


def test_markup_in_a_message_is_text(page: Page) -> None:
    write(page, "<img src=x onerror=alert(1)> https://example.com/a")

    bubble = page.locator(".chat-thread .chat-bubble")
    expect(bubble).to_contain_text("<img src=x")
    expect(bubble.locator("img")).to_have_count(0)
    expect(bubble.locator("a")).to_have_attribute("rel", "noopener noreferrer")
