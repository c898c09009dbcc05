"""Taking in customers' messages: in batches through one statement, the same for every channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.utils import IntegrityError, OperationalError

from anxin.domains.conversations.data import (
    MAX_ATTACHMENTS,
    MAX_TEXT,
    ChannelKind,
    ConversationId,
    InboundMessage,
    MessageId,
    Received,
)
from anxin.domains.conversations.rules import preview_of
from anxin.domains.conversations.tokens import search_vector
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Invalid, NotAllowed, Unavailable
from anxin.kernel.ids import uuid7
from anxin.kernel.models import StoredFile

# A sender's clock may be a little ahead of ours.
_CLOCK_SKEW = timedelta(minutes=5)
_ATTEMPTS = 5


class MessageEmpty(Invalid):
    """A message needs a text or an attachment."""

    code = "message_empty"


class MessageTooLong(Invalid):
    """The message is longer than we take."""

    code = "message_too_long"


class MessageUnreadable(Invalid):
    """The message holds characters that no text has."""

    code = "message_unreadable"


class FileUnknown(Invalid):
    """An attached file does not exist, or is not yours."""

    code = "file_unknown"


RECEIVE_SQL = (
    "select * from conversations_receive(%s::timestamptz, %s::bigint[], %s::text[], %s::text[], "
    "%s::text[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], "
    "%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], "
    "%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[])"
)


def receive_values(rows: Sequence[tuple[str, ...]], now: datetime) -> list[Any]:
    """Return the arguments of RECEIVE_SQL for rows of ``receive_row``; may be used again.

    Columns as PostgreSQL writes arrays: joining text here is several times faster than having
    every element adapted, and this is the hot path.
    """
    return [now, *("{" + ",".join(column) + "}" for column in zip(*rows, strict=True))]


def receive_row(message: InboundMessage, now: datetime) -> tuple[str, ...]:
    """Return one message's columns, words and new ids included: work that need not wait."""
    return (
        str(message.merchant_id),
        _quoted(message.by_kind),
        _quoted(message.by_id),
        _quoted(message.channel),
        _quoted(message.external_id),
        str(message.customer_id) if message.customer_id else "NULL",
        _quoted(message.sender_id),
        _quoted(message.sender_name),
        _quoted(message.phone),
        _quoted(message.email),
        str(message.store_id) if message.store_id else "NULL",
        _quoted(message.text),
        _quoted(preview_of(message.text)),
        _quoted(search_vector(message.merchant_id, message.text)),
        _quoted(_array(message.file_ids)),
        _quoted(_array(message.links)),
        _quoted(min(message.sent_at, now + _CLOCK_SKEW).isoformat()),
        str(uuid7()),
        str(uuid7()),
        str(uuid7()),
        str(uuid7()),
        str(uuid7()) if message.phone else "NULL",
        str(uuid7()) if message.email else "NULL",
        str(uuid7()),
    )


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _array(items: Iterable[object]) -> str:
    return "{" + ",".join(_quoted(str(item)) for item in items) + "}"


def received(row: tuple[Any, ...]) -> Received:
    """Return what one row of RECEIVE_SQL's answer tells."""
    _, message_id, conversation_id, customer_id, seq, is_new, opened = row
    return Received(
        MessageId(message_id), ConversationId(conversation_id), customer_id, seq, is_new, opened
    )


def receive_messages(batch: Sequence[InboundMessage], *, now: datetime) -> list[Received]:
    """Store a batch of customers' messages of any merchants; answer in the batch's order.

    The caller vouches for merchant and sender. Repeats are answered with the first one's ids.
    """
    if not batch:
        return []
    rows = [receive_row(message, now) for message in batch]
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(RECEIVE_SQL, receive_values(rows, now))
                return [received(row) for row in cursor.fetchall()]
        except (IntegrityError, OperationalError) as error:
            # The same message, or the conversation's end, came from elsewhere in this moment.
            if connection.connection is None or connection.connection.closed:
                raise
            last = error
    raise Unavailable("the messages could not be stored just now") from last


def receive_message(
    by: Actor,
    *,
    channel: str,
    external_id: str,
    sender_id: str,
    sender_name: str = "",
    text: str,
    phone: str = "",
    email: str = "",
    store_id: UUID | None = None,
    sent_at: datetime | None = None,
    now: datetime,
) -> Received:
    """Store one message of an outside channel."""
    by.require(Permission.MESSAGES_WRITE)
    check_content(text, ())
    message = InboundMessage(
        by.merchant_id, by.kind, by.id, channel, external_id, text, sent_at or now,
        sender_id=sender_id, sender_name=sender_name, phone=phone, email=email, store_id=store_id,
    )  # fmt: skip
    return receive_messages([message], now=now)[0]


def write_as_buyer(
    by: Actor,
    text: str,
    *,
    client_id: str,
    channel: str = ChannelKind.CHAT,
    store_id: UUID | None = None,
    file_ids: Sequence[UUID] = (),
    now: datetime,
) -> Received:
    """Store what a signed-in customer wrote in our own widget or portal."""
    if not by.is_buyer:
        raise NotAllowed("only a customer writes as a customer")
    check_content(text, file_ids)
    check_files(by, file_ids)
    message = InboundMessage(
        by.merchant_id, by.kind, by.id, channel, f"{by.id}:{client_id}", text, now,
        customer_id=UUID(by.id), sender_name=by.name, store_id=store_id, file_ids=tuple(file_ids),
    )  # fmt: skip
    return receive_messages([message], now=now)[0]


def check_content(text: str, attachments: Sequence[object]) -> None:
    """Raise MessageEmpty, MessageTooLong or MessageUnreadable."""
    if "\0" in text:
        raise MessageUnreadable
    if not text.strip() and not attachments:
        raise MessageEmpty
    if len(text) > MAX_TEXT:
        raise MessageTooLong(limit=MAX_TEXT, length=len(text))
    if len(attachments) > MAX_ATTACHMENTS:
        raise MessageTooLong("too many attachments", limit=MAX_ATTACHMENTS)


def check_files(by: Actor, file_ids: Sequence[UUID]) -> None:
    """Raise FileUnknown unless all are files of the merchant, and a customer's are his own."""
    if not file_ids:
        return
    rows = StoredFile.objects.filter(merchant_id=by.merchant_id, pk__in=file_ids)
    if by.is_buyer:
        rows = rows.filter(by_kind=by.kind, by_id=by.id)
    if rows.count() != len(set(file_ids)):
        raise FileUnknown
