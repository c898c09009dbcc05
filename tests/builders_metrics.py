"""Facts without the domains that make them, and a projection that has caught up with them."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.aftersales.events import RequestOpened
from anxin.domains.conversations.events import MessageReceived, ReplySent
from anxin.domains.finance.events import RefundSucceeded
from anxin.kernel.ids import uuid7
from anxin.kernel.outbox import publish_many
from anxin.kernel.streams import _oldest_running, advance
from anxin.kernel.tenancy import acting_for
from tests.builders import House


def received(house: House, at: datetime, **changes: Any) -> MessageReceived:
    """Return the fact that a customer wrote."""
    given = {
        "conversation_id": uuid7(),
        "message_id": uuid7(),
        "seq": 1,
        "channel": "chat",
        "store_id": house.store_id,
        "opened": True,
    }
    return MessageReceived(occurred_at=at, **{**given, **changes})


def replied(house: House, at: datetime, waited: int, **changes: Any) -> ReplySent:
    """Return the fact that we answered after so many seconds."""
    given = {
        "conversation_id": uuid7(),
        "message_id": uuid7(),
        "seq": 2,
        "channel": "chat",
        "store_id": house.store_id,
        "is_first": True,
    }
    return ReplySent(occurred_at=at, waited_seconds=waited, **{**given, **changes})


def opened(house: House, at: datetime, **changes: Any) -> RequestOpened:
    """Return the fact that a request was made."""
    given = {
        "request_id": uuid7(),
        "order_id": uuid7(),
        "store_id": house.store_id,
        "kind": "return_refund",
        "reason": "no_reason",
        "promised_minor": 12_800,
        "currency": "CNY",
    }
    return RequestOpened(occurred_at=at, **{**given, **changes})


def refunded(at: datetime, order_id: UUID, seconds: int, **changes: Any) -> RefundSucceeded:
    """Return the fact that money is back."""
    given = {
        "refund_id": uuid7(),
        "source_kind": "request",
        "source_id": uuid7(),
        "amount_minor": 12_800,
        "currency": "CNY",
    }
    return RefundSucceeded(
        occurred_at=at, order_id=order_id, seconds=seconds, **{**given, **changes}
    )


def tell(house: House, *facts: Any) -> None:
    """Publish facts as the system, in one transaction."""
    with acting_for(house.merchant_id), transaction.atomic():
        publish_many(list(facts), by=house.system)


def catch_up(name: str = "metrics", seconds: float = 30) -> None:
    """Fold until every event is folded. Others' open transactions may hold the stream back."""
    import anxin.domains.metrics.jobs  # noqa: F401  (registers the projection)

    deadline = time.monotonic() + seconds
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::numeric")
        newest = cursor.fetchone()[0]
    while advance(name) or _oldest_running() <= newest:
        assert time.monotonic() < deadline, "the stream did not move on"
        time.sleep(0.01)
    while advance(name):
        pass
