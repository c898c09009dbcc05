"""Orders of strangers go the whole way: asked for, sent back, inspected, paid back to the cent."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Finding, RequestedItem
from anxin.domains.commerce import public as commerce
from anxin.domains.commerce.data import LineData, OrderData, OrderState
from anxin.domains.finance import public as finance
from anxin.domains.finance.data import Source, SourceKind
from anxin.domains.merchants.data import Duty
from anxin.entrypoints.cli import imports
from anxin.kernel.actors import Actor
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff
from tests.integration.commerce.files import home
from tests.listeners import deliver_all
from tests.third_party import online_retail, shared_data, tau2_retail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home"), pytest.mark.data]
__all__ = ["home"]
_MANY = 15


def _import(house: House, kind: str, path: Path) -> None:
    parser = ArgumentParser()
    imports.add_arguments(parser)
    words = [kind, str(path), "--merchant", str(house.merchant_id)]
    assert imports.run(parser.parse_args(words)) == 0


def _delivered(house: House) -> list[OrderData]:
    """Return delivered orders of known customers, newest first."""
    page = commerce.list_orders(house.system, state=OrderState.DELIVERED, limit=200)
    found = [commerce.get_order(house.system, one.id) for one in page.items]
    return [order for order in found if order.customer_id is not None]


def _give_back(house: House, money: Actor, order: OrderData, line: LineData) -> tuple[str, int]:
    """Send one line of an order back; return the request's last state and what was refunded."""
    signed = [parcel.signed_at for parcel in order.shipments if parcel.signed_at]
    now = (max(signed) if signed else order.placed_at) + timedelta(days=1)
    buyer = Actor.buyer(house.merchant_id, order.customer_id)
    request_id = aftersales.open_request(
        buyer, order.id, [RequestedItem(line.id, line.quantity)], "no_reason", "return_refund",
        now=now,
    )  # fmt: skip
    _grant(house, request_id, now)
    number = f"RT{order.order_no}{line.line_no}".replace("#", "")
    aftersales.choose_own_parcel(buyer, request_id, number, now=now + timedelta(days=1))
    aftersales.receive_parcel(house.system, number, now=now + timedelta(days=3))
    (asked,) = aftersales.get_request(house.system, request_id).lines
    found = Finding(asked.id, accepted=asked.quantity)
    aftersales.record_inspection(house.system, request_id, [found], now=now + timedelta(days=3))
    deliver_all(house.merchant_id)
    refund = finance.get_refund_of(house.system, Source(SourceKind.REQUEST, UUID(str(request_id))))
    if refund is not None and refund.state == "held":
        finance.approve_refund(money, refund.id, now=now + timedelta(days=4))
        deliver_all(house.merchant_id)
    ended = aftersales.get_request(house.system, request_id)
    return ended.state, ended.refunded_minor


def _grant(house: House, request_id: UUID, now: datetime) -> None:
    """Let a person agree where the policy leaves it to one, or says no without a signature."""
    state = aftersales.get_request(house.system, request_id).state
    if state == "declined":
        aftersales.appeal_request(house.system, request_id, note="请人工核对", now=now)
    if state in {"reviewing", "declined"}:
        aftersales.decide_request(house.system, request_id, True, "已与买家核对", now=now)


def _check_returns(house: House, money: Actor) -> None:
    returned = 0
    for order in _delivered(house)[:_MANY]:
        line = max(order.lines, key=lambda one: one.payable_minor)
        worth = commerce.refundable_of_units(line, 0, line.quantity).payable_minor
        if not worth:
            continue

        state, refunded = _give_back(house, money, order, line)

        assert (state, refunded) == ("closed", worth), order.order_no
        assert refunded <= order.paid_minor
        returned += 1
    assert returned > _MANY // 2


def test_delivered_orders_of_tau2_come_back_and_are_paid_back(tmp_path: Path) -> None:
    house = build_house()
    money = build_staff(house, "money", Duty.FINANCE, limit_minor=10**9)
    files = tau2_retail.convert(shared_data("tau2_retail"), tmp_path)
    for kind in ("products", "orders", "shipments"):
        _import(house, kind, files[kind])

    with acting_for(house.merchant_id):
        _check_returns(house, money)


def test_lines_of_online_retail_come_back_and_are_paid_back(tmp_path: Path) -> None:
    house = build_house()
    money = build_staff(house, "money", Duty.FINANCE, limit_minor=10**9)
    done = online_retail.convert(shared_data("online_retail_uci"), tmp_path, limit=1_500)
    _import(house, "orders", done.path)

    with acting_for(house.merchant_id):
        _check_returns(house, money)
