"""Reads of conversations. Each list is one statement, whatever its length."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from anxin.domains.conversations.access import access_conversation
from anxin.domains.conversations.data import (
    AttachmentData,
    ConversationData,
    ConversationId,
    ConversationPage,
    ConversationState,
    Direction,
    InboxView,
    MessageData,
    MessageId,
    QuickReplyData,
    SearchHit,
    SearchPage,
)
from anxin.domains.conversations.models import OPEN, Conversation, Message, QuickReply
from anxin.domains.conversations.tokens import search_query
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Invalid
from anxin.kernel.models import StoredFile

MAX_PAGE = 200
# A gap longer than this is fetched in several steps.
MAX_GAP = 500


class BadCursor(Invalid):
    """This cursor is not one that we gave out."""

    code = "bad_cursor"


def get_conversation(by: Actor, conversation_id: ConversationId) -> ConversationData:
    """Return one conversation. Raise NotFound."""
    return conversation_data(
        access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_READ)
    )


def list_inbox(
    by: Actor,
    view: InboxView = InboxView.OPEN,
    *,
    store_id: UUID | None = None,
    channel: str = "",
    cursor: str = "",
    limit: int = 50,
) -> ConversationPage:
    """Return a page of the inbox: the latest word first, in ``waiting`` the longest wait first."""
    by.require(Permission.CONVERSATIONS_READ)
    rows = _in_view(by, view)
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    if channel:
        rows = rows.filter(channel=channel)
    by_wait = view is InboxView.WAITING
    moment = "waiting_since" if by_wait else "last_message_at"
    order = (moment, "id") if by_wait else (f"-{moment}", "-id")
    if cursor:
        at, last_id = _opened(cursor)
        sign = "gt" if by_wait else "lt"
        rows = rows.filter(
            Q(**{f"{moment}__{sign}": at}) | Q(**{moment: at, f"id__{sign}": last_id}),
            **{f"{moment}__{sign}e": at},
        )
    limit = max(1, min(limit, MAX_PAGE))
    # Plain values: three models a row would cost more than the query.
    found = rows.order_by(*order).values_list(*_COLUMNS)[: limit + 1]
    items = tuple(_from_columns(values) for values in found)
    last = items[limit - 1] if len(items) > limit else None
    return ConversationPage(items[:limit], _sealed(getattr(last, moment), last.id) if last else "")


def _in_view(by: Actor, view: InboxView) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(merchant_id=by.merchant_id)
    match view:
        case InboxView.MINE:
            return rows.filter(OPEN, assignee_id=UUID(by.id)) if _is_uuid(by.id) else rows.none()
        case InboxView.UNASSIGNED:
            return rows.filter(OPEN, assignee_id=None)
        case InboxView.WAITING:
            return rows.filter(state=ConversationState.WAITING_US, waiting_since__isnull=False)
        case InboxView.CLOSED:
            return rows.filter(state=ConversationState.CLOSED)
        case InboxView.OPEN:
            return rows.filter(OPEN)


def count_inbox(by: Actor) -> dict[InboxView, int]:
    """Return how many conversations wait in each open view; one statement over a partial index."""
    by.require(Permission.CONVERSATIONS_READ)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) filter (where assignee_id = %s), "
            "count(*) filter (where assignee_id is null), "
            "count(*) filter (where state = 'waiting_us'), count(*) "
            "from conversations_conversation where merchant_id = %s and state <> 'closed'",
            [by.id if _is_uuid(by.id) else None, by.merchant_id],
        )
        mine, unassigned, waiting, every = cursor.fetchone()
    return {
        InboxView.MINE: mine,
        InboxView.UNASSIGNED: unassigned,
        InboxView.WAITING: waiting,
        InboxView.OPEN: every,
    }


def conversations_of_customer(
    by: Actor, customer_id: UUID, limit: int = 20
) -> list[ConversationData]:
    """Return a customer's conversations, newest first; a customer sees only his own."""
    if by.is_buyer:
        customer_id = UUID(by.id)
    else:
        by.require(Permission.CONVERSATIONS_READ)
    rows = Conversation.objects.filter(merchant_id=by.merchant_id, customer_id=customer_id)
    return [
        conversation_data(row)
        for row in rows.select_related("customer", "assignee").order_by("-id")[:limit]
    ]


def open_conversation_of(by: Actor, customer_id: UUID, channel: str) -> ConversationData | None:
    """Return the customer's open conversation on a channel, or None."""
    if by.is_buyer:
        customer_id = UUID(by.id)
    else:
        by.require(Permission.CONVERSATIONS_READ)
    row = (
        Conversation.objects.filter(
            OPEN, merchant_id=by.merchant_id, customer_id=customer_id, channel=channel
        )
        .select_related("customer", "assignee")
        .first()
    )
    return conversation_data(row) if row else None


def messages_after(
    by: Actor, conversation_id: ConversationId, seq: int = 0, *, limit: int = MAX_GAP
) -> list[MessageData]:
    """Return what came after ``seq``, oldest first: the gap of a page that was away.

    A customer gets no notes, so numbers that he sees may jump.
    """
    access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_READ)
    rows = _messages(by, conversation_id).filter(seq__gt=seq).order_by("seq")
    return message_data(by, rows[: max(1, min(limit, MAX_GAP))])


def latest_messages(
    by: Actor, conversation_id: ConversationId, *, before: int | None = None, limit: int = 50
) -> list[MessageData]:
    """Return the last messages (before a number), oldest first."""
    access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_READ)
    rows = _messages(by, conversation_id)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return message_data(by, rows.order_by("-seq")[: max(1, min(limit, MAX_GAP))])[::-1]


