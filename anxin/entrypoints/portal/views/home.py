"""The buyer's first page: his orders, and his requests with what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from anxin.domains.aftersales.data import RequestSummary
from anxin.domains.aftersales.public import State, list_requests
from anxin.domains.commerce.data import OrderData, ShipmentData
from anxin.domains.commerce.public import list_orders, orders_by_id
from anxin.entrypoints.portal.views.doors import landing
from anxin.entrypoints.portal.visiting import BuyerSession, PortalRequest, at_store
from anxin.entrypoints.portal.wording import by_when, day_of, in_short
from anxin.entrypoints.ui.templatetags.anxin_ui import short
from anxin.kernel.clock import utcnow
from anxin.kernel.money import Money

_ORDERS = 20
_REQUESTS = 50
_BUYERS_MOVE = frozenset({State.AUTHORIZED, State.NEGOTIATING})


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order as a card shows it."""

    order: OrderData
    paid: Money
    units: int
    parcel: str


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request as a card shows it."""

    request: RequestSummary
    amount: Money
    next: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything the first page prints."""

    running: tuple[RequestCard, ...]
    ended: tuple[RequestCard, ...]
    orders: tuple[OrderCard, ...]
    next_cursor: str


@require_safe
@at_store
def home(request: PortalRequest) -> HttpResponse:
    """Show the buyer his orders and requests; a stranger the sign-in."""
    if request.buyer is None:
        return landing(request)
    cursor = request.GET.get("cursor", "")
    page = build_home_page(request.buyer, cursor=cursor, now=utcnow())
    context = {"store": request.store, "buyer": request.buyer, "page": page, "cursor": cursor}
    return render(request, "portal/home.html", context)


def build_home_page(buyer: BuyerSession, *, cursor: str, now: datetime) -> HomePage:
    """Gather the first page, in a fixed number of queries."""
    zone = ZoneInfo(buyer.store.zone)
    requests = [
        one
        for one in list_requests(buyer.actor, limit=_REQUESTS).items
        if buyer.may_see(one.order_id)
    ]
    cards = [request_card(one, zone, now) for one in requests]
    orders, next_cursor = _orders(buyer, cursor)
    running = [card for card in cards if card.request.ended_at is None]
    # What waits for the buyer stands first; otherwise the newest.
    running.sort(key=lambda card: card.request.state not in _BUYERS_MOVE)
    return HomePage(
        tuple(running),
        tuple(card for card in cards if card.request.ended_at is not None),
        tuple(order_card(one, zone, now) for one in orders),
        next_cursor,
    )


def _orders(buyer: BuyerSession, cursor: str) -> tuple[list[OrderData], str]:
    if buyer.order_ids is not None:
        return list(orders_by_id(buyer.actor, buyer.order_ids).values()), ""
    found = list_orders(buyer.actor, cursor=cursor, limit=_ORDERS)
    return list(found.items), found.next_cursor


def request_card(one: RequestSummary, zone: ZoneInfo, now: datetime) -> RequestCard:
    """Return a request with its amount and what comes next."""
    minor = one.owed_minor if one.owed_minor is not None else one.promised_minor
    return RequestCard(one, Money(minor, one.currency), in_short(one, zone, now))


def order_card(order: OrderData, zone: ZoneInfo, now: datetime) -> OrderCard:
    """Return an order with where its parcel stands."""
    units = sum(line.quantity for line in order.lines)
    return OrderCard(
        order, Money(order.paid_minor, order.currency), units, parcel_words(order, zone, now)
    )


def parcel_words(order: OrderData, zone: ZoneInfo, now: datetime) -> str:
    """Return where the goods are, in a line."""
    if order.state == "cancelled":
        return ""
    if not order.shipments:
        return gettext("还没有发货") if order.state == "paid" else ""
    last = max(order.shipments, key=_moved)
    more = gettext("（共 %(count)d 个包裹）") % {"count": len(order.shipments)}
    return _parcel(last, zone, now) + (more if len(order.shipments) > 1 else "")


def _moved(one: ShipmentData) -> float:
    at = one.signed_at or one.delivered_at or one.shipped_at
    return at.timestamp() if at else 0.0


def _parcel(one: ShipmentData, zone: ZoneInfo, now: datetime) -> str:
    if one.signed_at:
        return gettext("%(day)s已签收") % {"day": day_of(one.signed_at, zone, now)}
    if one.delivered_at:
        return gettext("%(at)s已送达") % {"at": by_when(one.delivered_at, zone, now)}
    if one.shipped_at:
        return gettext("%(carrier)s运送中，%(at)s发出") % {
            "carrier": one.carrier,
            "at": short(one.shipped_at),
        }
    return gettext("等待快递揽收")
