"""Which topics there are and who may follow them; every check goes through an access function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from anxin.domains.conversations.data import ConversationId, MessageData
from anxin.domains.conversations.public import get_conversation, messages_after
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import DomainError, NotFound
from anxin.kernel.tenancy import acting_for


@dataclass(frozen=True, slots=True)
class Following:
    """A topic somebody may follow. ``last_seq`` only where messages are numbered."""

    topic: str
    conversation_id: ConversationId | None = None
    last_seq: int = 0


def follow(by: Actor, topic: str) -> Following:
    """Return the topic in its one spelling. Raise NotFound or NotAllowed."""
    kind, _, rest = topic.partition(":")
    allow = _TOPICS.get(kind)
    if allow is None:
        raise NotFound("no such topic", topic=topic[:100])
    with acting_for(by.merchant_id):
        return allow(by, rest)


def _conversation(by: Actor, rest: str) -> Following:
    found = get_conversation(by, ConversationId(_uuid(rest)))
    return Following(f"conversation:{found.id}", found.id, found.last_seq)


def _request(by: Actor, rest: str) -> Following:
    request_id = _uuid(rest)
    aftersales = import_module("anxin.domains.aftersales.public")
    aftersales.get_request(by, request_id)
    return Following(f"request:{request_id}")


def _inbox(by: Actor, rest: str) -> Following:
    by.require(Permission.CONVERSATIONS_READ)
    return Following("inbox")


def _wallboard(by: Actor, rest: str) -> Following:
    by.require(Permission.METRICS_READ)
    return Following("wallboard")


_TOPICS: dict[str, Callable[[Actor, str], Following]] = {
    "conversation": _conversation,
    "request": _request,
    "inbox": _inbox,
    "wallboard": _wallboard,
}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(id=text[:100]) from error


Ask = tuple[Actor, ConversationId, int]


def read_gaps(asks: list[Ask]) -> list[list[MessageData] | DomainError]:
    """Return what each asker has not seen of his conversation; all of one merchant."""
    with acting_for(asks[0][0].merchant_id):
        return [_gap(*ask) for ask in asks]


def _gap(by: Actor, conversation_id: ConversationId, seq: int) -> list[MessageData] | DomainError:
    try:
        return messages_after(by, conversation_id, seq)
    except DomainError as error:
        return error


def message_json(message: MessageData) -> dict[str, Any]:
    """Return a message as it goes over the wire."""
    return {
        "id": str(message.id),
        "seq": message.seq,
        "direction": str(message.direction),
        "author_kind": message.author_kind,
        "author_id": message.author_id,
        "author_name": message.author_name,
        "text": message.text if not message.event else "",
        "event": message.event or None,
        "sent_at": message.sent_at,
        "recorded_at": message.recorded_at,
        "client_id": message.client_id,
        "attachments": [
            {"id": str(a.file_id), "name": a.name, "media_type": a.media_type, "size": a.size}
            for a in message.attachments
        ],
        "links": list(message.links),
    }
