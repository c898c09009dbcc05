"""The main job, walked by the people who do it: from a buyer's message to the money back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e.conftest import PHONE, OpenRoom, Site, sign_in
from tests.e2e.shopping import (
    JACKET,
    SWEATER,
    Bought,
    buy,
    enter_portal,
    let_parcel_arrive,
    money_moved,
    sign_in_administrator,
    the_request_of,
    yuan,
)

pytestmark = pytest.mark.e2e

CODE_WORDS = ("获取验证码", "验证码", "登录")
CHAIN = (
    "RequestOpened", "RequestAuthorized", "ParcelDispatched", "ParcelReceived",
    "InspectionRecorded", "GoodsDisinfected", "GoodsDisposed", "RequestClosed",
)  # fmt: skip


@dataclass(slots=True)
class Wall:
    """The wallboard as somebody watches it; ``before`` is what it showed at the start."""

    page: Page
    before: dict[str, int]

    def figure(self, name: str) -> int:
        """Return what a figure shows now."""
        shown = self.page.locator(f"[data-figure={name}] [data-value]").inner_text()
        return int(shown.replace(",", ""))

    def expect_more(self, name: str) -> None:
        """Wait until a figure shows more than at the start."""
        for _ in range(60):
            if self.figure(name) > self.before[name]:
                return
            self.page.wait_for_timeout(250)
        pytest.fail(f"{name} still shows {self.before[name]}")


def test_a_buyer_writes_returns_and_has_his_money_back(site: Site, person: OpenRoom) -> None:
    order = buy(site, JACKET, SWEATER, name="温如玉")
    staff = sign_in_administrator(person(), site)
    wall = _watch_the_wall(person(), site)
    agent = person()
    sign_in(agent, site, "agent")
    buyer = person("zh-CN", PHONE)

    _write_to_each_other(buyer, agent, order)
    wall.expect_more("inquiries")
    enter_portal(buyer, staff, order, CODE_WORDS)
    _ask_for_return(buyer, order)
    wall.expect_more("requests")
    _accept_beside_conversation(agent, order)
    tracking_no = _book_pickup(buyer)
    let_parcel_arrive(staff, tracking_no)
    _handle_parcel(person("zh-CN", PHONE), site, tracking_no)
    _approve_refund(person(), site, order)

    expect(buyer.get_by_role("heading", level=1)).to_have_text(
        f"已退款 ¥{yuan(order.payable[0])}", timeout=60_000
    )
    expect(buyer.locator(".timeline-list")).to_contain_text(yuan(order.payable[0]))
    assert money_moved(site, order) == [(order.payable[0], 1)]
    _read_the_chain(staff, site, order)
    wall.page.locator("[data-figure=requests]").click()
    expect(wall.page.get_by_role("heading", level=1)).to_have_text("售后申请")


def _watch_the_wall(page: Page, site: Site) -> Wall:
    sign_in(page, site, "supervisor")
    page.goto("/wallboard/")
    wall = Wall(page, {})
    wall.before = {name: wall.figure(name) for name in ("inquiries", "requests")}
    return wall


def _write_to_each_other(buyer: Page, agent: Page, order: Bought) -> None:
    """The buyer writes in the shop's widget; the agent takes it, links the order and answers."""
    asked, answered = f"您好，订单 {order.order_no} 的羽绒服想退", "您好，我来帮您，请点链接申请。"
    agent.locator("[data-view=unassigned]").click()
    agent.locator("#talk").hover()  # rows stay where they are below a pointer
    buyer.goto("/shop/")
    buyer.get_by_role("button", name="联系客服").click()
    chat = _chat(buyer)
    chat.get_by_role("textbox").fill(asked)
    chat.get_by_role("button", name="发送").click()

    agent.locator(".q-row", has_text=order.order_no).click()
    expect(agent.locator("#messages")).to_contain_text(asked)
    agent.get_by_role("button", name="接手", exact=True).click()
    agent.get_by_role("button", name="核实后关联").click()
    expect(agent.locator("#context")).to_contain_text(yuan(sum(order.payable)))
    agent.locator("#composer-text").fill(answered)
    agent.keyboard.press("Enter")

    expect(chat.get_by_role("log")).to_contain_text(answered)
    buyer.reload()
    agent.reload()
    expect(_chat(buyer).get_by_role("log")).to_contain_text(answered)
    for text in (asked, answered):
        expect(_chat(buyer).locator(".chat-bubble", has_text=text)).to_have_count(1)
        expect(agent.locator("#messages .m-bubble", has_text=text)).to_have_count(1)


