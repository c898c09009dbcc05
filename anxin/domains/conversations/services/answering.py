"""Writing into a conversation from our side: replies, notes, and what happened elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.conversations.access import access_conversation
from anxin.domains.conversations.data import (
    ConversationId,
    ConversationState,
    Direction,
    MessageData,
    MessageId,
)
from anxin.domains.conversations.events import ConversationAssigned, ReplySent
from anxin.domains.conversations.lifecycle import CONVERSATION, Action
from anxin.domains.conversations.models import Conversation, Message
from anxin.domains.conversations.queries import message_data, message_of_client, unseen_after
from anxin.domains.conversations.rules import needs_a_look, preview_of
from anxin.domains.conversations.services.receiving import check_content, check_files
from anxin.domains.conversations.services.telling import tell_changed
from anxin.domains.conversations.tokens import search_vector
from anxin.domains.merchants.data import Permission
from anxin.kernel import outbox
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.errors import Conflict, Invalid
from anxin.kernel.events import Event
from anxin.kernel.ids import uuid7

_CLIENT_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")


class OutdatedView(Conflict):
    """New messages came that you have not seen; read them before you answer."""

    code = "outdated_view"

    def __init__(self, unseen: list[MessageData]) -> None:
        super().__init__(unseen=[message.seq for message in unseen])
        self.unseen = unseen


class BadClientId(Invalid):
    """A client id has 1 to 80 letters, digits, dots, dashes or underscores."""

    code = "bad_client_id"


@transaction.atomic
def send_reply(
    by: Actor,
    conversation_id: ConversationId,
    text: str,
    *,
    client_id: str,
    seen_seq: int,
    file_ids: Sequence[UUID] = (),
    now: datetime,
) -> MessageData:
    """Answer the customer; a conversation of nobody becomes the replier's.

    The same ``client_id`` twice is one message. Raise OutdatedView when the customer or a
    colleague wrote after ``seen_seq``, MoveRefused when the conversation is closed.
    """
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY, lock=True)
    if before := _written_before(by, row, client_id):
        return before
    check_content(text, file_ids)
    check_files(by, file_ids)
    _refuse_outdated(by, row, seen_seq)
    state = CONVERSATION.after(ConversationState(row.state), Action.REPLY)
    message = _append(by, row, Direction.OUT, text, client_id, now, file_ids)
    news: list[Event] = [_reply_sent(row, message, now)]
    if row.assignee_id is None and by.kind is ActorKind.STAFF:
        row.assignee_id = UUID(by.id)
        news.append(
            ConversationAssigned(
                conversation_id=conversation_id, assignee_id=row.assignee_id, occurred_at=now
            )
        )
    row.state, row.waiting_since = state, None
    row.first_response_at = row.first_response_at or now
    row.seen_seq = row.last_seq
    row.preview, row.last_message_at = preview_of(text), now
    row.save(update_fields=["state", "waiting_since", "first_response_at", "seen_seq", "preview",
                            "last_seq", "last_message_at", "assignee"])  # fmt: skip
    # Two facts: answering also takes a conversation that nobody had.
    outbox.publish_many(news, by=by)
    tell_changed(row)
    return message_data(by, [message])[0]


def _refuse_outdated(by: Actor, row: Conversation, seen_seq: int) -> None:
    unseen = [
        message
        for message in unseen_after(row, seen_seq)
        if needs_a_look(message.direction, message.author_id, by.id)
    ]
    if unseen:
        raise OutdatedView(message_data(by, unseen))


def _reply_sent(row: Conversation, message: Message, now: datetime) -> ReplySent:
    waited = int((now - row.waiting_since).total_seconds()) if row.waiting_since else None
    return ReplySent(
        conversation_id=ConversationId(row.pk),
        message_id=MessageId(message.pk),
        seq=message.seq,
        channel=row.channel,
        waited_seconds=waited,
        is_first=row.first_response_at is None,
        store_id=row.store_id,
        occurred_at=now,
    )


@transaction.atomic
def write_note(
    by: Actor,
    conversation_id: ConversationId,
    text: str,
    *,
    client_id: str,
    file_ids: Sequence[UUID] = (),
    now: datetime,
) -> MessageData:
    """Leave a note for colleagues; the customer never sees it. Allowed on closed ones too."""
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY, lock=True)
    if before := _written_before(by, row, client_id):
        return before
    check_content(text, file_ids)
    check_files(by, file_ids)
    message = _append(by, row, Direction.NOTE, text, client_id, now, file_ids)
    row.save(update_fields=["last_seq"])
    tell_changed(row)
    return message_data(by, [message])[0]


@transaction.atomic
def post_event_message(
    by: Actor,
    conversation_id: ConversationId,
    code: str,
    *,
    key: str,
    now: datetime,
    **detail: str | int,
) -> MessageData:
    """Put into the thread that something happened, as a code and values that pages put in words.

    The same ``key`` twice is one message, so that a listener may run twice. Customers see it.
    """
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY, lock=True)
    if before := _written_before(by, row, key):
        return before
    text = json.dumps({"code": code, **detail}, ensure_ascii=False)
    message = _append(by, row, Direction.EVENT, text, key, now)
    row.save(update_fields=["last_seq"])
    tell_changed(row)
    return message_data(by, [message])[0]


def _written_before(by: Actor, row: Conversation, client_id: str) -> MessageData | None:
    if not _CLIENT_ID.fullmatch(client_id):
        raise BadClientId(client_id=client_id[:100])
    found = message_of_client(by, row.channel, f"{by.id}:{client_id}")
    if found is None:
        return None
    if found.conversation_id != row.pk:
        raise BadClientId("this client id was used in another conversation", client_id=client_id)
    return message_data(by, [found])[0]


def _append(
    by: Actor,
    row: Conversation,
    direction: Direction,
    text: str,
    client_id: str,
    now: datetime,
    file_ids: Sequence[UUID] = (),
) -> Message:
    """Store the next message of a locked conversation; the caller saves ``last_seq``."""
    row.last_seq += 1
    return Message.objects.create(
        id=uuid7(),
        merchant_id=row.merchant_id,
        conversation_id=row.pk,
        seq=row.last_seq,
        channel=row.channel,
        external_id=f"{by.id}:{client_id}",
        direction=direction,
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name,
        text=text,
        file_ids=list(file_ids),
        tokens=None if direction is Direction.EVENT else search_vector(row.merchant_id, text),
        sent_at=now,
        recorded_at=now,
    )
