"""The one way to fetch a conversation for a person."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.models import Conversation
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotFound


def access_conversation(
    by: Actor, conversation_id: ConversationId, *, to: Permission, lock: bool = False
) -> Conversation:
    """Return the conversation, locked if asked for, when ``by`` may do this with it.

    A customer may read his own (what he writes comes in as a message); for everyone else the
    permission decides. What may not be seen raises NotFound.
    """
    if not (by.is_buyer and to is Permission.CONVERSATIONS_READ):
        by.require(to)
    rows = Conversation.objects.filter(_visible_to(by), pk=conversation_id)
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("customer", "assignee").first()
    if row is None:
        raise NotFound(conversation_id=str(conversation_id))
    return row


def _visible_to(by: Actor) -> Q:
    mine = Q(merchant_id=by.merchant_id)
    return mine & Q(customer_id=UUID(by.id)) if by.is_buyer else mine
