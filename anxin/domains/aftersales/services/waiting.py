"""A deadline passed: what follows by itself does, of the rest somebody is told. Twice is once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.aftersales.data import RequestId
from anxin.domains.aftersales.events import RequestDeadlinePassed, RequestExpired
from anxin.domains.aftersales.lifecycle import Action, State
from anxin.domains.aftersales.models import AfterSalesRequest
from anxin.domains.aftersales.services.answering import grant, release_units
from anxin.domains.aftersales.services.moving import about, move, rearm, timer_now
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.audit import record
from anxin.kernel.outbox import publish


def due_requests(now: datetime, limit: int = 200) -> list[tuple[MerchantId, RequestId]]:
    """Return requests of all merchants whose deadline has passed, longest overdue first."""
    with connection.cursor() as cursor:
        cursor.execute("select * from aftersales_due_requests(%s, %s)", [now, limit])
        return [(MerchantId(merchant), RequestId(pk)) for merchant, pk in cursor.fetchall()]


@transaction.atomic
def pass_deadline(by: Actor, request_id: RequestId | UUID, *, now: datetime) -> None:
    """Do what follows when the timer of a request ran out; harmless when it has not."""
    row = (
        AfterSalesRequest.objects.select_for_update()
        .filter(merchant_id=by.merchant_id, pk=request_id)
        .first()
    )
    if row is None or row.due_at is None or row.due_at > now:
        return
    timer = timer_now(row)
    assert timer is not None, "only waiting states have a due date; the database checks it"
    if timer.code == "merchant_silent":
        # Silence is consent: the buyer is not kept waiting by a merchant who does not answer.
        record(by, "request.authorize_by_silence", "request", row.pk, now=now)
        grant(row, by, now=now)
    elif State(row.state) is State.AUTHORIZED:
        release_units(row)
        move(row, Action.EXPIRE, now=now)
        publish(RequestExpired(**about(row), occurred_at=now), by=by)
    else:
        rearm(row, timer, now=now)
        publish(RequestDeadlinePassed(**about(row), code=timer.code, occurred_at=now), by=by)
