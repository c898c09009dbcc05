"""Asking for a refund: reserve under lock, once a source."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from anxin.domains.commerce.data import OrderData, OrderId, PaymentId
from anxin.domains.commerce.public import get_order
from anxin.domains.finance import events
from anxin.domains.finance.data import PaidTender, PartAmount, RefundId, Source
from anxin.domains.finance.lifecycle import PartState, RefundState
from anxin.domains.finance.models import PaymentBalance, Refund, RefundPart
from anxin.domains.finance.rules import (
    SENDING_LEASE,
    journal_id,
    needs_approval,
    posting_of_request,
    split_over_payments,
)
from anxin.domains.finance.services.moving import facts_of
from anxin.domains.finance.services.posting import post
from anxin.domains.merchants.public import refund_approval_above_minor
from anxin.kernel import outbox
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict
from anxin.kernel.money import Money
from anxin.kernel.numbering import next_number


class SourceRefundedOtherwise(Conflict):
    """This source has a refund already, of another amount or order."""

    code = "source_refunded_otherwise"


@transaction.atomic
def request_refund(
    by: Actor,
    source: Source,
    *,
    order_id: OrderId,
    amount: Money,
    involved_ids: Collection[str] = (),
    now: datetime,
) -> RefundId:
    """Reserve the money and return the refund's id; the same request again returns the same.

    The caller has decided that it is owed; ``involved_ids`` are the staff who had a hand in that.
    Above the merchant's threshold the refund waits for another person, its money reserved. Raise
    AboveCaptured, AmountNotPositive, CurrencyDiffers or SourceRefundedOtherwise.
    """
    order = get_order(Actor.system(by.merchant_id), order_id)
    balances = _lock_balances(by, order)
    known = Refund.objects.filter(source_kind=source.kind, source_id=source.id).first()
    if known is not None:
        return _same(known, order_id, amount)
    parts = split_over_payments(amount, [_tender(order, row) for row in balances])
    above = refund_approval_above_minor(by.merchant_id)
    held = "above_threshold" if needs_approval(amount, above) else ""
    refund = _create(by, source, order_id, amount, involved_ids, held, now=now)
    _create_parts(refund, order, parts, now=now)
    journal = posting_of_request(amount.minor)
    post(refund, journal, journal_id(refund.pk, journal.kind), now=now)
    event_type = events.RefundHeld if held else events.RefundRequested
    outbox.publish(event_type(**facts_of(refund), occurred_at=now), by=by)
    return RefundId(refund.pk)


def _lock_balances(by: Actor, order: OrderData) -> list[PaymentBalance]:
    """Return the balances of the order's payments, made if new, locked in key order."""
    known = set(
        PaymentBalance.objects.filter(order_id=order.id).values_list("payment_id", flat=True)
    )
    missing = [payment for payment in order.payments if payment.id not in known]
    if missing:
        PaymentBalance.objects.bulk_create(
            [
                PaymentBalance(
                    merchant_id=by.merchant_id,
                    payment_id=payment.id,
                    order_id=order.id,
                    captured_minor=payment.amount_minor,
                    currency=payment.currency,
                )
                for payment in missing
            ],
            ignore_conflicts=True,  # another request made them in the same moment
        )
    rows = PaymentBalance.objects.select_for_update().filter(order_id=order.id)
    return list(rows.order_by("pk"))


def _tender(order: OrderData, balance: PaymentBalance) -> PaidTender:
    tender = next(str(p.tender) for p in order.payments if p.id == balance.payment_id)
    return PaidTender(
        balance.payment_id,
        tender,
        balance.currency,
        balance.captured_minor,
        balance.reserved_minor + balance.refunded_minor,
    )


def _same(known: Refund, order_id: OrderId, amount: Money) -> RefundId:
    if known.order_id != order_id or Money(known.amount_minor, known.currency) != amount:
        raise SourceRefundedOtherwise(refund_id=str(known.pk), amount_minor=known.amount_minor)
    return RefundId(known.pk)


def _create(
    by: Actor,
    source: Source,
    order_id: OrderId,
    amount: Money,
    involved_ids: Collection[str],
    held_because: str,
    *,
    now: datetime,
) -> Refund:
    try:
        with transaction.atomic():
            return Refund.objects.create(
                merchant_id=by.merchant_id,
                number=next_number("RF", now),
                source_kind=source.kind,
                source_id=source.id,
                order_id=order_id,
                amount_minor=amount.minor,
                currency=amount.currency,
                state=RefundState.HELD if held_because else RefundState.REQUESTED,
                held_because=held_because,
                requested_by_kind=by.kind,
                requested_by_id=by.id,
                involved_ids=sorted(involved_ids),
                requested_at=now,
            )
    except IntegrityError as error:
        # Requests of one order queue behind its balances; this one named another order.
        if "refund_once_a_source" not in str(error):
            raise
        raise SourceRefundedOtherwise(source_id=str(source.id)) from error


def _create_parts(
    refund: Refund, order: OrderData, amounts: Iterable[PartAmount], *, now: datetime
) -> None:
    payments = {payment.id: payment for payment in order.payments}
    is_held = refund.state == RefundState.HELD
    for place, part in enumerate(amounts, 1):
        RefundPart.objects.create(
            merchant_id=refund.merchant_id,
            refund=refund,
            payment_id=part.payment_id,
            part_no=f"{refund.number}-{place}",
            tender=payments[PaymentId(part.payment_id)].tender,
            amount_minor=part.amount_minor,
            state=PartState.RESERVED,
            # The event's job sends it at once; should that job be lost, the sweep finds it.
            next_look_at=None if is_held else now + SENDING_LEASE,
            updated_at=now,
        )
        PaymentBalance.objects.filter(payment_id=part.payment_id).update(
            reserved_minor=F("reserved_minor") + part.amount_minor
        )
