"""The dialog in which an agent asks for after-sales on a buyer's behalf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import QueryDict

from anxin.domains.aftersales.data import Preview, RequestedItem, RequestId, RequestKind
from anxin.domains.aftersales.public import available_units, open_request, preview_request
from anxin.domains.commerce.data import OrderData
from anxin.domains.commerce.public import get_order
from anxin.domains.conversations.data import ConversationData, Direction
from anxin.domains.conversations.public import latest_messages
from anxin.domains.policies.data import Condition, ReasonCode
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import Explanation
from anxin.entrypoints.workspace.explaining import explanation_of
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Invalid
from anxin.kernel.money import Money

_PHOTOS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    order_id: UUID
    items: tuple[RequestedItem, ...]
    reason: str
    kind: str
    note: str
    file_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, order_id: UUID, form: QueryDict) -> Asked:
        """Read the form; quantities that are no numbers count as none. Raise Invalid."""
        conditions = tuple(form.getlist("condition"))
        items = []
        for key, value in form.items():
            name, _, line = key.partition(":")
            if name == "quantity" and str(value).isdecimal() and int(str(value)) > 0:
                items.append(RequestedItem(_id(line), min(int(str(value)), 10_000), conditions))
        return cls(
            order_id,
            tuple(items),
            form.get("reason", ""),
            form.get("kind", RequestKind.RETURN_REFUND),
            form.get("note", "").strip(),
            tuple(_id(one) for one in form.getlist("file"))[:_PHOTOS],
        )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("not an id", value=text[:40]) from error


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the order and how many units of it are left."""

    id: UUID
    name: str
    sku: str
    price: Money
    quantity: int
    available: int
    asked: int


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """The first step: goods, reason, photos of the conversation."""

    order: OrderData
    choices: tuple[Choice, ...]
    reasons: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str], ...]
    photos: tuple[tuple[str, str], ...]
    asked: Asked | None
    is_shipped: bool


@dataclass(frozen=True, slots=True)
class OfferPage:
    """The second step: what would be decided, line by line."""

    order: OrderData
    asked: Asked
    preview: Preview
    explanation: Explanation
    lines: tuple[tuple[str, int, Money, Money, Money], ...]
    freight: Money | None
    deducted: Money | None
    total: Money
    verdict: str


def build_opening(
    by: Actor, conversation: ConversationData, order_id: UUID, asked: Asked | None = None
) -> OpeningPage:
    """Gather what the first step shows."""
    order = get_order(by, order_id)
    left = available_units(by, order)
    wanted = {item.order_line_id: item.quantity for item in asked.items} if asked else {}
    is_shipped = any(line.shipped_quantity for line in order.lines)
    return OpeningPage(
        order,
        tuple(
            Choice(
                line.id,
                line.name,
                line.sku,
                Money(line.payable_minor, order.currency),
                line.quantity,
                left.get(line.id, 0),
                wanted.get(line.id, 0),
            )
            for line in order.lines
        ),
        _choices(_reasons(is_shipped=is_shipped), "reason"),
        _choices(list(RequestKind), "request_kind"),
        _choices(list(Condition), "condition"),
        _photos_of(by, conversation),
        asked,
        is_shipped,
    )


def _reasons(*, is_shipped: bool) -> list[ReasonCode]:
    early = ReasonCode.NOT_WANTED_BEFORE_SHIPMENT
    if not is_shipped:
        return [early, ReasonCode.OTHER]
    return [one for one in ReasonCode if one is not early]


def _choices(codes: Sequence[object], kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(code), str(label_of(code, kind).text)) for code in codes)


def _photos_of(by: Actor, conversation: ConversationData) -> tuple[tuple[str, str], ...]:
    """Return the pictures the buyer sent in this conversation, newest first."""
    found = [
        (str(one.file_id), one.name)
        for message in reversed(latest_messages(by, conversation.id, limit=100))
        if message.direction is Direction.IN
        for one in message.attachments
        if one.media_type.startswith("image/")
    ]
    return tuple(found[:_PHOTOS])


def build_offer(by: Actor, asked: Asked, now: datetime) -> OfferPage:
    """Return what would be decided now, in the very way the buyer sees it."""
    preview = preview_request(
        by, asked.order_id, asked.items, asked.reason, asked.kind,
        photos=len(asked.file_ids), now=now,
    )  # fmt: skip

    def money(minor: int) -> Money:
        return Money(minor, preview.currency)

    return OfferPage(
        get_order(by, asked.order_id),
        asked,
        preview,
        explanation_of(preview.decision),
        tuple(
            (
                one.name,
                one.quantity,
                money(one.price_minor),
                money(-one.discount_minor),
                money(one.refund_minor),
            )
            for one in preview.lines
        ),
        money(preview.freight_minor) if preview.freight_minor else None,
        money(-preview.deducted_minor) if preview.deducted_minor else None,
        money(preview.total_minor),
        str(preview.decision.verdict),
    )


def open_for_buyer(
    by: Actor, conversation: ConversationData, asked: Asked, now: datetime
) -> RequestId:
    """Open the request; what became of it appears in the conversation by itself."""
    return open_request(
        by, asked.order_id, asked.items, asked.reason, asked.kind,
        note=asked.note, file_ids=asked.file_ids, conversation_id=conversation.id, now=now,
    )  # fmt: skip
