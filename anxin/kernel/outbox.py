"""Publishing: the fact, and a job for each listener, commit together with the change."""

from __future__ import annotations

from django.db import connection, transaction

from anxin.kernel import events, jobs
from anxin.kernel.actors import Actor
from anxin.kernel.models import RecordedEvent

STREAM_CHANNEL = "anxin_stream"


def publish(event: events.Event, *, by: Actor) -> None:
    """Record ``event`` and queue one job a listener, in the caller's transaction.

    Raise RuntimeError outside a transaction: a fact must not outlive a rolled-back change.
    """
    publish_many([event], by=by)


def publish_many(batch: list[events.Event], *, by: Actor) -> None:
    """Publish several events at once, with one insert; same promise as ``publish``."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish() belongs inside the transaction that makes the fact true")
    rows = [_row(event, by) for event in batch]
    RecordedEvent.objects.bulk_create(rows)
    for row in rows:
        for listener in events.listeners_of(row.name):
            jobs.defer_delivery(row, listener)
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [STREAM_CHANNEL])


def _row(event: events.Event, by: Actor) -> RecordedEvent:
    name = events.name_of(type(event))
    return RecordedEvent(
        merchant_id=by.merchant_id,
        name=name,
        subject_kind=name.split(".", 1)[0],
        subject_id=event.subject_id,
        payload=events.dump(event),
        by_kind=by.kind,
        by_id=by.id,
        occurred_at=event.occurred_at,
    )
