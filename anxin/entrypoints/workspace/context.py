"""The right pane: who writes, what he bought, what he asked for, and what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from anxin.domains.aftersales.data import RequestSummary, Step
from anxin.domains.aftersales.public import get_request, list_requests, next_step
from anxin.domains.commerce.data import OrderData, ReceiverData, TrackingData
from anxin.domains.commerce.public import (
    find_order,
    list_orders,
    orders_by_id,
    receiver_of,
    tracking_of,
)
from anxin.domains.conversations.data import ConversationData, ConversationId
from anxin.domains.conversations.public import conversations_of_customer, get_conversation
from anxin.domains.customers.data import CustomerData
from anxin.domains.customers.public import get_customer
from anxin.domains.finance.data import OrderMoney
from anxin.domains.finance.public import order_money
from anxin.domains.merchants.data import Permission, StoreData
from anxin.domains.merchants.public import list_stores
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import TimelineEntry
from anxin.entrypoints.workspace.queue import address_of
from anxin.kernel.actors import Actor
from anxin.kernel.money import Money

Stores = Mapping[UUID, StoreData]
_ORDERS = 8
_ENDED = frozenset({"closed", "declined", "withdrawn", "expired"})


@dataclass(frozen=True, slots=True)
class OrderBox:
    """An order with what was paid, what went back, and where its parcels are."""

    order: OrderData
    paid: Money
    refunded: Money | None
    receiver: ReceiverData
    tracking: tuple[TrackingData, ...]
    lines: tuple[tuple[str, str, int, Money], ...]
    payments: tuple[tuple[str, Money], ...]
    store: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list."""

    id: UUID
    number: str
    state: str
    at: datetime
    paid: Money
    first: str
    others: int


@dataclass(frozen=True, slots=True)
class RequestBox:
    """A request with its next step."""

    request: RequestSummary
    step: Step | None
    amount: Money
    url: str


@dataclass(frozen=True, slots=True)
class ContextPage:
    """All that the right pane prints."""

    conversation: ConversationData
    customer: CustomerData | None
    store: StoreData | None
    linked: OrderBox | None
    how_linked: str
    suggested: OrderData | None
    suggested_no: str
    orders: tuple[OrderLine, ...]
    requests: tuple[RequestBox, ...]
    timeline: tuple[TimelineEntry, ...]
    portal_path: str
    may_reveal: bool
    may_link: bool
    may_open: bool


def build_context(by: Actor, conversation_id: ConversationId) -> ContextPage:
    """Gather everything about the person behind a conversation, as far as ``by`` may see it."""
    conversation = get_conversation(by, conversation_id)
    stores: Stores = {one.id: one for one in list_stores(by.merchant_id)}
    may_orders = by.may(Permission.ORDERS_READ)
    orders = _orders_of(by, conversation) if may_orders else ()
    linked_id = conversation.order_id
    linked = next((one for one in orders if one.id == linked_id), None)
    if linked is None and linked_id and may_orders:
        linked = orders_by_id(by, [linked_id]).get(linked_id)
    requests = _requests_of(by, conversation)
    suggested_no = conversation.suggested_order_no
    store = _store_of(stores, conversation, linked)
    return ContextPage(
        conversation,
        _customer(by, conversation),
        store,
        _box(by, linked, stores) if linked else None,
        conversation.order_link,
        find_order(by, suggested_no) if suggested_no and may_orders else None,
        suggested_no,
        tuple(_line(one) for one in orders if one.id != linked_id),
        requests,
        _timeline(by, conversation, orders, requests),
        portal_path(store, linked),
        by.may(Permission.CUSTOMERS_REVEAL),
        by.may(Permission.CONVERSATIONS_REPLY),
        by.may(Permission.REQUESTS_OPEN),
    )


def portal_path(store: StoreData | None, order: OrderData | None) -> str:
    """Return where the buyer asks for after-sales himself, with the order's number filled in."""
    if store is None:
        return ""
    known = f"?{urlencode({'order': order.order_no})}" if order else ""
    return f"/portal/{store.slug}/{known}"


