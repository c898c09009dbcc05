"""Orders with payments, and a refund provider whose clock and sleep are the test's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from anxin.adapters.sandbox.refund_provider import SandboxRefundProvider
from anxin.domains.commerce.data import OrderId
from anxin.domains.commerce.models import Order, OrderLine, Payment
from anxin.domains.finance.data import Source, SourceKind
from tests.builders import NOON, House

_numbers = count(1)


@dataclass
class Clock:
    """A clock that stands until it is told to go."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return the present moment."""
        return self.now

    def go(self, seconds: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self.now


@dataclass
class Rehearsal:
    """The sandbox provider with a clock, and how long it slept."""

    clock: Clock = field(default_factory=Clock)
    slept: list[float] = field(default_factory=list)

    @property
    def provider(self) -> SandboxRefundProvider:
        """Return the provider."""
        return SandboxRefundProvider(clock=self.clock, sleep=self.slept.append)


def build_paid_order(
    house: House,
    *payments: tuple[str, int],
    currency: str = "CNY",
    at: datetime = NOON,
) -> OrderId:
    """Return an order of one line that was paid with these tenders, in the active merchant."""
    paid = sum(amount for _, amount in payments)
    order = Order.objects.create(
        merchant_id=house.merchant_id,
        store_id=house.store_id,
        order_no=f"FIN{next(_numbers):06d}{uuid4().hex[:6]}",
        state="completed",
        currency=currency,
        placed_at=at,
        paid_at=at,
        goods_minor=paid,
        paid_minor=paid,
    )
    OrderLine.objects.create(
        merchant_id=house.merchant_id,
        order=order,
        line_no=1,
        sku="TEE-1",
        name="纯棉短袖",
        quantity=1,
        unit_price_minor=paid,
        gross_minor=paid,
        payable_minor=paid,
    )
    for place, (tender, amount) in enumerate(payments, 1):
        Payment.objects.create(
            merchant_id=house.merchant_id,
            order=order,
            payment_no=f"{order.order_no}-{place}",
            tender=tender,
            amount_minor=amount,
            currency=currency,
            reference=f"TX-{order.order_no}-{place}",
            paid_at=at,
        )
    return OrderId(order.pk)


def build_source(source_id: UUID | None = None) -> Source:
    """Return something that gives rise to a refund."""
    return Source(SourceKind.REQUEST, source_id or uuid4())


def tenders_of(*amounts: int) -> Sequence[tuple[str, int]]:
    """Return payments of different tenders with these amounts."""
    return list(zip(("wechat_pay", "points", "gift_card", "card"), amounts, strict=False))
