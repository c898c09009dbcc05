"""Messages of outside channels coming in, and the search over all messages.

``POST /messages`` is answered by ``intake`` before Django is asked; the operation here describes
it in the schema and does the same where there is no ASGI server in front.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from anxin.domains.conversations.data import MAX_ATTACHMENTS, MAX_TEXT, InboundMessage, MessageData
from anxin.domains.conversations.public import (
    check_content,
    check_files,
    receive_messages,
    search_messages,
)
from anxin.domains.customers.public import normalise
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid

router = Router()


class SenderIn(Schema):
    """Who wrote, as the channel knows him. Phone and e-mail help to find a known customer."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(max_length=120)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=200)] = ""


class AttachmentIn(Schema):
    """A file stored before, or an address where the channel keeps it."""

    file_id: UUID | None = None
    url: Annotated[str, Field(max_length=2_000, pattern=r"^(https?://.*)?$")] = ""


class MessageIn(Schema):
    """A customer's message. ``external_id`` is the channel's own: repeating it is harmless."""

    channel: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
    external_id: Annotated[str, Field(min_length=1, max_length=200)]
    sender: SenderIn | Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Who wrote; a bare string is the id alone."
    )
    text: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    attachments: Annotated[list[AttachmentIn], Field(max_length=MAX_ATTACHMENTS)] = []
    sent_at: AwareDatetime | None = None
    store: Annotated[str, Field(max_length=40, description="The store's slug.")] = ""


class ReceivedOut(Schema):
    """Where a message went. ``is_new`` is false when it had been received before."""

    message_id: UUID
    conversation_id: UUID
    customer_id: UUID
    seq: int
    is_new: bool


class AttachmentOut(Schema):
    """A stored file on a message."""

    file_id: UUID
    name: str
    media_type: str
    size: int


class MessageOut(Schema):
    """One message. ``seq`` counts within the conversation from 1 without gaps."""

    id: UUID
    conversation_id: UUID
    seq: int
    direction: str
    author_kind: str
    author_id: str
    author_name: str
    text: str
    event: dict[str, Any] | None
    sent_at: datetime
    recorded_at: datetime
    client_id: str
    attachments: list[AttachmentOut]
    links: list[str]


class HitOut(Schema):
    """A found message and whose it is."""

    message: MessageOut
    customer_id: UUID
    customer_name: str
    channel: str
    state: str


def message_out(message: MessageData) -> MessageOut:
    """Return a message in the API's shape."""
    return MessageOut(
        id=message.id,
        conversation_id=message.conversation_id,
        seq=message.seq,
        direction=message.direction,
        author_kind=message.author_kind,
        author_id=message.author_id,
        author_name=message.author_name,
        text="" if message.event else message.text,
        event=message.event or None,
        sent_at=message.sent_at,
        recorded_at=message.recorded_at,
        client_id=message.client_id,
        attachments=[AttachmentOut.from_orm(a) for a in message.attachments],
        links=list(message.links),
    )


@router.post(
    "/messages",
    response={201: ReceivedOut, 200: ReceivedOut},
    auth=scope(Permission.MESSAGES_WRITE),
    summary="Receive a customer's message",
)
def receive(request: ApiRequest, body: MessageIn) -> Status[ReceivedOut]:
    """Store a message of an outside channel; durable when answered.

    201 for a new message, 200 with the same ids for one received before. 503 with Retry-After
    when too many wait.
    """
    [got] = receive_messages([_inbound(request, body)], now=utcnow())
    answer = ReceivedOut(
        message_id=got.message_id,
        conversation_id=got.conversation_id,
        customer_id=got.customer_id,
        seq=got.seq,
        is_new=got.is_new,
    )
    return Status(201 if got.is_new else 200, answer)


def _sender_id(channel: str, sender_id: str) -> str:
    """Return the id as identities are kept: addresses are written in one way."""
    return normalise(channel, sender_id) if channel in {"phone", "email"} else sender_id


def _inbound(request: ApiRequest, body: MessageIn) -> InboundMessage:
    by, now = request.actor, utcnow()
    stores = {store.slug: store.id for store in list_stores(by.merchant_id)} if body.store else {}
    if body.store and body.store not in stores:
        raise Invalid("There is no such store.", store=body.store)
    files = tuple(a.file_id for a in body.attachments if a.file_id)
    check_content(body.text, body.attachments)
    check_files(by, files)
    sender = SenderIn(id=body.sender) if isinstance(body.sender, str) else body.sender
    return InboundMessage(
        by.merchant_id, by.kind, by.id, body.channel, body.external_id, body.text,
        body.sent_at or now,
        sender_id=_sender_id(body.channel, sender.id), sender_name=sender.name.strip(),
        phone=normalise("phone", sender.phone) if sender.phone else "",
        email=normalise("email", sender.email) if sender.email else "",
        store_id=stores.get(body.store), file_ids=files,
        links=tuple(a.url for a in body.attachments if a.url and not a.file_id),
    )  # fmt: skip


@router.get(
    "/messages/search",
    response=Page[HitOut],
    auth=scope(Permission.CONVERSATIONS_READ),
    summary="Search message texts",
)
def search(
    request: ApiRequest, q: str, customer_id: UUID | None = None, cursor: Cursor = "",
    limit: Limit = 20,
) -> Page[HitOut]:  # fmt: skip
    """Return messages that hold all words, newest first, in Chinese and other languages."""
    found = search_messages(request.actor, q, customer_id=customer_id, cursor=cursor, limit=limit)
    return Page[HitOut](
        items=[
            HitOut(
                message=message_out(hit.message),
                customer_id=hit.customer_id,
                customer_name=hit.customer_name,
                channel=hit.channel,
                state=hit.state,
            )
            for hit in found.items
        ],
        next_cursor=found.next_cursor or None,
    )
