"""The one place where a part moves: its state, its payment's balance and the ledger together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from anxin.domains.finance import events
from anxin.domains.finance.data import RefundId
from anxin.domains.finance.lifecycle import (
    PART,
    REFUND,
    PartAction,
    PartState,
    RefundAction,
    RefundState,
)
from anxin.domains.finance.models import PaymentBalance, Refund, RefundPart
from anxin.domains.finance.rules import (
    balance_change,
    journal_id,
    posting_of_move,
    state_from_parts,
)
from anxin.domains.finance.services.posting import post
from anxin.kernel import outbox
from anxin.kernel.actors import Actor


def lock_parts(refund: Refund) -> list[RefundPart]:
    """Return the parts of a locked refund, locked, in the order of their numbers."""
    return list(RefundPart.objects.select_for_update().filter(refund_id=refund.pk).order_by("pk"))


def lock_balances(parts: Sequence[RefundPart]) -> dict[Any, PaymentBalance]:
    """Return the balances of the parts' payments by payment, locked in key order."""
    rows = PaymentBalance.objects.select_for_update().filter(
        payment_id__in=[part.payment_id for part in parts]
    )
    return {row.payment_id: row for row in rows.order_by("pk")}


def move_part(
    refund: Refund, part: RefundPart, action: PartAction, *, now: datetime, **changes: Any
) -> None:
    """Move a locked part and all that follows from it; ``changes`` are further columns.

    Raise MoveRefused. The balance's CHECK is the last line against giving back too much.
    """
    before, after = PartState(part.state), PART.after(PartState(part.state), action)
    for name, value in changes.items():
        setattr(part, name, value)
    part.state, part.updated_at = after, now
    part.save(update_fields=["state", "updated_at", *changes])
    reserved, refunded = balance_change(before, after, part.amount_minor)
    if reserved or refunded:
        PaymentBalance.objects.filter(payment_id=part.payment_id).update(
            reserved_minor=F("reserved_minor") + reserved,
            refunded_minor=F("refunded_minor") + refunded,
        )
    posting = posting_of_move(before, after, part.tender, part.amount_minor)
    if posting is not None:
        journal = journal_id(part.pk, posting.kind, part.heard_version)
        post(refund, posting, journal, now=now)


def settle_refund(
    refund: Refund, parts: Iterable[RefundPart], *, by: Actor, now: datetime, because: str = ""
) -> None:
    """Move a locked refund to where its parts are, and publish what that means."""
    state = RefundState(refund.state)
    wanted = state_from_parts([PartState(part.state) for part in parts])
    if wanted is state:
        return
    move_refund(refund, _ACTIONS[state, wanted], now=now)
    # Back on its way after a failure: the provider changed its mind, nothing is to be sent.
    if (state, wanted) != (RefundState.FAILED, RefundState.REQUESTED):
        outbox.publish(_event(refund, state, because=because, now=now), by=by)


def move_refund(refund: Refund, action: RefundAction, *, now: datetime, **changes: Any) -> None:
    """Move a locked refund; ``changes`` are further columns. Raise MoveRefused."""
    refund.state = REFUND.after(RefundState(refund.state), action)
    is_over = refund.state in (RefundState.SUCCEEDED, RefundState.REFUSED)
    refund.finished_at = now if is_over else None
    for name, value in changes.items():
        setattr(refund, name, value)
    refund.save(update_fields=["state", "finished_at", *changes])


def facts_of(refund: Refund) -> dict[str, Any]:
    """Return the fields that every event of a refund carries."""
    return {
        "refund_id": RefundId(refund.pk),
        "source_kind": refund.source_kind,
        "source_id": refund.source_id,
        "order_id": refund.order_id,
        "amount_minor": refund.amount_minor,
        "currency": refund.currency,
    }


_ACTIONS = {
    (RefundState.REQUESTED, RefundState.SUCCEEDED): RefundAction.SUCCEED,
    (RefundState.FAILED, RefundState.SUCCEEDED): RefundAction.SUCCEED,
    (RefundState.REQUESTED, RefundState.FAILED): RefundAction.FAIL,
    (RefundState.SUCCEEDED, RefundState.FAILED): RefundAction.BOUNCE,
    (RefundState.SUCCEEDED, RefundState.REQUESTED): RefundAction.REOPEN,
    (RefundState.FAILED, RefundState.REQUESTED): RefundAction.RETRY,
}


def _event(
    refund: Refund, before: RefundState, *, because: str, now: datetime
) -> events.RefundEvent:
    facts = facts_of(refund)
    if refund.state == RefundState.SUCCEEDED:
        seconds = max(0, int((now - refund.requested_at).total_seconds()))
        return events.RefundSucceeded(**facts, occurred_at=now, seconds=seconds)
    if before is RefundState.SUCCEEDED:
        return events.RefundReversed(**facts, occurred_at=now, because=because)
    return events.RefundFailed(**facts, occurred_at=now, because=because)
