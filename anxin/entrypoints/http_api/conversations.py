"""Conversations: the inbox, one thread, its messages, and what staff programs do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from anxin.domains.conversations.data import (
    MAX_TEXT,
    ConversationData,
    ConversationId,
    InboxView,
)
from anxin.domains.conversations.public import (
    assign_conversation,
    close_conversation,
    get_conversation,
    link_order,
    list_inbox,
    mark_seen,
    messages_after,
    reopen_conversation,
    send_reply,
    write_note,
)
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.messages import MessageOut, message_out
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.kernel.clock import utcnow

router = Router()
_READ, _REPLY = scope(Permission.CONVERSATIONS_READ), scope(Permission.CONVERSATIONS_REPLY)

Text = Annotated[str, Field(max_length=MAX_TEXT)]
ClientId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_.-]{1,80}$",
        description="Your own id of the message; repeating it is harmless.",
    ),
]
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ConversationOut(Schema):
    """One thread as the inbox shows it."""

    id: UUID
    number: str
    customer_id: UUID
    customer_name: str
    channel: str
    store_id: UUID | None
    state: str
    assignee_id: UUID | None
    assignee_name: str
    order_id: UUID | None
    suggested_order_no: str
    last_seq: int
    seen_seq: int
    preview: str
    waiting_since: datetime | None
    last_message_at: datetime
    created_at: datetime
    closed_at: datetime | None


class ReplyIn(Schema):
    """A reply. ``seen_seq`` is the number of the last message you have seen."""

    text: Text = ""
    client_id: ClientId
    seen_seq: Seq
    file_ids: Annotated[list[UUID], Field(max_length=10)] = []


class NoteIn(Schema):
    """A note for colleagues."""

    text: Text = ""
    client_id: ClientId
    file_ids: Annotated[list[UUID], Field(max_length=10)] = []


class AssignIn(Schema):
    """From whom to whom; null is nobody. Refused when somebody else holds it by now."""

    assignee_id: UUID | None
    held_by: UUID | None


class SeenIn(Schema):
    """Up to which message the staff has seen the thread."""

    seq: Seq


class OrderLinkIn(Schema):
    """Which order the conversation is about; null is none."""

    order_id: UUID | None


def conversation_out(row: ConversationData) -> ConversationOut:
    """Return a conversation in the API's shape."""
    return ConversationOut.from_orm(row)


@router.get("/conversations", response=Page[ConversationOut], auth=_READ)
def list_conversations(
    request: ApiRequest,
    view: InboxView = InboxView.OPEN,
    store_id: UUID | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """List a view of the inbox, the latest word first; ``waiting``: the longest wait first."""
    found = list_inbox(request.actor, view, store_id=store_id, cursor=cursor, limit=limit)
    # The API object makes the shape from the attributes, once.
    return {"items": found.items, "next_cursor": found.next_cursor or None}


@router.get("/conversations/{uuid:conversation_id}", response=ConversationOut, auth=_READ)
def get_one(request: ApiRequest, conversation_id: UUID) -> ConversationOut:
    """Return one conversation."""
    return _now(request, conversation_id)


@router.get("/conversations/{uuid:conversation_id}/messages", response=Page[MessageOut], auth=_READ)
def list_messages(
    request: ApiRequest,
    conversation_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[MessageOut]:
    """List messages, oldest first, those after a number when ``after`` is given."""
    after = max(after, int(cursor) if cursor.isdecimal() and len(cursor) < 10 else 0)
    rows = messages_after(request.actor, ConversationId(conversation_id), after, limit=limit + 1)
    items = [message_out(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page[MessageOut](items=items, next_cursor=str(items[-1].seq) if more else None)


@router.post(
    "/conversations/{uuid:conversation_id}/messages", response={201: MessageOut}, auth=_REPLY
)
def reply(request: ApiRequest, conversation_id: UUID, body: ReplyIn) -> Status[MessageOut]:
    """Answer the customer. 409 ``outdated_view`` when messages came after ``seen_seq``."""
    sent = send_reply(
        request.actor,
        ConversationId(conversation_id),
        body.text,
        client_id=body.client_id,
        seen_seq=body.seen_seq,
        file_ids=body.file_ids,
        now=utcnow(),
    )
    return Status(201, message_out(sent))


@router.post("/conversations/{uuid:conversation_id}/notes", response={201: MessageOut}, auth=_REPLY)
def note(request: ApiRequest, conversation_id: UUID, body: NoteIn) -> Status[MessageOut]:
    """Leave a note that the customer never sees."""
    written = write_note(
        request.actor,
        ConversationId(conversation_id),
        body.text,
        client_id=body.client_id,
        file_ids=body.file_ids,
        now=utcnow(),
    )
    return Status(201, message_out(written))


@router.post("/conversations/{uuid:conversation_id}/assign", response=ConversationOut, auth=_REPLY)
def assign(request: ApiRequest, conversation_id: UUID, body: AssignIn) -> ConversationOut:
    """Give a conversation to somebody, or to nobody."""
    key = ConversationId(conversation_id)
    assign_conversation(request.actor, key, body.assignee_id, held_by=body.held_by, now=utcnow())
    return _now(request, conversation_id)


@router.post("/conversations/{uuid:conversation_id}/close", response=ConversationOut, auth=_REPLY)
def close(request: ApiRequest, conversation_id: UUID) -> ConversationOut:
    """End a conversation; the customer's next message opens a new one."""
    close_conversation(request.actor, ConversationId(conversation_id), now=utcnow())
    return _now(request, conversation_id)


@router.post("/conversations/{uuid:conversation_id}/reopen", response=ConversationOut, auth=_REPLY)
def reopen(request: ApiRequest, conversation_id: UUID) -> ConversationOut:
    """Open a closed conversation again."""
    reopen_conversation(request.actor, ConversationId(conversation_id), now=utcnow())
    return _now(request, conversation_id)


@router.post("/conversations/{uuid:conversation_id}/seen", response=ConversationOut, auth=_READ)
def seen(request: ApiRequest, conversation_id: UUID, body: SeenIn) -> ConversationOut:
    """Remember that the staff has seen the thread."""
    mark_seen(request.actor, ConversationId(conversation_id), body.seq)
    return _now(request, conversation_id)


@router.post("/conversations/{uuid:conversation_id}/order", response=ConversationOut, auth=_REPLY)
def link(request: ApiRequest, conversation_id: UUID, body: OrderLinkIn) -> ConversationOut:
    """Say which order the conversation is about."""
    link_order(request.actor, ConversationId(conversation_id), body.order_id, now=utcnow())
    return _now(request, conversation_id)


def _now(request: ApiRequest, conversation_id: UUID) -> ConversationOut:
    return conversation_out(get_conversation(request.actor, ConversationId(conversation_id)))
