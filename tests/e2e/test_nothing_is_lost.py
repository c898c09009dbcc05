"""Lines break, servers restart, sessions end, two people are first: nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import re
import signal
import time

import pytest
from playwright.sync_api import FrameLocator, Page, WebSocketRoute, expect

from tests.e2e.conftest import PHONE, OpenRoom, Site, sign_in
from tests.e2e.shopping import (
    JACKET,
    SWEATER,
    Bought,
    ask_for_return,
    buy,
    enter_portal,
    read_code,
    sign_in_administrator,
)

pytestmark = pytest.mark.e2e

_CODE_WORDS = ("获取验证码", "6 位验证码", "登录")
_BACK = 60_000


def test_a_cut_line_and_a_killed_server_lose_no_message(site: Site, person: OpenRoom) -> None:
    buyer, agent = person("zh-CN", PHONE), person()
    chat = _open_widget(buyer)
    sign_in(agent, site, "agent")
    _say(chat, "断网之前")
    conversation = _take_newest(site, agent, "断网之前")

    buyer.context.set_offline(True)
    agent.context.set_offline(True)
    _say(chat, "买家断网时写的")
    _answer(agent, "客服断网时写的")
    buyer.wait_for_timeout(2_000)
    buyer.context.set_offline(False)
    expect(chat.locator(".chat-pending")).to_have_count(0, timeout=_BACK)
    agent.context.set_offline(False)
    _see_through(agent, "客服断网时写的")
    expect(chat.get_by_role("log")).to_contain_text("客服断网时写的", timeout=_BACK)

    _kill_web(site)
    _say(chat, "买家在重启时写的")
    _answer(agent, "客服在重启时写的")
    _see_through(agent, "客服在重启时写的")
    expect(chat.get_by_role("log")).to_contain_text("客服在重启时写的", timeout=_BACK)
    expect(chat.locator(".chat-pending")).to_have_count(0, timeout=_BACK)

    written = [
        "断网之前",
        "买家断网时写的",
        "客服断网时写的",
        "买家在重启时写的",
        "客服在重启时写的",
    ]
    for text in written:
        expect(agent.locator("#messages .m-bubble", has_text=text)).to_have_count(1)
        expect(chat.locator(".chat-bubble", has_text=text)).to_have_count(1)
    stored = site.call("GET", f"conversations/{conversation}/messages")["items"]
    assert sorted(one["text"] for one in stored if one["text"]) == sorted(written)
    numbers = sorted(one["seq"] for one in stored)
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_reply_on_an_outdated_view_is_refused_and_shown(site: Site, person: OpenRoom) -> None:
    buyer, agent = person("zh-CN", PHONE), person()
    line = _SlowLine()
    agent.route_web_socket(re.compile("/ws"), line.follow)
    chat = _open_widget(buyer)
    sign_in(agent, site, "agent")
    _say(chat, "想退货")
    conversation = _take_newest(site, agent, "想退货")

    line.is_cut = True
    _say(chat, "等等，先不退了")
    expect(chat.locator(".chat-pending")).to_have_count(0)
    _answer(agent, "好的，这就为您退货")

    expect(agent.locator("#composer-notice")).to_contain_text("没有发出")
    expect(agent.locator("#composer-text")).to_have_value("好的，这就为您退货")
    expect(agent.locator("#messages .m-unseen")).to_contain_text("等等，先不退了")
    stored = site.call("GET", f"conversations/{conversation}/messages")["items"]
    assert [one["text"] for one in stored if one["direction"] == "out"] == []

    agent.locator("#composer-text").fill("好的，那就不退了")
    agent.keyboard.press("Enter")
    expect(chat.get_by_role("log")).to_contain_text("好的，那就不退了")


def test_an_expired_session_keeps_what_an_agent_typed(site: Site, person: OpenRoom) -> None:
    request = ask_for_return(site, buy(site, JACKET, name="温如玉"), JACKET[0])
    assert request["state"] == "reviewing"
    agent, address = person(), f"/workspace/requests/{request['id']}/"
    sign_in(agent, site, "agent")
    agent.goto(address)
    agent.fill("#explanation", "吊牌已剪，不能再次销售")

    agent.context.clear_cookies(name=re.compile("session"))
    agent.get_by_role("button", name="拒绝").click()
    agent.fill("input[name=login]", "agent")
    agent.fill("input[name=password]", site.credentials["password"])
    agent.press("input[name=password]", "Enter")

    agent.wait_for_url(f"**{address}")
    expect(agent.locator("#explanation")).to_have_value("吊牌已剪，不能再次销售")
    assert site.call("GET", f"requests/{request['id']}")["state"] == "reviewing"


def test_an_expired_session_keeps_what_a_buyer_typed(site: Site, person: OpenRoom) -> None:
    order = buy(site, SWEATER, name="温如玉")
    staff, buyer = sign_in_administrator(person(), site), person("zh-CN", PHONE)
    enter_portal(buyer, staff, order, _CODE_WORDS)
    buyer.goto(f"/portal/anxin/orders/{order.id}/return/")
    buyer.get_by_role("button", name="下一步").click()
    address = buyer.url
    buyer.locator("input[name=reason][value=other]").check()
    buyer.fill("#note", "颜色和图片差得有点远")

    buyer.context.clear_cookies(name="anxin_buyer")
    buyer.get_by_role("button", name="下一步").click()
    buyer.fill("input[name=order_no]", order.order_no)
    buyer.fill("input[name=address]", order.phone)
    buyer.get_by_role("button", name=_CODE_WORDS[0]).click()
    buyer.wait_for_url("**/code/")
    buyer.get_by_label(_CODE_WORDS[1]).fill(read_code(staff, order))
    buyer.locator("main").get_by_role("button", name=_CODE_WORDS[2]).click()

    buyer.wait_for_url(address)
    expect(buyer.locator("#note")).to_have_value("颜色和图片差得有点远")
    expect(buyer.locator("input[name=reason][value=other]")).to_be_checked()


def test_the_same_piece_asked_for_in_two_tabs_at_once_is_given_once(
    site: Site, person: OpenRoom
) -> None:
    order = buy(site, SWEATER, name="温如玉")
    staff, first = sign_in_administrator(person(), site), person("zh-CN", PHONE)
    enter_portal(first, staff, order, _CODE_WORDS)
    second = first.context.new_page()
    for tab in (first, second):
        _go_to_confirm(tab, order)

    for tab in (first, second):
        tab.evaluate("document.querySelector('#confirm button[type=submit]').click()")

    tabs = (first, second)
    for tab in tabs:
        expect(tab.locator("#request-now, [role=alert]").first).to_be_visible()
    (won,) = [tab for tab in tabs if "/requests/" in tab.url]
    (lost,) = [tab for tab in tabs if "/confirm/" in tab.url]
    number = site.call("GET", f"requests?order_id={order.id}")["items"][0]["number"]
    expect(won.locator("main")).to_contain_text(number)
    expect(lost.get_by_role("alert").first).to_contain_text("刚刚在别处申请过")
    expect(lost.get_by_role("alert").first).to_contain_text(number)
    assert len(site.call("GET", f"requests?order_id={order.id}")["items"]) == 1


class _SlowLine:
    """An agent's open line; while it is cut, what the server says is not heard."""

    def __init__(self) -> None:
        self.is_cut = False

    def follow(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda told: None if self.is_cut else socket.send(told))


