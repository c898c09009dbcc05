"""Decisions of conversations: what a reply must have seen, and which order a text is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from anxin.domains.conversations.data import Direction

# A customer without a number in his text most likely asks about what he bought lately.
RECENT = timedelta(days=60)
PREVIEW = 160

_NUMBER = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9-]{4,39}")
_VARIABLE = re.compile(r"\{(customer|order|eta)\}")


class OrderLike(Protocol):
    """What recognition asks of an order."""

    @property
    def id(self) -> UUID: ...
    @property
    def order_no(self) -> str: ...
    @property
    def placed_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which order a conversation is about. ``how``: number or customer.

    ``suggested_order_no`` is a real number of somebody else: shown as unverified, never linked.
    """

    order_id: UUID | None = None
    how: str = ""
    suggested_order_no: str = ""


def numbers_in(text: str) -> tuple[str, ...]:
    """Return what may be an order number in a text: five and more characters, mostly digits."""
    found = (match.strip("-") for match in _NUMBER.findall(text))
    return tuple(dict.fromkeys(n for n in found if sum(c.isdigit() for c in n) >= 4))[:10]


def recognise(
    numbers: Sequence[str], own: Sequence[OrderLike], others: Iterable[str], now: datetime
) -> Recognition:
    """Decide which order is meant: a number among his own, else his single recent order.

    ``others`` are the numbers in the text that are orders of somebody else.
    """
    named = {_plain(number) for number in numbers}
    for order in own:
        if _plain(order.order_no) in named:
            return Recognition(order.id, "number")
    strangers = tuple(others)
    if strangers:
        return Recognition(suggested_order_no=strangers[0])
    recent = [order for order in own if order.placed_at >= now - RECENT]
    return Recognition(recent[0].id, "customer") if len(recent) == 1 else Recognition()


def spellings(number: str) -> tuple[str, ...]:
    """Return how a number may stand in the order book: with ``#`` or not, in capitals or not."""
    bare = number.lstrip("#")
    return tuple({bare, bare.upper(), f"#{bare}", f"#{bare.upper()}"})


def is_same_number(one: str, other: str) -> bool:
    """Return whether two spellings name one order."""
    return _plain(one) == _plain(other)


def _plain(number: str) -> str:
    return number.lstrip("#").upper()


def needs_a_look(direction: str, author_id: str, replier_id: str) -> bool:
    """Return whether a message after the view must be seen before answering.

    The customer's words and colleagues' replies and notes must; one's own and events need not.
    """
    if direction == Direction.IN:
        return True
    return direction in (Direction.OUT, Direction.NOTE) and author_id != replier_id


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a quick reply with its variables; those without a value stay visible to the agent."""
    return _VARIABLE.sub(lambda match: values.get(match[1]) or match[0], text)


def preview_of(text: str) -> str:
    """Return the first line's worth of a text for lists."""
    return " ".join(text[: PREVIEW * 2].split())[:PREVIEW]
