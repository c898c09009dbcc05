"""The talk after a failed inspection, and the end: the money is back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.aftersales.access import access_request
from anxin.domains.aftersales.data import OfferKind, Promise, RequestId
from anxin.domains.aftersales.events import (
    OfferAgreed,
    OfferMade,
    OfferRefused,
    RefundBounced,
    RequestClosed,
)
from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.models import AfterSalesRequest, RequestLine
from anxin.domains.aftersales.queries import finding_of
from anxin.domains.aftersales.rules import owed_after
from anxin.domains.aftersales.services.inspecting import claimed_units
from anxin.domains.aftersales.services.moving import about, move, set_timer, tell
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid
from anxin.kernel.money import allocate
from anxin.kernel.outbox import publish


class OfferRefusedAlready(Conflict):
    """The offer was refused; another must be made first."""

    code = "offer_refused_already"


class OfferOutOfRange(Invalid):
    """An offer lies between what the accepted goods are worth and what was promised."""

    code = "offer_out_of_range"


@transaction.atomic
def make_offer(
    by: Actor,
    request_id: RequestId | UUID,
    amount_minor: int,
    kind: OfferKind | str,
    *,
    now: datetime,
) -> None:
    """Offer the buyer something else after a failed inspection."""
    row = access_request(by, request_id, to=Action.AGREE, permission=Permission.REQUESTS_DECIDE)
    least = _least_owed(row)
    if not least <= amount_minor <= row.promised_minor:
        raise OfferOutOfRange(least_minor=least, most_minor=row.promised_minor)
    try:
        row.offer_kind = OfferKind(kind)
    except ValueError as error:
        raise Invalid("unknown kind of offer", field="kind", value=kind) from error
    row.offered_minor, row.is_offer_refused = amount_minor, False
    _save_offer(row, now)
    publish(
        OfferMade(
            **about(row), offer=row.offer_kind, offered_minor=amount_minor,
            currency=row.currency, occurred_at=now,
        ),
        by=by,
    )  # fmt: skip


@transaction.atomic
def agree_offer(by: Actor, request_id: RequestId | UUID, accept: bool, *, now: datetime) -> None:
    """Give the buyer's answer to the offer. Agreed, the request settles; else it is our move."""
    row = access_request(
        by,
        request_id,
        to=Action.AGREE,
        permission=Permission.REQUESTS_OPEN,
        is_for_buyer=True,
    )
    if row.is_offer_refused:
        if not accept:
            return
        raise OfferRefusedAlready(number=row.number)
    if not accept:
        row.is_offer_refused = True
        _save_offer(row, now)
        publish(OfferRefused(**about(row), occurred_at=now), by=by)
        return
    assert row.offered_minor is not None, "a request under negotiation has an offer"
    move(row, Action.AGREE, now=now, owed_minor=row.offered_minor)
    _spread(row, row.offered_minor)
    publish(
        OfferAgreed(
            **about(row), owed_minor=row.offered_minor, currency=row.currency, occurred_at=now
        ),
        by=by,
    )


def _save_offer(row: AfterSalesRequest, now: datetime) -> None:
    set_timer(row, now)
    row.version += 1
    row.save(
        update_fields=[
            "offer_kind", "offered_minor", "is_offer_refused", "due_at", "due_code", "version",
        ]
    )  # fmt: skip
    tell(row)


def _least_owed(row: AfterSalesRequest) -> int:
    """Return what the accepted units are worth: less cannot be offered."""
    found = [finding_of(inspection) for inspection in row.inspections.all()]
    claimed = [claimed_units(line) for line in row.lines.order_by("pk")]
    return owed_after(claimed, Promise(row.freight_minor, row.deducted_minor), found).total_minor


def _spread(row: AfterSalesRequest, amount_minor: int) -> None:
    """Write down which line carries what of an agreed amount, by what was promised for each."""
    lines = list(row.lines.select_for_update().order_by("pk"))
    shares = allocate(amount_minor, [line.promised_minor for line in lines])
    for line, share in zip(lines, shares, strict=True):
        line.owed_minor = share
    RequestLine.objects.bulk_update(lines, ["owed_minor"])


@transaction.atomic
def settle(by: Actor, request_id: RequestId | UUID, refunded_minor: int, *, now: datetime) -> None:
    """Close a request: everything is done and so much went back. Closed before is harmless."""
    row = access_request(by, request_id, permission=Permission.REFUNDS_OPERATE)
    if row.state == State.CLOSED:
        return
    REQUEST.after(State(row.state), Action.CLOSE)
    move(row, Action.CLOSE, now=now, refunded_minor=refunded_minor)
    publish(
        RequestClosed(
            **about(row),
            refunded_minor=refunded_minor,
            currency=row.currency,
            opened_seconds_ago=max(0, int((now - row.opened_at).total_seconds())),
            occurred_at=now,
        ),
        by=by,
    )


@transaction.atomic
def money_bounced(by: Actor, request_id: RequestId | UUID, *, now: datetime) -> None:
    """Open a closed request again whose money did not stay with the buyer.

    A request that still settles is left as it is: nobody took the money for arrived.
    """
    row = access_request(by, request_id, permission=Permission.REFUNDS_OPERATE)
    if row.state == State.SETTLING:
        return
    amount_minor = row.refunded_minor
    move(row, Action.BOUNCE, now=now, refunded_minor=0, ended_at=None)
    publish(
        RefundBounced(
            **about(row), amount_minor=amount_minor, currency=row.currency, occurred_at=now
        ),
        by=by,
    )
