"""Words of conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)


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