def _chat(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[src*='/widget/']")


def _ask_for_return(buyer: Page, order: Bought) -> None:
    """Goods, reason, offer: three pages, and nothing is asked that the shop knows."""
    buyer.get_by_role("link", name=order.order_no).click()
    buyer.get_by_role("link", name="申请退货或退款").click()
    steps = 0

    steps += 1
    line = buyer.locator(".pick-line", has_text="羽绒服")
    line.get_by_role("button", name="增加一件").click()
    buyer.get_by_role("button", name="下一步").click()

    steps += 1
    buyer.locator("input[name=reason][value=no_reason]").check()
    buyer.get_by_role("button", name="下一步").click()

    steps += 1
    offer = buyer.locator("main")
    expect(offer.locator(".offer-lines")).to_contain_text("羽绒服")
    expect(offer.locator(".sums .total").last).to_contain_text(yuan(order.payable[0]))
    buyer.locator(".explanation > details > summary").click()
    expect(buyer.locator(".explanation .reasons > li").first).to_be_visible()
    buyer.get_by_role("button", name=f"申请退款 ¥{yuan(order.payable[0])}").click()
    buyer.wait_for_url("**/requests/*/")
    assert steps <= 3


def _accept_beside_conversation(agent: Page, order: Bought) -> None:
    """Above the line for automatic approval a person decides, the explanation before him."""
    agent.reload()
    card = agent.locator("#context .cx-card", has_text=yuan(order.payable[0]))
    card.click()
    expect(agent.locator(".explanation .verdict")).to_contain_text("需要")
    agent.get_by_role("button", name=f"同意退货，应退 ¥{yuan(order.payable[0])}").click()
    expect(agent.locator("#decide")).to_have_count(0)


def _book_pickup(buyer: Page) -> str:
    """Choose the first time a courier can come; return the number on the label."""
    slot = buyer.locator("#pickup-form .chip").first
    expect(slot).to_be_visible()
    slot.click()
    buyer.get_by_role("button", name="预约取件").click()
    label = buyer.locator(".pickup-label")
    expect(label).to_be_visible()
    expect(label.locator("img.qr")).to_have_js_property("complete", True)
    return label.locator(".number span").first.inner_text().strip()


def _handle_parcel(clerk: Page, site: Site, tracking_no: str) -> None:
    """Scan, inspect, disinfect, put away; a second scan does nothing twice."""
    sign_in(clerk, site, "warehouse")
    clerk.goto("/station/")
    clerk.get_by_label("扫描或输入运单号").fill(tracking_no)
    clerk.keyboard.press("Enter")  # as a scanner does
    clerk.get_by_role("button", name="提交验货结果").click()
    clerk.get_by_role("button", name="保存消毒记录").click()
    clerk.get_by_role("button", name="确认去向").click()
    expect(clerk.get_by_role("status")).to_contain_text("全部完成")
    clerk.get_by_role("link", name="扫下一件").click()
    clerk.get_by_label("扫描或输入运单号").fill(tracking_no)
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("button", name="提交验货结果")).to_have_count(0)


def _approve_refund(finance: Page, site: Site, order: Bought) -> None:
    """A refund above the merchant's line waits for a second person."""
    sign_in(finance, site, "finance")
    finance.goto("/console/refunds/?state=held")
    row = finance.locator("tr", has_text=order.order_no)
    for _ in range(20):
        if row.count():
            break
        finance.wait_for_timeout(500)
        finance.reload()
    row.get_by_role("link").first.click()
    assert money_moved(site, order) == []
    finance.locator(".page-head").get_by_role("button", name="批准退款").click()
    finance.get_by_role("dialog").get_by_role("button", name="批准退款").click()
    finance.wait_for_load_state()


def _read_the_chain(staff: Page, site: Site, order: Bought) -> None:
    request = the_request_of(site, order)
    assert request["state"] == "closed"
    staff.goto(f"/console/events/?subject={request['id']}")
    told = [
        name.removeprefix("aftersales.")
        for name in staff.locator("tbody .mono.text-secondary").all_inner_texts()
    ]
    for fact in CHAIN:
        assert fact in told, f"{fact} is missing in {told}"
