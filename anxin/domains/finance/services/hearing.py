"""What a provider says, by answer, finding or callback: judged, noted once, applied."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from anxin.domains.finance.data import NoticeOutcome, ProviderNotice, ProviderRefund
from anxin.domains.finance.lifecycle import PartAction, PartState
from anxin.domains.finance.models import ProviderWord, Refund, RefundPart
from anxin.domains.finance.rules import RESERVING, PartFacts, judge, next_look
from anxin.domains.finance.services.moving import (
    lock_balances,
    lock_parts,
    move_part,
    settle_refund,
)
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.ids import uuid7
from anxin.kernel.money import Money

logger = logging.getLogger(__name__)

_FOR_A_PERSON = frozenset(
    {
        NoticeOutcome.AMOUNT_DIFFERS,
        NoticeOutcome.NEVER_SENT,
        NoticeOutcome.WAS_VOID,
        NoticeOutcome.OVER_CAPTURED,
    }
)


@transaction.atomic
def take_provider_result(by: Actor, notice: ProviderNotice, *, now: datetime) -> NoticeOutcome:
    """Note a verified callback once and apply it; a repeated one changes nothing.

    It may come before we recorded our own sending, after asking said the same, or out of order.
    UNKNOWN_NUMBER is noted and logged: nothing of ours has this number.
    """
    part_row = RefundPart.objects.filter(part_no=notice.part_no).values("pk", "refund_id").first()
    if part_row is None:
        logger.warning("callback for an unknown refund number %.120r", notice.part_no)
        _note_unknown(by, notice, now)
        return NoticeOutcome.UNKNOWN_NUMBER
    refund = Refund.objects.select_for_update().get(pk=part_row["refund_id"])
    part = RefundPart.objects.select_for_update().get(pk=part_row["pk"])
    # Under the refund's lock: the second of two equal callbacks sees the first.
    if ProviderWord.objects.filter(key=notice.key).exists():
        return NoticeOutcome.REPEATED
    return apply_word(refund, part, "callback", notice.said, now=now, notice=notice)


def apply_word(
    refund: Refund,
    part: RefundPart,
    how: str,
    said: ProviderRefund,
    *,
    now: datetime,
    notice: ProviderNotice | None = None,
) -> NoticeOutcome:
    """Judge a word about a locked part, note it, and make the move it calls for."""
    balance = lock_balances([part])[part.payment_id]
    judgement = judge(
        PartFacts(
            PartState(part.state),
            Money(part.amount_minor, refund.currency),
            part.attempts,
            part.heard_version,
            balance.free_minor,
        ),
        said,
    )
    if judgement.outcome is not NoticeOutcome.STALE or notice is not None:
        note_word(part, how, judgement.outcome, now=now, said=said, notice=notice)
    if judgement.action is not None:
        _apply(refund, part, judgement.action, said, now)
    elif judgement.outcome in _FOR_A_PERSON:
        _flag(part, judgement.outcome, how, now)
    else:
        _wait_on(part, said, how, now)
    return judgement.outcome


def _apply(
    refund: Refund, part: RefundPart, action: PartAction, said: ProviderRefund, now: datetime
) -> None:
    is_pending = action is PartAction.ACCEPT
    move_part(
        refund,
        part,
        action,
        now=now,
        heard_version=said.version,
        reference=said.reference[:120],
        last_error=said.because[:200],
        flag="",
        looks=0,
        next_look_at=next_look(1, now) if is_pending else None,
    )
    by = Actor.system(MerchantId(refund.merchant_id))
    settle_refund(refund, lock_parts(refund), by=by, now=now, because=said.because[:60])


def _flag(part: RefundPart, outcome: NoticeOutcome, how: str, now: datetime) -> None:
    """Keep the part as it is, have a person look, and ask the provider itself soon."""
    logger.warning("refund %s: %s said something we do not apply: %s", part.part_no, how, outcome)
    part.flag = outcome
    part.looks += 1
    if how == "callback" and part.attempts:
        part.next_look_at = now
    elif part.next_look_at is not None:
        part.next_look_at = next_look(part.looks, now)
    part.save(update_fields=["flag", "looks", "next_look_at"])


def _wait_on(part: RefundPart, said: ProviderRefund, how: str, now: datetime) -> None:
    """Nothing new: remember how far we have heard, and look again later if we asked."""
    part.heard_version = max(part.heard_version, said.version)
    if how != "callback" and part.next_look_at is not None:
        part.looks += 1
        is_over = part.state not in RESERVING
        part.next_look_at = None if is_over else next_look(part.looks, now)
        part.flag = "" if is_over else part.flag
    part.save(update_fields=["heard_version", "looks", "next_look_at", "flag"])


def note_word(
    part: RefundPart,
    how: str,
    outcome: NoticeOutcome,
    *,
    now: datetime,
    said: ProviderRefund | None = None,
    notice: ProviderNotice | None = None,
    because: str = "",
) -> None:
    """Write down what was said, as it was said."""
    ProviderWord.objects.create(
        merchant_id=part.merchant_id,
        part_no=part.part_no,
        part=part,
        how=how,
        key=notice.key if notice else f"{how}:{uuid7()}",
        state=said.state if said else "",
        amount_minor=said.amount.minor if said else None,
        version=said.version if said else 0,
        because=(said.because if said else because)[:200],
        outcome=outcome,
        body=notice.body if notice else "",
        at=now,
    )


def _note_unknown(by: Actor, notice: ProviderNotice, now: datetime) -> None:
    ProviderWord.objects.bulk_create(
        [
            ProviderWord(
                merchant_id=by.merchant_id,
                part_no=notice.part_no[:120],
                how="callback",
                key=notice.key[:120],
                state=notice.said.state,
                amount_minor=notice.said.amount.minor,
                version=notice.said.version,
                outcome=NoticeOutcome.UNKNOWN_NUMBER,
                body=notice.body,
                at=now,
            )
        ],
        ignore_conflicts=True,
    )
