"""The middle pane: one conversation and its messages, as the page's script draws them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from anxin.domains.conversations.data import (
    ConversationData,
    ConversationId,
    ConversationState,
    MessageData,
)
from anxin.domains.conversations.public import get_conversation, latest_messages
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.realtime.topics import message_json
from anxin.entrypoints.ui.labels import label_of
from anxin.kernel.actors import Actor

PAGE = 50


def build_thread(by: Actor, conversation_id: ConversationId) -> dict[str, Any]:
    """Return a conversation's head and its last messages."""
    conversation = get_conversation(by, conversation_id)
    messages = latest_messages(by, conversation_id, limit=PAGE)
    return {
        "conversation": head_json(by, conversation),
        "messages": [message_out(one) for one in messages],
        "has_earlier": bool(messages) and messages[0].seq > 1,
    }


def head_json(by: Actor, one: ConversationData) -> dict[str, Any]:
    """Return who writes, whose turn it is, and what ``by`` may do about it."""
    is_closed = one.state is ConversationState.CLOSED
    may_reply = by.may(Permission.CONVERSATIONS_REPLY)
    is_mine = str(one.assignee_id) == by.id
    state = label_of(one.state, "conversation_state")
    return {
        "id": str(one.id),
        "number": one.number,
        "customer_id": str(one.customer_id),
        "customer": one.customer_name,
        "channel": str(label_of(one.channel, "channel").text),
        "state": str(one.state),
        "state_text": str(state.text),
        "state_tone": state.tone,
        "assignee_id": str(one.assignee_id) if one.assignee_id else "",
        "assignee": one.assignee_name,
        "waiting_since": one.waiting_since,
        "last_seq": one.last_seq,
        "seen_seq": one.seen_seq,
        "customer_seen_seq": one.customer_seen_seq,
        "order_id": str(one.order_id) if one.order_id else "",
        "is_closed": is_closed,
        "is_mine": is_mine,
        "may": {
            "reply": may_reply and not is_closed,
            "note": may_reply,
            "take": may_reply and not is_closed and one.assignee_id is None,
            "release": may_reply and not is_closed and is_mine,
            "assign": may_reply and not is_closed,
            "close": may_reply and not is_closed,
            "reopen": may_reply and is_closed,
        },
    }


def message_out(message: MessageData) -> dict[str, Any]:
    """Return a message as the live line sends it, with addresses for its attachments."""
    told = message_json(message)
    for one in told["attachments"]:
        one["url"] = file_url(one["id"])
    return told


def file_url(file_id: UUID | str) -> str:
    """Return where the staff sees a file."""
    return reverse("workspace:file", args=[file_id])