def _open_widget(buyer: Page) -> FrameLocator:
    buyer.goto("/shop/")
    buyer.get_by_role("button", name="联系客服").click()
    return buyer.frame_locator("iframe[src*='/widget/']")


def _say(chat: FrameLocator, text: str) -> None:
    chat.get_by_role("textbox").fill(text)
    chat.get_by_role("button", name="发送").click()


def _answer(agent: Page, text: str) -> None:
    agent.locator("#composer-text").fill(text)
    agent.locator("#composer-text").press("Enter")


def _take_newest(site: Site, agent: Page, text: str) -> str:
    """Open the conversation with this text and make it the agent's own; return its id."""
    row = agent.locator(".q-row", has_text=text).first
    agent.locator("[data-view=unassigned]").click()
    agent.locator("#talk").hover()
    row.click()
    expect(agent.locator("#messages")).to_contain_text(text)
    agent.get_by_role("button", name="接手", exact=True).click()
    expect(agent.get_by_role("button", name="接手", exact=True)).to_be_hidden()
    return agent.url.rsplit("c=", 1)[-1].split("&")[0]


def _see_through(agent: Page, text: str) -> None:
    """Wait until a reply is stored; where the buyer was faster, read his words and send again."""
    notice = agent.locator("#composer-notice")
    stored = agent.locator("#messages li[id] .m-bubble", has_text=text)
    expect(notice.or_(stored).first).to_be_visible(timeout=_BACK)
    if notice.is_visible():
        agent.locator("#composer-text").press("Enter")
    expect(stored).to_have_count(1, timeout=_BACK)


def _kill_web(site: Site) -> None:
    """Kill the web process as a crash would; the supervisor starts another."""
    note = site.home / "run" / "serve.json"
    old = json.loads(note.read_text())["children"]["web-1"]
    os.kill(old, signal.SIGKILL)
    for _ in range(100):
        if json.loads(note.read_text())["children"]["web-1"] != old:
            return
        time.sleep(0.1)
    pytest.fail("the web process was not started again")


def _go_to_confirm(tab: Page, order: Bought) -> None:
    tab.goto(f"/portal/anxin/orders/{order.id}/return/")
    tab.get_by_role("button", name="下一步").click()
    tab.locator("input[name=reason][value=no_reason]").check()
    tab.get_by_role("button", name="下一步").click()
    tab.wait_for_url("**/confirm/")
