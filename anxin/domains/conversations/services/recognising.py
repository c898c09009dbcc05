"""Finding out which order a conversation is about, after its messages have come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.commerce.public import OrderHead, order_heads
from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.events import OrderLinked
from anxin.domains.conversations.models import Conversation
from anxin.domains.conversations.queries import texts_of, unsettled
from anxin.domains.conversations.rules import (
    Recognition,
    is_same_number,
    numbers_in,
    recognise,
    spellings,
)
from anxin.domains.conversations.services.telling import tell_changed
from anxin.kernel import live, outbox
from anxin.kernel.actors import Actor, MerchantId


@transaction.atomic
def recognise_orders(
    by: Actor, message_ids: Sequence[UUID], conversation_ids: Sequence[UUID], *, now: datetime
) -> None:
    """Link the orders that new messages name, or the customer's only recent one.

    Three reads for any number of messages. What was linked by hand, or by a number, stays. Rows
    are changed last and without waiting in between, because the intake needs them as well.
    """
    rows = unsettled(by, conversation_ids)
    if not rows:
        return
    texts = texts_of(by, message_ids)
    numbers = {row.pk: numbers_in(texts.get(row.pk, "")) for row in rows}
    heads = order_heads(
        by,
        customer_ids=[row.customer_id for row in rows],
        order_nos=[form for named in numbers.values() for n in named for form in spellings(n)],
    )
    news = []
    for row in rows:
        found = _recognised(row, numbers[row.pk], heads, now)
        if _keep(row, found) and found.order_id:
            news.append(
                OrderLinked(
                    conversation_id=ConversationId(row.pk),
                    order_id=found.order_id,
                    how=found.how,
                    occurred_at=now,
                )
            )
    if news:
        outbox.publish_many([*news], by=by)


def _recognised(
    row: Conversation, numbers: Sequence[str], heads: Sequence[OrderHead], now: datetime
) -> Recognition:
    own = [head for head in heads if head.customer_id == row.customer_id]
    others = [
        head.order_no
        for head in heads
        if head.customer_id != row.customer_id
        and any(is_same_number(head.order_no, number) for number in numbers)
    ]
    return recognise(numbers, own, others, now)


def _keep(row: Conversation, found: Recognition) -> bool:
    """Store what is new; return whether anything was. A guess never replaces a guess."""
    is_known = row.order_id == found.order_id or (row.order_id and found.how != "number")
    is_told = found.suggested_order_no in {"", row.suggested_order_no}
    if (found.order_id is None or is_known) and is_told:
        return False
    changes: dict[str, object] = {"suggested_order_no": found.suggested_order_no}
    if found.order_id and not is_known:
        changes |= {"order_id": found.order_id, "order_link": found.how}
    kept = Conversation.objects.filter(
        merchant_id=row.merchant_id, pk=row.pk, order_link=row.order_link
    ).update(**changes)
    if kept:
        tell_changed(row)
        live.announce(MerchantId(row.merchant_id), f"conversation:{row.pk}", type="order")
    return bool(kept)
