"""From the shop to the agent and back, in real browsers, over a server that stops in between."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect, sync_playwright

from anxin.domains.conversations.models import Message
from anxin.domains.merchants.data import Duty
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff
from tests.integration.realtime.live_server import Server

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


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
def house(tmp_path: Path, settings: Any) -> House:
    settings.ANXIN_HOME = tmp_path
    cache.clear()
    house = build_house()
    build_staff(house, "lin", Duty.AGENT)
    return house


@pytest.fixture
def server(house: House) -> Iterator[list[Server]]:
    """The server, in a list so that a test can put another in its place."""
    running = [Server()]
    yield running
    running[-1].stop()


def page_of(browser: Browser, server: list[Server]) -> Page:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server[-1].port}", locale="zh-CN"
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def agents_page(browser: Browser, server: list[Server]) -> Page:
    page = page_of(browser, server)
    page.goto("/accounts/login/?next=/workspace/?view=unassigned")
    page.fill("input[name=login]", "lin")
    page.fill("input[name=password]", "linlin")
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#queue-list")
    return page


def texts(house: House) -> list[str]:
    with acting_for(house.merchant_id):
        return list(Message.objects.order_by("seq").values_list("text", flat=True))


def test_words_cross_in_a_second_and_survive_a_restart_without_loss_or_doubles(
    browser: Browser, server: list[Server], house: House
) -> None:
    agent, shop = agents_page(browser, server), page_of(browser, server)
    shop.goto("/shop/")
    shop.locator("[data-anxin-widget] .button").click()
    chat = shop.frame_locator("iframe")
    chat.locator("textarea").fill("加湿器漏水")
    chat.locator("textarea").press("Enter")
    expect(agent.locator(".q-row")).to_contain_text("加湿器漏水")
    agent.locator(".q-row").click()
    field = agent.locator("#composer-text")
    expect(field).to_be_enabled()

    started = time.monotonic()
    field.fill("请擦干底座")
    field.press("Enter")
    expect(chat.locator(".chat-theirs")).to_contain_text("请擦干底座")
    there = time.monotonic()
    chat.locator("textarea").fill("还是漏")
    chat.locator("textarea").press("Enter")
    expect(agent.locator("#messages")).to_contain_text("还是漏")
    back = time.monotonic()

    assert there - started < 1
    assert back - there < 1

    # Both write while nobody is there; a reload in between loses neither.
    port = server[-1].port
    server[-1].stop()
    chat.locator("textarea").fill("断线时写的")
    chat.locator("textarea").press("Enter")
    expect(chat.locator(".chat-pending")).to_contain_text("断线时写的")
    field.fill("坐席断线时写的备注")
    agent.locator("#mode-note").click()
    field.fill("坐席断线时写的备注")
    field.press("Enter")
    expect(agent.locator("#messages .m-waiting")).to_contain_text("备注")
    server.append(Server(port))

    expect(agent.locator("#messages")).to_contain_text("断线时写的", timeout=20_000)
    expect(agent.locator("#messages .m-waiting")).to_have_count(0, timeout=20_000)
    expect(chat.locator(".chat-pending")).to_have_count(0, timeout=20_000)
    assert sorted(texts(house)) == sorted(
        ["加湿器漏水", "请擦干底座", "还是漏", "断线时写的", "坐席断线时写的备注"]
    )

    shop.reload()
    expect(chat.locator(".chat-thread")).to_contain_text("断线时写的")
    expect(chat.locator(".chat-mine")).to_have_count(3)
    expect(chat.locator("body")).not_to_contain_text("备注")


def test_an_outdated_reply_comes_back_with_what_was_not_seen(
    browser: Browser, server: list[Server], house: House
) -> None:
    agent, shop = agents_page(browser, server), page_of(browser, server)
    shop.goto("/shop/")
    shop.locator("[data-anxin-widget] .button").click()
    chat = shop.frame_locator("iframe")
    chat.locator("textarea").fill("能退吗")
    chat.locator("textarea").press("Enter")
    agent.locator(".q-row").click()
    expect(agent.locator("#messages")).to_contain_text("能退吗")
    # The agent's line is dead while the buyer goes on.
    agent.evaluate("() => { window.fetch = ((real) => async (url, init) => {"
                   " if (init?.method === 'POST' && String(url).includes('/messages/'))"
                   " init.body = init.body.replace(/\"seen_seq\":\\d+/, '\"seen_seq\":0');"
                   " return real(url, init); })(window.fetch); }")  # fmt: skip

    agent.locator("#composer-text").fill("可以退")
    agent.locator("#composer-text").press("Enter")

    expect(agent.locator("#composer-notice")).to_be_visible()
    expect(agent.locator("#composer-text")).to_have_value("可以退")
    expect(agent.locator(".m-unseen")).to_contain_text("能退吗")
    assert texts(house) == ["能退吗"]


def test_a_draft_and_the_open_conversation_survive_a_reload(
    browser: Browser, server: list[Server], house: House
) -> None:
    agent, shop = agents_page(browser, server), page_of(browser, server)
    shop.goto("/shop/")
    shop.locator("[data-anxin-widget] .button").click()
    chat = shop.frame_locator("iframe")
    chat.locator("textarea").fill("在吗")
    chat.locator("textarea").press("Enter")
    agent.locator(".q-row").click()
    agent.locator("#composer-text").fill("写到一半")

    agent.reload()

    expect(agent).to_have_url(re.compile("c="))
    expect(agent.locator("#composer-text")).to_have_value("写到一半")


def test_an_answer_shows_on_the_closed_button_and_counts_as_seen_once_opened(
    browser: Browser, server: list[Server], house: House
) -> None:
    agent, shop = agents_page(browser, server), page_of(browser, server)
    shop.goto("/shop/")
    button = shop.locator("[data-anxin-widget] .button")
    button.click()
    chat = shop.frame_locator("iframe")
    chat.locator("textarea").fill("在吗")
    chat.locator("textarea").press("Enter")
    expect(chat.locator(".chat-mine:not(.chat-pending)")).to_have_count(1)

    chat.locator("textarea").press("Escape")
    expect(button).to_be_focused()
    agent.locator(".q-row").click()
    agent.locator("#composer-text").fill("在的")
    agent.locator("#composer-text").press("Enter")

    expect(shop.locator("[data-anxin-widget] .badge")).to_have_text("1")
    expect(agent.locator(".m-out .m-seen")).to_have_text("已送达")
    button.click()
    expect(chat.locator(".chat-theirs")).to_contain_text("在的")
    expect(agent.locator(".m-out .m-seen")).to_have_text("买家已读")
