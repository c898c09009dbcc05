"""People about refunds: approve, refuse, retry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.domains.finance import events
from anxin.domains.finance.access import access_refund
from anxin.domains.finance.data import RefundId
from anxin.domains.finance.lifecycle import PartAction, PartState, RefundAction
from anxin.domains.finance.models import Refund, RefundPart
from anxin.domains.finance.rules import (
    SENDING_LEASE,
    AboveCaptured,
    journal_id,
    may_approve,
    posting_of_refusal,
)
from anxin.domains.finance.services.moving import (
    facts_of,
    lock_balances,
    lock_parts,
    move_part,
    move_refund,
)
from anxin.domains.finance.services.posting import post
from anxin.domains.merchants.data import Permission
from anxin.kernel import audit, outbox
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.money import Money


class OwnRequest(NotAllowed):
    """Nobody approves what he asked for himself, or had a hand in."""

    code = "own_request"


class AboveLimit(NotAllowed):
    """The amount is above what this person may approve."""

    code = "above_limit"


@transaction.atomic
def approve_refund(by: Actor, refund_id: RefundId, *, now: datetime) -> None:
    """Let a held refund be sent. Raise OwnRequest, AboveLimit or MoveRefused."""
    refund = access_refund(by, refund_id, to=Permission.REFUNDS_APPROVE)
    _require_second_person(by, refund)
    move_refund(refund, RefundAction.APPROVE, now=now, approved_by_id=by.id)
    refund.parts.update(next_look_at=now + SENDING_LEASE)
    audit.record(by, "refund.approved", "refund", refund.pk, now=now)
    outbox.publish(events.RefundRequested(**facts_of(refund), occurred_at=now), by=by)


@transaction.atomic
def refuse_refund(by: Actor, refund_id: RefundId, *, because: str, now: datetime) -> None:
    """Give a held refund's reservation back; nothing is sent. Raise OwnRequest or MoveRefused."""
    refund = access_refund(by, refund_id, to=Permission.REFUNDS_APPROVE)
    _require_second_person(by, refund)
    move_refund(refund, RefundAction.REFUSE, now=now, refused_because=because[:200])
    parts = lock_parts(refund)
    lock_balances(parts)
    for part in parts:
        move_part(refund, part, PartAction.CANCEL, now=now, next_look_at=None)
    posting = posting_of_refusal(refund.amount_minor)
    post(refund, posting, journal_id(refund.pk, posting.kind), now=now)
    audit.record(by, "refund.refused", "refund", refund.pk, now=now)
    outbox.publish(events.RefundRefused(**facts_of(refund), occurred_at=now), by=by)


@transaction.atomic
def retry_refund(by: Actor, refund_id: RefundId, *, now: datetime) -> None:
    """Reserve the failed parts anew and send them, under their old numbers.

    Raise MoveRefused, or AboveCaptured when the money went elsewhere in the meantime.
    """
    refund = access_refund(by, refund_id, to=Permission.REFUNDS_OPERATE)
    move_refund(refund, RefundAction.RETRY, now=now)
    failed = [part for part in lock_parts(refund) if part.state == PartState.FAILED]
    balances = lock_balances(failed)
    for part in failed:
        free = balances[part.payment_id].free_minor
        if part.amount_minor > free:
            raise AboveCaptured(
                free_minor=free, asked_minor=part.amount_minor, currency=refund.currency
            )
        move_part(
            refund,
            part,
            PartAction.RETRY,
            now=now,
            looks=0,
            flag="",
            next_look_at=now + SENDING_LEASE,
        )
    audit.record(by, "refund.retried", "refund", refund.pk, now=now)
    outbox.publish(events.RefundRequested(**facts_of(refund), occurred_at=now), by=by)


@transaction.atomic
def recheck_part(by: Actor, part_no: str, *, now: datetime) -> None:
    """Have the provider asked about a part once more, whatever we think of it. Raise NotFound."""
    by.require(Permission.REFUNDS_OPERATE)
    sent = RefundPart.objects.filter(merchant_id=by.merchant_id, part_no=part_no, attempts__gt=0)
    if not sent.update(next_look_at=now, looks=0):
        raise NotFound(part_no=part_no)


def _require_second_person(by: Actor, refund: Refund) -> None:
    verdict = may_approve(
        Money(refund.amount_minor, refund.currency),
        limit_minor=by.approval_limit_minor,
        is_own_request=_had_a_hand(by, refund),
    )
    if verdict.is_allowed:
        return
    refusal = OwnRequest if verdict.because == "own_request" else AboveLimit
    raise refusal(limit_minor=by.approval_limit_minor, amount_minor=refund.amount_minor)


def _had_a_hand(by: Actor, refund: Refund) -> bool:
    if (refund.requested_by_kind, refund.requested_by_id) == (by.kind, by.id):
        return True
    return by.kind is ActorKind.STAFF and by.id in refund.involved_ids
