"""Deliveries that failed for good: seen by people, and sent again by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from anxin.kernel import jobs
from anxin.kernel.actors import MerchantId
from anxin.kernel.errors import NotFound
from anxin.kernel.models import RecordedEvent


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One delivery that was given up: which fact, to which listener, after how many attempts."""

    id: int
    event_id: UUID
    event_name: str
    subject_id: str
    listener: str
    attempts: int
    failed_at: datetime | None


def list_dead_letters(
    merchant_id: MerchantId, *, before: int | None = None, limit: int = 50
) -> list[DeadLetter]:
    """Return failed deliveries of a merchant's facts, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select j.id, e.id, e.name, e.subject_id, j.args->>'listener', j.attempts,
                   (select max(at) from procrastinate_events p where p.job_id = j.id)
            from procrastinate_jobs j
            join kernel_event e
              on e.merchant_id = %(merchant)s and e.id = (j.args->>'event_id')::uuid
            where j.status = 'failed' and j.task_name = 'deliver'
              and (j.args->>'merchant_id')::bigint = %(merchant)s
              and (%(before)s::bigint is null or j.id < %(before)s)
            order by j.id desc limit %(limit)s
            """,
            {"merchant": merchant_id, "before": before, "limit": limit},
        )
        return [DeadLetter(*row) for row in cursor.fetchall()]


@transaction.atomic
def resend(merchant_id: MerchantId, letter_id: int) -> RecordedEvent:
    """Queue a failed delivery anew and take it off the list. Raise NotFound; twice too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where id = %s and status = 'failed' "
            "and task_name = 'deliver' and (args->>'merchant_id')::bigint = %s "
            "returning args->>'event_id', args->>'listener'",
            [letter_id, merchant_id],
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFound(letter_id=letter_id)
    row = RecordedEvent.objects.filter(pk=UUID(found[0])).first()
    if row is None:
        raise NotFound(letter_id=letter_id)
    jobs.defer_delivery(row, found[1])
    return row
