"""What is owed goes back: after-sales says how much, finance pays, after-sales closes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.events import (
    InspectionRecorded,
    OfferAgreed,
    RefundAuthorized,
    RequestEvent,
)
from anxin.domains.commerce.data import OrderId
from anxin.domains.finance.data import Source, SourceKind
from anxin.domains.finance.events import RefundReversed, RefundSucceeded
from anxin.domains.finance.public import get_refund_of, request_refund
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.events import listen
from anxin.kernel.money import Money


@listen(InspectionRecorded)
def refund_what_is_owed(event: InspectionRecorded, merchant: MerchantId) -> None:
    """Pay for goods that came back as they should be."""
    _refund(event, event.owed_minor, event.currency, merchant)


@listen(RefundAuthorized)
def refund_without_return(event: RefundAuthorized, merchant: MerchantId) -> None:
    """Pay where nothing comes back."""
    _refund(event, event.owed_minor, event.currency, merchant)


@listen(OfferAgreed)
def refund_what_was_agreed(event: OfferAgreed, merchant: MerchantId) -> None:
    """Pay what the buyer agreed to after a failed inspection."""
    _refund(event, event.owed_minor, event.currency, merchant)


@listen(RefundSucceeded)
def close_refunded_request(event: RefundSucceeded, merchant: MerchantId) -> None:
    """Close the request whose money is back."""
    if event.source_kind != SourceKind.REQUEST:
        return
    system, now = Actor.system(merchant), utcnow()
    source = Source(SourceKind.REQUEST, UUID(str(event.source_id)))
    with transaction.atomic():
        aftersales.settle(system, event.source_id, event.amount_minor, now=now)
        # Listeners of different facts do not wait for each other: the bounce may have been heard
        # before, by a request that nobody had closed yet.
        refund = get_refund_of(system, source)
        if refund is not None and refund.state != "succeeded":
            aftersales.money_bounced(system, event.source_id, now=now)


@listen(RefundReversed)
def reopen_request_whose_money_bounced(event: RefundReversed, merchant: MerchantId) -> None:
    """Take the request up again: the money did not stay with the buyer."""
    if event.source_kind == SourceKind.REQUEST:
        aftersales.money_bounced(Actor.system(merchant), event.source_id, now=utcnow())


def _refund(event: RequestEvent, owed_minor: int, currency: str, merchant: MerchantId) -> None:
    """Request the one refund of a request; where nothing is owed, it is done without."""
    system, now = Actor.system(merchant), utcnow()
    if owed_minor == 0:
        aftersales.settle(system, event.request_id, 0, now=now)
        return
    request_refund(
        system,
        Source(SourceKind.REQUEST, UUID(str(event.request_id))),
        order_id=OrderId(event.order_id),
        amount=Money(owed_minor, currency),
        involved_ids=aftersales.staff_behind(system, event.request_id),
        now=now,
    )
