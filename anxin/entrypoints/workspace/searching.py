"""The palette: orders by number, customers by name or phone, messages by text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import reverse

from anxin.domains.aftersales.public import find_request, list_requests
from anxin.domains.commerce.public import list_orders
from anxin.domains.conversations.public import (
    conversations_of_customer,
    search_messages,
)
from anxin.domains.customers.public import list_customers
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.workspace.queue import address_of
from anxin.kernel.actors import Actor

_EACH = 6
_AROUND = 36


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette. ``parts`` are (text, is it what was looked for)."""

    kind: str
    title: str
    parts: tuple[tuple[str, bool], ...]
    url: str
    at: str = ""


def search(by: Actor, text: str) -> list[Hit]:
    """Return what matches, by kind; each kind only for those who may see it."""
    text = text.strip()[:100]
    if not text or (len(text) < 2 and text.isascii()):
        return []
    return [*_requests(by, text), *_orders(by, text), *_customers(by, text), *_messages(by, text)]


def _requests(by: Actor, text: str) -> list[Hit]:
    if not by.may(Permission.REQUESTS_READ) or not re.search(r"\d{4}", text):
        return []
    found = find_request(by, text)
    rows = [found] if found else list(list_requests(by, text=text, limit=_EACH).items)
    return [
        Hit(
            "request",
            one.number,
            highlighted(str(label_of(one.state, "staff_request_state").text), text),
            reverse("workspace:request", args=[one.id]),
            one.opened_at.isoformat(),
        )
        for one in rows
    ]


def _orders(by: Actor, text: str) -> list[Hit]:
    if not by.may(Permission.ORDERS_READ) or not re.search(r"\d{3}", text):
        return []
    hits = []
    for order in list_orders(by, search=text, limit=_EACH).items:
        name = order.lines[0].name if order.lines else ""
        url = _of_customer(by, order.customer_id)
        hits.append(
            Hit("order", order.order_no, highlighted(name, text), url, order.placed_at.isoformat())
        )
    return hits


def _of_customer(by: Actor, customer_id: object) -> str:
    """Return the newest conversation of a customer, or nothing where there is none."""
    if customer_id is None:
        return ""
    found = conversations_of_customer(by, customer_id, 1)  # type: ignore[arg-type]
    return address_of(found[0].id) if found else ""


def _customers(by: Actor, text: str) -> list[Hit]:
    if not by.may(Permission.CUSTOMERS_READ):
        return []
    return [
        Hit(
            "customer",
            one.name,
            ((" · ".join(known.address for known in one.identities[:2]), False),),
            _of_customer(by, one.id),
        )
        for one in list_customers(by, search=text, limit=_EACH).items
    ]


def _messages(by: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "message",
            one.customer_name,
            highlighted(one.message.text, text),
            f"{address_of(one.message.conversation_id)}&m={one.message.seq}",
            one.message.sent_at.isoformat(),
        )
        for one in search_messages(by, text, limit=12).items
    ]


def highlighted(text: str, wanted: str) -> tuple[tuple[str, bool], ...]:
    """Return a text cut around the first hit, in pieces that say whether they were looked for."""
    words = [word for word in re.split(r"\s+", wanted) if word]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None
    first = pattern.search(text) if pattern else None
    if pattern is None or first is None:
        return ((text[: 2 * _AROUND], False),)
    start = max(0, first.start() - _AROUND // 2)
    end = min(len(text), first.end() + _AROUND)
    cut = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    parts, place = [], 0
    for hit in pattern.finditer(cut):
        if hit.start() > place:
            parts.append((cut[place : hit.start()], False))
        parts.append((hit.group(), True))
        place = hit.end()
    if place < len(cut):
        parts.append((cut[place:], False))
    return tuple(parts)
