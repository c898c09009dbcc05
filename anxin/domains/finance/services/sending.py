"""Sending parts and asking about them. The provider is called outside every transaction.

A part is SENDING, committed, before the call. Whatever dies after that, the part is found again:
as SENDING past its lease it counts as unknown, and is asked about before it is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.finance.data import NoticeOutcome, ProviderRefund
from anxin.domains.finance.lifecycle import PartAction, PartState
from anxin.domains.finance.models import Refund, RefundPart
from anxin.domains.finance.ports import (
    OutcomeUnknown,
    ProviderDown,
    ProviderRefused,
    RefundProvider,
)
from anxin.domains.finance.queries import payment_reference
from anxin.domains.finance.rules import RESERVING, SENDING_LEASE, next_look
from anxin.domains.finance.services.hearing import apply_word, note_word
from anxin.domains.finance.services.moving import (
    lock_balances,
    lock_parts,
    move_part,
    settle_refund,
)
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class _Order:
    part_no: str
    amount: Money
    payment_reference: str


def send_part(part_id: UUID, provider: RefundProvider, *, now: datetime) -> None:
    """Send one reserved part; what is not reserved is left alone. Raises nothing of the port."""
    order = _claim(part_id, now)
    if order is None:
        return
    try:
        said = provider.refund(
            order.part_no, order.amount, payment_reference=order.payment_reference
        )
    except ProviderRefused as refusal:
        _record_refusal(part_id, refusal, now)
    except ProviderDown as error:
        _record_miss(part_id, PartAction.POSTPONE, NoticeOutcome.DOWN, str(error), now)
    except OutcomeUnknown as error:
        _record_miss(part_id, PartAction.LOSE, NoticeOutcome.NO_ANSWER, str(error), now)
    else:
        _record_word(part_id, "answer", said, now)


def look_after(part_id: UUID, provider: RefundProvider, *, now: datetime) -> None:
    """Do what a due part wants: send it, or ask what became of it. Raises nothing of the port."""
    state = _due_state(part_id, now)
    if state is PartState.RESERVED:
        send_part(part_id, provider, now=now)
    elif state is not None:
        _ask(part_id, provider, now)


def _ask(part_id: UUID, provider: RefundProvider, now: datetime) -> None:
    part_no = RefundPart.objects.values_list("part_no", flat=True).get(pk=part_id)
    try:
        said = provider.find(part_no)
    except (ProviderDown, OutcomeUnknown) as error:
        _record_down(part_id, str(error), now)
        return
    if said is not None:
        _record_word(part_id, "finding", said, now)
        return
    # A number that was accepted and is now unknown is asked about once more before it is repeated;
    # one that never arrived may be sent: nothing happened.
    state = _state(part_id)
    if state is PartState.PENDING:
        _record_miss(part_id, PartAction.LOSE, NoticeOutcome.NOT_FOUND, "", now)
    elif state not in RESERVING:
        _record_unknown_there(part_id, now)
    else:
        _record_miss(part_id, PartAction.POSTPONE, NoticeOutcome.NOT_FOUND, "", now)
        send_part(part_id, provider, now=now)


@transaction.atomic
def _claim(part_id: UUID, now: datetime) -> _Order | None:
    """Mark a reserved part as being sent; of two who try, one gets the order."""
    refund, part = _locked(part_id)
    # next_look_at is empty while the refund waits for approval.
    if part.state != PartState.RESERVED or part.next_look_at is None:
        return None
    move_part(
        refund,
        part,
        PartAction.SEND,
        now=now,
        attempts=part.attempts + 1,
        next_look_at=now + SENDING_LEASE,
    )
    amount = Money(part.amount_minor, refund.currency)
    reference = payment_reference(MerchantId(refund.merchant_id), refund.order_id, part.payment_id)
    return _Order(part.part_no, amount, reference)


@transaction.atomic
def _due_state(part_id: UUID, now: datetime) -> PartState | None:
    """Return the state of a due part; one found in SENDING becomes unknown. None: not due."""
    refund, part = _locked(part_id)
    if part.next_look_at is None or part.next_look_at > now:
        return None
    if part.state == PartState.SENDING:
        move_part(refund, part, PartAction.LOSE, now=now)
    return PartState(part.state)


@transaction.atomic
def _record_refusal(part_id: UUID, refusal: ProviderRefused, now: datetime) -> None:
    refund, part = _locked(part_id)
    note_word(part, "answer", NoticeOutcome.REFUSED, now=now, because=refusal.because)
    if part.state != PartState.SENDING:
        return  # a callback was faster
    lock_balances([part])
    move_part(
        refund,
        part,
        PartAction.FAIL,
        now=now,
        heard_version=max(part.heard_version, refusal.version),
        last_error=refusal.because[:200],
        next_look_at=None,
    )
    by = Actor.system(MerchantId(refund.merchant_id))
    settle_refund(refund, lock_parts(refund), by=by, now=now, because=refusal.because[:60])


@transaction.atomic
def _record_miss(
    part_id: UUID, action: PartAction, outcome: NoticeOutcome, error: str, now: datetime
) -> None:
    """Record that there is no answer: again later, or unknown."""
    refund, part = _locked(part_id)
    note_word(part, "answer", outcome, now=now, because=error)
    waited = {
        "looks": part.looks + 1,
        "next_look_at": next_look(part.looks, now),
        "last_error": error[:200],
    }
    if _is_on_its_way(PartState(part.state), action):
        move_part(refund, part, action, now=now, **waited)  # holds its money either way


def _is_on_its_way(state: PartState, action: PartAction) -> bool:
    """Return whether nothing was heard since we sent or asked."""
    if action is PartAction.LOSE:
        return state in (PartState.SENDING, PartState.PENDING)
    return state in (PartState.SENDING, PartState.UNKNOWN)


@transaction.atomic
def _record_down(part_id: UUID, error: str, now: datetime) -> None:
    _, part = _locked(part_id)
    part.looks += 1
    part.next_look_at = next_look(part.looks, now) if part.next_look_at else None
    part.last_error = error[:200]
    part.save(update_fields=["looks", "next_look_at", "last_error"])


@transaction.atomic
def put_off(part_id: UUID, *, now: datetime) -> None:
    """Look again later at a part that we failed over, longer and longer; it moves nowhere."""
    _, part = _locked(part_id)
    if part.next_look_at is not None:
        part.looks, part.next_look_at = part.looks + 1, next_look(part.looks, now)
        part.save(update_fields=["looks", "next_look_at"])


@transaction.atomic
def _record_unknown_there(part_id: UUID, now: datetime) -> None:
    """Flag a part that is over for us and of which the provider knows nothing."""
    _, part = _locked(part_id)
    note_word(part, "finding", NoticeOutcome.NOT_FOUND, now=now)
    part.next_look_at = None
    part.flag = NoticeOutcome.NOT_FOUND if part.state == PartState.SUCCEEDED else ""
    part.save(update_fields=["next_look_at", "flag"])


@transaction.atomic
def _record_word(part_id: UUID, how: str, said: ProviderRefund, now: datetime) -> None:
    refund, part = _locked(part_id)
    apply_word(refund, part, how, said, now=now)


def _state(part_id: UUID) -> PartState:
    return PartState(RefundPart.objects.values_list("state", flat=True).get(pk=part_id))


def _locked(part_id: UUID) -> tuple[Refund, RefundPart]:
    refund_id = RefundPart.objects.values_list("refund_id", flat=True).get(pk=part_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    return refund, RefundPart.objects.select_for_update().get(pk=part_id)
