"""One order: what was bought, where the parcels are, what was asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anxin.domains.aftersales.public import available_units, list_requests
from anxin.domains.commerce.data import LineData, OrderData, PaymentData, ReceiverData, ShipmentData
from anxin.domains.commerce.public import get_order, receiver_of, tracking_of
from anxin.entrypoints.portal.views.home import RequestCard, parcel_words, request_card
from anxin.entrypoints.portal.visiting import BuyerRequest, BuyerSession, for_buyer, home_url
from anxin.entrypoints.ui.shapes import TimelineEntry
from anxin.kernel.clock import utcnow
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its amounts."""

    line: LineData
    paid: Money
    available: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel with what its carrier said, newest first."""

    shipment: ShipmentData
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything the order's page prints."""

    order: OrderData
    lines: tuple[Line, ...]
    parcels: tuple[Parcel, ...]
    where: str
    receiver: ReceiverData
    payments: tuple[tuple[PaymentData, Money], ...]
    requests: tuple[RequestCard, ...]
    may_ask: bool
    freight: Money
    discount: Money
    paid: Money


@require_safe
@for_buyer
def order(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """Show one order."""
    page = build_order_page(request.buyer, order_id, now=utcnow())
    context = {
        "store": request.store,
        "buyer": request.buyer,
        "page": page,
        "back_url": home_url(request.store),
    }
    return render(request, "portal/order.html", context)


def build_order_page(buyer: BuyerSession, order_id: UUID, *, now: datetime) -> OrderPage:
    """Gather an order's page. Raise NotFound."""
    buyer.check(order_id)
    by, zone = buyer.actor, ZoneInfo(buyer.store.zone)
    found = get_order(by, order_id)
    available = available_units(by, found)
    told = tracking_of(by, order_id)

    def money(minor: int) -> Money:
        return Money(minor, found.currency)

    return OrderPage(
        order=found,
        lines=tuple(Line(one, money(one.payable_minor), available[one.id]) for one in found.lines),
        parcels=tuple(
            Parcel(
                one,
                tuple(
                    TimelineEntry(event.text, event.at, event.place)
                    for event in reversed(told)
                    if event.tracking_no == one.tracking_no
                ),
            )
            for one in found.shipments
        ),
        where=parcel_words(found, zone, now),
        receiver=receiver_of(by, order_id),
        payments=tuple((one, money(one.amount_minor)) for one in found.payments),
        requests=tuple(
            request_card(one, zone, now) for one in list_requests(by, order_id=order_id).items
        ),
        may_ask=found.state not in {"pending", "cancelled"} and any(available.values()),
        freight=money(found.freight_minor),
        discount=money(-found.discount_minor),
        paid=money(found.paid_minor),
    )
