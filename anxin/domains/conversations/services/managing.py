"""Who looks after a conversation, its end, what was seen, and which order it is about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

from anxin.domains.commerce.public import get_order
from anxin.domains.conversations.access import access_conversation
from anxin.domains.conversations.data import ConversationId, ConversationState, QuickReplyData
from anxin.domains.conversations.events import (
    ConversationAssigned,
    ConversationClosed,
    ConversationReopened,
    OrderLinked,
)
from anxin.domains.conversations.lifecycle import CONVERSATION, Action
from anxin.domains.conversations.models import OPEN, Conversation, QuickReply
from anxin.domains.conversations.rules import filled
from anxin.domains.conversations.services.telling import tell_changed
from anxin.domains.merchants.data import Permission, StaffId
from anxin.domains.merchants.public import staff_actor
from anxin.kernel import live, outbox
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid, NotFound
from anxin.kernel.ids import uuid7


class TakenByOther(Conflict):
    """A colleague has this conversation by now."""

    code = "taken_by_other"


class AnotherIsOpen(Conflict):
    """The customer has a newer open conversation on this channel; continue there."""

    code = "another_is_open"


@transaction.atomic
def start_conversation(
    by: Actor, customer_id: UUID, *, channel: str, store_id: UUID | None = None, now: datetime
) -> ConversationId:
    """Return the customer's open conversation on a channel, opened if there is none."""
    if by.is_buyer:
        customer_id = UUID(by.id)
    else:
        by.require(Permission.CONVERSATIONS_REPLY)
    Conversation.objects.bulk_create(
        [
            Conversation(
                id=uuid7(),
                merchant_id=by.merchant_id,
                customer_id=customer_id,
                channel=channel,
                store_id=store_id,
                state=ConversationState.WAITING_CUSTOMER,
                last_message_at=now,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    rows = Conversation.objects.filter(
        OPEN, merchant_id=by.merchant_id, customer_id=customer_id, channel=channel
    )
    return ConversationId(rows.values_list("pk", flat=True).get())


@transaction.atomic
def assign_conversation(
    by: Actor,
    conversation_id: ConversationId,
    assignee_id: UUID | None,
    *,
    held_by: UUID | None,
    now: datetime,
) -> None:
    """Give a conversation from ``held_by`` (None: nobody) to a person of the staff, or to nobody.

    Compare and set: raise TakenByOther when somebody else holds it by now.
    """
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY)
    if assignee_id is not None:
        staff_actor(by, StaffId(assignee_id))
    moved = Conversation.objects.filter(
        OPEN, merchant_id=by.merchant_id, pk=conversation_id, assignee_id=held_by
    ).update(assignee_id=assignee_id)
    if not moved:
        raise TakenByOther(held_by=str(row.assignee_id), state=row.state)
    if assignee_id != held_by:
        outbox.publish(
            ConversationAssigned(
                conversation_id=conversation_id, assignee_id=assignee_id, occurred_at=now
            ),
            by=by,
        )
        tell_changed(row)


def take_conversation(by: Actor, conversation_id: ConversationId, *, now: datetime) -> None:
    """Take a conversation of nobody. Raise TakenByOther; taking one's own again is harmless."""
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY)
    mine = UUID(by.id)
    held_by = mine if row.assignee_id == mine else None
    assign_conversation(by, conversation_id, mine, held_by=held_by, now=now)


def release_conversation(by: Actor, conversation_id: ConversationId, *, now: datetime) -> None:
    """Give one's own conversation back to the queue."""
    assign_conversation(by, conversation_id, None, held_by=UUID(by.id), now=now)


@transaction.atomic
def close_conversation(by: Actor, conversation_id: ConversationId, *, now: datetime) -> None:
    """End a conversation; the customer's next message opens a new one."""
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY, lock=True)
    row.state = CONVERSATION.after(ConversationState(row.state), Action.CLOSE)
    row.closed_at, row.waiting_since = now, None
    row.save(update_fields=["state", "closed_at", "waiting_since"])
    outbox.publish(
        ConversationClosed(conversation_id=conversation_id, store_id=row.store_id, occurred_at=now),
        by=by,
    )
    tell_changed(row)


@transaction.atomic
def reopen_conversation(by: Actor, conversation_id: ConversationId, *, now: datetime) -> None:
    """Open a closed conversation again. Raise AnotherIsOpen when a newer one took its place."""
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY, lock=True)
    row.state = CONVERSATION.after(ConversationState(row.state), Action.REOPEN)
    row.closed_at, row.waiting_since = None, now
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "closed_at", "waiting_since"])
    except IntegrityError as error:
        raise AnotherIsOpen from error
    outbox.publish(ConversationReopened(conversation_id=conversation_id, occurred_at=now), by=by)
    tell_changed(row)


def mark_seen(by: Actor, conversation_id: ConversationId, seq: int) -> None:
    """Remember that the staff, or the customer, has seen the thread up to ``seq``."""
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_READ)
    field = "customer_seen_seq" if by.is_buyer else "seen_seq"
    if seq <= getattr(row, field):
        return
    Conversation.objects.filter(merchant_id=by.merchant_id, pk=conversation_id).update(
        **{field: Greatest(F(field), Least(seq, F("last_seq")))}
    )
    live.announce(
        by.merchant_id, f"conversation:{row.pk}", type="seen", seen=seq, buyer=by.is_buyer
    )


@transaction.atomic
def link_order(
    by: Actor, conversation_id: ConversationId, order_id: UUID | None, *, now: datetime
) -> None:
    """Say by hand which order a conversation is about, or that it is none. Raise NotFound."""
    row = access_conversation(by, conversation_id, to=Permission.CONVERSATIONS_REPLY, lock=True)
    if row.order_id == order_id:
        return
    if order_id is not None:
        get_order(by, order_id)
    row.order_id, row.suggested_order_no = order_id, ""
    row.order_link = "by_hand"
    row.save(update_fields=["order", "order_link", "suggested_order_no"])
    if order_id is not None:
        outbox.publish(
            OrderLinked(
                conversation_id=conversation_id,
                order_id=order_id,
                how="by_hand",
                occurred_at=now,
            ),
            by=by,
        )
    tell_changed(row)


@transaction.atomic
def keep_quick_reply(by: Actor, shortcut: str, title: str, text: str) -> QuickReplyData:
    """Create a quick reply, or change the one with this shortcut."""
    by.require(Permission.CONVERSATIONS_REPLY)
    if not shortcut.strip() or not text.strip():
        raise Invalid("a quick reply needs a shortcut and a text")
    row, _ = QuickReply.objects.update_or_create(
        merchant_id=by.merchant_id,
        shortcut=shortcut.strip()[:30],
        defaults={"title": title.strip()[:80], "text": text[:5_000]},
    )
    return QuickReplyData(row.pk, row.shortcut, row.title, row.text)


def fill_quick_reply(by: Actor, quick_reply_id: UUID, *, values: dict[str, str]) -> str:
    """Return a quick reply's text for this customer and count the use.

    ``values`` may give ``customer``, ``order`` and ``eta``; what is missing stays as it is written.
    """
    by.require(Permission.CONVERSATIONS_REPLY)
    rows = QuickReply.objects.filter(merchant_id=by.merchant_id, pk=quick_reply_id)
    text = rows.values_list("text", flat=True).first()
    if text is None:
        raise NotFound(quick_reply_id=str(quick_reply_id))
    rows.update(used_count=F("used_count") + 1)
    return filled(text, values)