def _messages(by: Actor, conversation_id: ConversationId) -> QuerySet[Message]:
    rows = Message.objects.filter(merchant_id=by.merchant_id, conversation_id=conversation_id)
    return rows.exclude(direction=Direction.NOTE) if by.is_buyer else rows


def list_quick_replies(by: Actor) -> list[QuickReplyData]:
    """Return the prepared answers, the most used first."""
    by.require(Permission.CONVERSATIONS_READ)
    rows = QuickReply.objects.filter(merchant_id=by.merchant_id).order_by("-used_count", "shortcut")
    return [QuickReplyData(r.pk, r.shortcut, r.title, r.text) for r in rows[:500]]


def search_messages(
    by: Actor, text: str, *, customer_id: UUID | None = None, cursor: str = "", limit: int = 20
) -> SearchPage:
    """Return messages that hold all words of ``text``, newest first; Chinese and Latin words."""
    by.require(Permission.CONVERSATIONS_READ)
    query = search_query(by.merchant_id, text[:200])
    if not query:
        return SearchPage((), "")
    before = _opened(cursor)[1] if cursor else UUID(int=2**128 - 1)
    limit = max(1, min(limit, MAX_PAGE))
    found = _found_ids(by, query, before, limit + 1, customer_id)
    rows = (
        Message.objects.filter(merchant_id=by.merchant_id, pk__in=found[:limit])
        .select_related("conversation", "conversation__customer")
        .defer("tokens")
        .order_by("-id")
    )
    held = list(rows)
    hits = tuple(
        SearchHit(
            data,
            row.conversation.customer_id,
            row.conversation.customer.name,
            row.channel,
            ConversationState(row.conversation.state),
        )
        for row, data in zip(held, message_data(by, held), strict=True)
    )
    more = len(found) > limit
    return SearchPage(hits, _sealed(held[-1].recorded_at, held[-1].pk) if more and held else "")


def _found_ids(
    by: Actor, query: str, before: UUID, limit: int, customer_id: UUID | None
) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from conversations_search(%s, %s::tsquery, %s, %s, %s)",
            [by.merchant_id, query, before, limit, customer_id],
        )
        return [row[0] for row in cursor.fetchall()]


def unseen_after(row: Conversation, seen_seq: int) -> QuerySet[Message]:
    """Return the messages of a conversation after a number, oldest first."""
    return Message.objects.filter(
        merchant_id=row.merchant_id, conversation_id=row.pk, seq__gt=seen_seq
    ).order_by("seq")


def message_of_client(by: Actor, channel: str, external_id: str) -> Message | None:
    """Return the message with this id of its sender, if it was stored before."""
    return Message.objects.filter(
        merchant_id=by.merchant_id, channel=channel, external_id=external_id
    ).first()


def message_data(by: Actor, rows: Iterable[Message]) -> list[MessageData]:
    """Return messages with their attachments; one statement more when there are any."""
    held = list(rows)
    wanted = {file_id for row in held for file_id in row.file_ids}
    files: Mapping[UUID, StoredFile] = (
        StoredFile.objects.filter(merchant_id=by.merchant_id).in_bulk(wanted) if wanted else {}
    )
    return [_message(row, files) for row in held]


def _message(row: Message, files: Mapping[UUID, StoredFile]) -> MessageData:
    return MessageData(
        MessageId(row.pk),
        ConversationId(row.conversation_id),
        row.seq,
        Direction(row.direction),
        row.author_kind,
        row.author_id,
        row.author_name,
        row.text,
        row.sent_at,
        row.recorded_at,
        row.external_id.removeprefix(f"{row.author_id}:"),
        tuple(
            AttachmentData(file.pk, file.name, file.media_type, file.size)
            for file_id in row.file_ids
            if (file := files.get(file_id))
        ),
        tuple(row.links),
    )


# In the order of ConversationData's fields.
_COLUMNS = (
    "id", "number", "customer_id", "customer__name", "channel", "store_id", "state",
    "assignee_id", "order_id", "last_seq", "seen_seq", "preview", "waiting_since",
    "last_message_at", "created_at", "assignee__name", "suggested_order_no", "closed_at",
    "order_link",
)  # fmt: skip
_STATE = _COLUMNS.index("state")
_ASSIGNEE = _COLUMNS.index("assignee__name")


def _from_columns(values: Sequence[Any]) -> ConversationData:
    held = list(values)
    held[_STATE] = ConversationState(held[_STATE])
    held[_ASSIGNEE] = held[_ASSIGNEE] or ""
    return ConversationData(*held)


def conversation_data(row: Conversation) -> ConversationData:
    """Return a conversation whose customer and assignee are loaded."""
    parts = [column.split("__") for column in _COLUMNS]
    return _from_columns([_followed(row, names) for names in parts])


def _followed(row: Any, names: Sequence[str]) -> Any:
    for name in names:
        row = getattr(row, name) if row is not None else None
    return row


def unsettled(by: Actor, ids: Sequence[UUID]) -> list[Conversation]:
    """Return those of the conversations whose order is not known, or only guessed."""
    rows = Conversation.objects.filter(merchant_id=by.merchant_id, pk__in=ids)
    return list(rows.filter(order_link__in=["", "customer"]).order_by("id"))


def texts_of(by: Actor, message_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the texts of messages by conversation, joined in order."""
    rows = Message.objects.filter(merchant_id=by.merchant_id, pk__in=message_ids)
    texts: dict[UUID, list[str]] = {}
    for conversation_id, text in rows.order_by("seq").values_list("conversation_id", "text"):
        texts.setdefault(conversation_id, []).append(text)
    return {key: "\n".join(parts) for key, parts in texts.items()}


def _sealed(at: datetime, last_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{last_id}".encode()).decode()


def _opened(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, last_id = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return datetime.fromisoformat(at), UUID(last_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(cursor=cursor[:100]) from error


def _is_uuid(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
