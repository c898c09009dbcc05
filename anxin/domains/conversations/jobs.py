"""What happens after messages have come in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from anxin.domains.conversations.events import MessageReceived
from anxin.domains.conversations.services.recognising import recognise_orders
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.events import name_of
from anxin.kernel.streams import StreamEvent, projection

_RECEIVED = name_of(MessageReceived)


@projection("conversations.orders", patience_seconds=5)
def link_orders_named_in_messages(merchant: MerchantId, events: Sequence[StreamEvent]) -> None:
    """Look through new messages for orders, many at a time."""
    received = [event for event in events if event.name == _RECEIVED]
    if received:
        recognise_orders(
            Actor.system(merchant),
            [UUID(event.payload["message_id"]) for event in received],
            list({UUID(event.payload["conversation_id"]) for event in received}),
            now=utcnow(),
        )
