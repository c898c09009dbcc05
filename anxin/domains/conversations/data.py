"""Words of conversations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from anxin.kernel.actors import MerchantId

ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)

# What one message may hold; longer ones are refused, not cut.
MAX_TEXT = 10_000
MAX_ATTACHMENTS = 10


class ConversationState(StrEnum):
    """Whose turn it is."""

    WAITING_US = "waiting_us"
    WAITING_CUSTOMER = "waiting_customer"
    CLOSED = "closed"


class Direction(StrEnum):
    """Which way a message goes. Notes stay inside, events tell what happened."""

    IN = "in"
    OUT = "out"
    NOTE = "note"
    EVENT = "event"


class ChannelKind(StrEnum):
    """Channels of our own; outside programs name theirs freely."""

    CHAT = "chat"
    PORTAL = "portal"
    MANUAL = "manual"


class InboxView(StrEnum):
    """The lists of the inbox. ``waiting`` is by how long the customer has waited."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AttachmentData:
    """A stored file on a message."""

    file_id: UUID
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class MessageData:
    """One message. ``seq`` counts within the conversation from 1 without gaps."""

    id: MessageId
    conversation_id: ConversationId
    seq: int
    direction: Direction
    author_kind: str
    author_id: str
    author_name: str
    text: str
    sent_at: datetime
    recorded_at: datetime
    # The sender's own id of the message: the same one twice is one message.
    client_id: str
    attachments: tuple[AttachmentData, ...] = field(default=())
    # Addresses of attachments that an outside channel keeps.
    links: tuple[str, ...] = ()

    @property
    def event(self) -> dict[str, Any]:
        """Return ``{"code": …, …}`` of an event message, for a page to put in words; else {}."""
        return dict(json.loads(self.text)) if self.direction is Direction.EVENT else {}


@dataclass(frozen=True, slots=True)
class ConversationData:
    """One thread as the inbox shows it."""

    id: ConversationId
    number: str
    customer_id: UUID
    customer_name: str
    channel: str
    store_id: UUID | None
    state: ConversationState
    assignee_id: UUID | None
    order_id: UUID | None
    last_seq: int
    seen_seq: int
    preview: str
    waiting_since: datetime | None
    last_message_at: datetime
    created_at: datetime
    assignee_name: str = ""
    # A number the customer named that is not among his orders: to be checked, never trusted.
    suggested_order_no: str = ""
    closed_at: datetime | None = None
    # number, customer or by_hand: how the order became known.
    order_link: str = ""
    # Highest number the customer has seen.
    customer_seen_seq: int = 0

    @property
    def unseen(self) -> int:
        """Return how many messages nobody of the staff has seen."""
        return max(0, self.last_seq - self.seen_seq)


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One page of a list; ``next_cursor`` is empty at the end."""

    items: tuple[ConversationData, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message that matches a search, with what a list needs to show its conversation."""

    message: MessageData
    customer_id: UUID
    customer_name: str
    channel: str
    state: ConversationState


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Found messages, newest first."""

    items: tuple[SearchHit, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class QuickReplyData:
    """A prepared answer."""

    id: UUID
    shortcut: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A customer's message as a channel hands it in.

    ``customer_id`` is set where the channel knows the customer (our own widget and portal);
    otherwise ``sender_id`` on the channel, then phone, then e-mail (normalised) tell him.
    """

    merchant_id: MerchantId
    by_kind: str
    by_id: str
    channel: str
    external_id: str
    text: str
    sent_at: datetime
    sender_id: str = ""
    sender_name: str = ""
    phone: str = ""
    email: str = ""
    customer_id: UUID | None = None
    store_id: UUID | None = None
    file_ids: tuple[UUID, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """Where an inbound message went. ``is_new`` is false when it had been received before."""

    message_id: MessageId
    conversation_id: ConversationId
    customer_id: UUID
    seq: int
    is_new: bool
    opened: bool
