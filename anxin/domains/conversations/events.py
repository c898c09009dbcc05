"""Facts of conversations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from anxin.domains.conversations.data import ConversationId, MessageId
from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ConversationEvent(Event):
    """Something about one conversation."""

    subject: ClassVar[str] = "conversation_id"
    conversation_id: ConversationId


@dataclass(frozen=True, kw_only=True)
class MessageReceived(ConversationEvent):
    """A customer wrote. ``opened`` when the message opened the conversation.

    Written by the thousand, in SQL (sql/receive.sql): follow it with a projection of
    ``kernel.streams``; a ``@listen`` is never called for it.
    """

    message_id: MessageId
    seq: int
    channel: str
    opened: bool = False
    store_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ReplySent(ConversationEvent):
    """Someone of ours answered. Seconds waited since the customer's first unanswered message."""

    message_id: MessageId
    seq: int
    channel: str
    waited_seconds: int | None = None
    is_first: bool = False
    store_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationAssigned(ConversationEvent):
    """A conversation went to a person, or back to nobody."""

    assignee_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationClosed(ConversationEvent):
    """A conversation ended; the next message opens a new one."""

    store_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationReopened(ConversationEvent):
    """A closed conversation was taken up again."""


@dataclass(frozen=True, kw_only=True)
class OrderLinked(ConversationEvent):
    """It became known which order a conversation is about. ``how``: number, customer, by_hand."""

    order_id: UUID
    how: str
