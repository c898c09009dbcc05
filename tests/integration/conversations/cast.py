"""Messages and orders for the tests of conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from anxin.domains.commerce.models import Order
from anxin.domains.conversations.data import InboundMessage, Received
from anxin.domains.conversations.public import receive_messages
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House


def inbound(house: House, external_id: str, sender: str = "wx-1", **more: Any) -> InboundMessage:
    """Return a message of 张三 on an outside channel."""
    return replace(
        InboundMessage(
            house.merchant_id, "program", "key", "wechat", external_id, "我要退款", NOON,
            sender_id=sender, sender_name="张三",
        ),
        **more,
    )  # fmt: skip


def heard(
    house: House, text: str = "我要退款", *, sender: str = "wx-1", now: datetime = NOON
) -> Received:
    """Store one message and return where it went."""
    with acting_for(house.merchant_id):
        message = inbound(house, f"{sender}-{text}-{now}", sender, text=text)
        return receive_messages([message], now=now)[0]


def ordered(
    house: House, order_no: str, customer_id: object, *, placed_at: datetime = NOON
) -> Order:
    """Return an order of 100 yuan."""
    return Order.objects.create(
        merchant_id=house.merchant_id, store_id=house.store_id, order_no=order_no,
        customer_id=customer_id, state="delivered", currency="CNY", placed_at=placed_at,
        goods_minor=10_000, paid_minor=10_000,
    )  # fmt: skip
