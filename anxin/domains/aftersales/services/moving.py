"""The one place where a request changes its state, with its timer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.models import AfterSalesRequest
from anxin.domains.aftersales.queries import zone_of
from anxin.domains.aftersales.rules import Timer, due_of, timer_of
from anxin.domains.policies.data import Deadline, from_json
from anxin.kernel.actors import MerchantId
from anxin.kernel.live import announce


def move(row: AfterSalesRequest, action: Action, *, now: datetime, **changes: Any) -> None:
    """Take a locked request to its next state, set its one timer, and tell open pages.

    ``changes`` are further columns. Raise MoveRefused.
    """
    state = REQUEST.after(State(row.state), action)
    for name, value in changes.items():
        setattr(row, name, value)
    row.state, row.moved_at, row.version = state, now, row.version + 1
    set_timer(row, now)
    fields = {"state", "moved_at", "version", "due_at", "due_code", "ended_at", *changes}
    row.save(update_fields=fields)
    tell(row)


def set_timer(row: AfterSalesRequest, now: datetime) -> None:
    """Set the timer of the state the row is in; the row is not saved."""
    timer = timer_now(row)
    if timer is None:
        row.due_at, row.due_code, row.ended_at = None, "", now
        return
    # The refund's deadline runs from the day the goods came back, not from later talks.
    started_at = now
    if row.state == State.SETTLING and row.received_at is not None:
        started_at = row.received_at
    deadlines = [from_json(Deadline, stored) for stored in row.decision["deadlines"]]
    due = due_of(timer, started_at, deadlines, zone_of(row))
    row.due_at, row.due_code, row.ended_at = max(due, now), timer.code, None


def rearm(row: AfterSalesRequest, timer: Timer, *, now: datetime) -> None:
    """Set when somebody is told again of a deadline that passed; the row is saved."""
    assert timer.again_hours is not None, "only timers that do not move the request ring again"
    row.due_at = now + timedelta(hours=timer.again_hours)
    row.save(update_fields=["due_at"])
    tell(row)


def timer_now(row: AfterSalesRequest) -> Timer | None:
    """Return the timer of the state the row is in."""
    return timer_of(
        State(row.state), needs_human=row.needs_human, is_offer_refused=row.is_offer_refused
    )


def tell(row: AfterSalesRequest) -> None:
    """Tell pages that show the request, or lists of requests, that it changed."""
    merchant = MerchantId(row.merchant_id)
    announce(merchant, f"request:{row.pk}", request_id=row.pk, version=row.version)
    announce(merchant, "requests")


def about(row: AfterSalesRequest) -> dict[str, Any]:
    """Return the fields every event of a request carries."""
    return {"request_id": row.pk, "order_id": row.order_id, "store_id": row.store_id}
