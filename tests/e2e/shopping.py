"""Orders bought for a journey through the REST API, and a buyer's way into the portal."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, sign_in

_SERIAL = itertools.count(int(datetime.now(UTC).timestamp()) % 10**7)

JACKET = ("QZ-E2E-M", "轻暖短款羽绒服 黑色 M", "服装", 59_900)
SWEATER = ("WY-E2E-L", "圆领纯棉卫衣 白色 L", "服装", 12_900)


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as its buyer knows it; amounts in fen, per line what he paid for it."""

    id: str
    order_no: str
    phone: str
    name: str
    payable: tuple[int, ...]

    @property
    def last_digits(self) -> str:
        """Return what a masked phone number still shows."""
        return self.phone[-4:]


def buy(
    site: Site, *articles: tuple[str, str, str, int], name: str, is_delivered: bool = True
) -> Bought:
    """Record a paid order of one piece each; delivered: signed for two days ago."""
    now = datetime.now(UTC)
    placed_at = now - (timedelta(days=5) if is_delivered else timedelta(hours=2))
    serial = next(_SERIAL)
    order_no, phone = f"AXE{serial:09d}", f"139{serial % 10**8:08d}"
    total = sum(price for *_, price in articles)
    discount = 4_000 if total >= 70_000 else 0
    order = site.call("POST", "orders", {
        "order_no": order_no, "store": "anxin", "placed_at": placed_at.isoformat(),
        "paid_at": placed_at.isoformat(), "discount_minor": discount,
        "state": "delivered" if is_delivered else "paid",
        "lines": [
            {"sku": sku, "name": words, "category": category, "quantity": 1,
             "unit_price_minor": price}
            for sku, words, category, price in articles
        ],
        "payments": [{
            "tender": "wechat_pay", "amount_minor": total - discount,
            "reference": f"4200{serial:012d}",
        }],
        "buyer": {"name": name, "phone": phone},
        "receiver": {"name": name, "phone": phone, "address": "浙江省杭州市西湖区文三路 99 号"},
    })  # fmt: skip
    if is_delivered:
        _deliver(site, order_no, now)
    lines = sorted(order["lines"], key=lambda line: line["line_no"])
    return Bought(
        order["id"], order_no, phone, name, tuple(line["payable_minor"] for line in lines)
    )


def _deliver(site: Site, order_no: str, now: datetime) -> None:
    signed_at = (now - timedelta(days=2)).isoformat()
    told = site.call("POST", "shipments", {"shipments": [{
        "order_no": order_no, "tracking_no": f"SF{order_no[2:]}", "carrier": "顺丰速运",
        "shipped_at": (now - timedelta(days=4)).isoformat(),
        "delivered_at": signed_at, "signed_at": signed_at, "signed_by": "buyer",
    }]})  # fmt: skip
    assert told["rejected"] == 0, told


def yuan(minor: int) -> str:
    """Return an amount as the pages show it, without its sign."""
    return f"{minor // 100:,}.{minor % 100:02d}"


def ask_for_return(site: Site, order: Bought, *article: str) -> dict[str, Any]:
    """Open a request for pieces of an order through the API, as a shop's own page would."""
    opened: dict[str, Any] = site.call("POST", "requests", {
        "order_no": order.order_no, "kind": "return_refund", "reason": "no_reason",
        "items": [{"sku": sku, "quantity": 1} for sku in article],
    })  # fmt: skip
    return opened


def the_request_of(site: Site, order: Bought) -> dict[str, Any]:
    """Return the one request of an order, as the API tells it."""
    (row,) = site.call("GET", f"requests?order_id={order.id}")["items"]
    found: dict[str, Any] = site.call("GET", f"requests/{row['id']}")
    return found


def money_moved(site: Site, order: Bought) -> list[tuple[int, int]]:
    """Return (amount, how often it moved) of the order's refunds in the provider's own book."""
    refunds = site.call("GET", f"refunds?order_id={order.id}")["items"]
    numbers = {part["part_no"] for refund in refunds for part in refund["parts"]}
    book = site.call("GET", "sandbox/refund-provider/book")["items"]
    return [(one["amount_minor"], one["moved_count"]) for one in book if one["number"] in numbers]


def choose_english(page: Page) -> None:
    """Use the switch of a buyer's page, as somebody does who cannot read the page."""
    page.locator("header details[data-menu] > summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def enter_portal(buyer: Page, staff: Page, order: Bought, words: tuple[str, str, str]) -> None:
    """Sign a buyer in by order number, phone and the code that ``staff`` reads in the sandbox.

    ``words``: what is on the button for the code, on the code's field, and on the last button.
    """
    if "/portal/" not in buyer.url:
        buyer.goto("/portal/anxin/")
    buyer.fill("input[name=order_no]", order.order_no)
    buyer.fill("input[name=address]", order.phone)
    buyer.get_by_role("button", name=words[0]).click()
    buyer.wait_for_url("**/code/")
    buyer.get_by_label(words[1]).fill(read_code(staff, order))
    buyer.get_by_role("button", name=words[2]).click()
    buyer.wait_for_url(lambda url: "/code/" not in url and "/sign-in/" not in url)


def read_code(staff: Page, order: Bought) -> str:
    """Return the newest code that was sent to an order's phone."""
    row = staff.locator("tr", has_text=order.last_digits).first
    for _ in range(20):
        staff.goto("/console/sandbox/codes/")
        if row.count():
            break
        staff.wait_for_timeout(500)
    return row.locator(".number span").inner_text().strip()


def let_parcel_arrive(staff: Page, tracking_no: str) -> None:
    """Move a parcel of the sandbox carrier step by step until the warehouse has it."""
    row = staff.locator("tr", has_text=tracking_no)
    for _ in range(3):
        staff.goto("/console/sandbox/carrier/")
        button = row.locator("button[name=advance]")
        if not button.count():
            break  # it moved by itself
        button.click()
        staff.wait_for_load_state()
    expect(row.locator("button[name=advance]")).to_have_count(0)


def sign_in_administrator(page: Page, site: Site) -> Page:
    """Return a page of the person who may see and steer the sandbox."""
    sign_in(page, site, "admin")
    return page