def _store_of(
    stores: Stores, conversation: ConversationData, order: OrderData | None
) -> StoreData | None:
    store_id = order.store_id if order else conversation.store_id
    found = stores.get(store_id) if store_id else None
    return found or next(iter(stores.values()), None)


def _customer(by: Actor, conversation: ConversationData) -> CustomerData | None:
    if not by.may(Permission.CUSTOMERS_READ):
        return None
    return get_customer(by, conversation.customer_id)


def _orders_of(by: Actor, conversation: ConversationData) -> tuple[OrderData, ...]:
    return list_orders(by, customer_id=conversation.customer_id, limit=_ORDERS).items


def _box(by: Actor, order: OrderData, stores: Stores) -> OrderBox:
    money = _money_of(by, order)
    back = money.refunded_minor if money else 0
    store = stores.get(order.store_id)
    return OrderBox(
        order,
        Money(order.paid_minor, order.currency),
        Money(back, order.currency) if back else None,
        receiver_of(by, order.id),
        tuple(reversed(tracking_of(by, order.id))),
        tuple(
            (one.name, one.sku, one.quantity, Money(one.payable_minor, order.currency))
            for one in order.lines
        ),
        tuple(
            (str(label_of(one.tender, "tender").text), Money(one.amount_minor, one.currency))
            for one in order.payments
        ),
        store.name if store and len(stores) > 1 else "",
    )


def _money_of(by: Actor, order: OrderData) -> OrderMoney:
    # What went back belongs to the order that the agent sees already.
    return order_money(Actor.system(by.merchant_id), order.id)


def _line(order: OrderData) -> OrderLine:
    return OrderLine(
        order.id,
        order.order_no,
        str(order.state),
        order.placed_at,
        Money(order.paid_minor, order.currency),
        order.lines[0].name if order.lines else "",
        max(0, len(order.lines) - 1),
    )


def _requests_of(by: Actor, conversation: ConversationData) -> tuple[RequestBox, ...]:
    if not by.may(Permission.REQUESTS_READ):
        return ()
    found = {
        one.id: one
        for one in list_requests(by, customer_id=conversation.customer_id, limit=10).items
    }
    if conversation.order_id is not None:
        # A visitor of the widget asks about an order of somebody the portal knows by name.
        for one in list_requests(by, order_id=conversation.order_id, limit=10).items:
            found.setdefault(one.id, one)
    newest_first = sorted(found.values(), key=lambda one: one.opened_at, reverse=True)
    return tuple(_request_box(by, one) for one in newest_first)


def _request_box(by: Actor, one: RequestSummary) -> RequestBox:
    step = None if one.state in _ENDED else next_step(get_request(by, one.id))
    minor = one.refunded_minor or (one.promised_minor if one.owed_minor is None else one.owed_minor)
    return RequestBox(
        one, step, Money(minor, one.currency), reverse("workspace:request", args=[one.id])
    )


def _timeline(
    by: Actor,
    conversation: ConversationData,
    orders: tuple[OrderData, ...],
    requests: tuple[RequestBox, ...],
) -> tuple[TimelineEntry, ...]:
    entries = [
        TimelineEntry(
            gettext("下单 %(number)s") % {"number": one.order_no},
            one.placed_at,
            str(label_of(one.state, "staff_order_state").text),
            icon="shopping-bag",
        )
        for one in orders
    ]
    for talk in conversations_of_customer(by, conversation.customer_id, 12):
        channel = str(label_of(talk.channel, "channel").text)
        entries.append(
            TimelineEntry(
                gettext("咨询（%(channel)s）") % {"channel": channel},
                talk.created_at,
                talk.preview,
                icon="message",
                tone="ours" if talk.id == conversation.id else "neutral",
                url="" if talk.id == conversation.id else address_of(talk.id),
            )
        )
    for box in requests:
        state = label_of(box.request.state, "staff_request_state")
        kind = str(label_of(box.request.kind, "request_kind").text)
        entries.append(
            TimelineEntry(
                f"{kind} {box.request.number}",
                box.request.opened_at,
                str(state.text),
                tone=state.tone,
                icon="truck-return",
                url=box.url,
            )
        )
    return tuple(sorted(entries, key=lambda one: one.at or conversation.created_at, reverse=True))
