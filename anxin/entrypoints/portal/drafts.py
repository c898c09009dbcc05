"""Requests half filled in, kept on the server: reload, the way back and a new sign-in work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anxin.domains.aftersales.data import RequestedItem, RequestId, RequestKind
from anxin.domains.aftersales.public import open_request
from anxin.domains.policies.data import ReasonCode
from anxin.entrypoints.portal.models import RequestDraft
from anxin.entrypoints.portal.visiting import BuyerSession
from anxin.kernel.errors import NotFound

_KEPT = timedelta(days=30)
# What does not come back by itself: there is nothing to send.
_NOTHING_TO_SEND = frozenset(
    {ReasonCode.NOT_WANTED_BEFORE_SHIPMENT, ReasonCode.MISSING_ITEM, ReasonCode.NOT_RECEIVED}
)


def kind_of(reason: str) -> RequestKind:
    """Return what is asked for with a reason."""
    return RequestKind.REFUND_ONLY if reason in _NOTHING_TO_SEND else RequestKind.RETURN_REFUND


def start_draft(
    buyer: BuyerSession,
    order_id: UUID,
    items: Mapping[UUID, int],
    *,
    is_unshipped: bool,
    draft_id: UUID | None,
    now: datetime,
) -> RequestDraft:
    """Keep what was picked: in the draft named, while it is open, else in a new one."""
    RequestDraft.objects.filter(created_at__lt=now - _KEPT, customer_id=buyer.customer_id).delete()
    row = None
    if draft_id is not None:
        row = _mine(buyer).filter(pk=draft_id, order_id=order_id, request_id=None).first()
    if row is None:
        row = RequestDraft(
            merchant_id=buyer.merchant_id,
            customer_id=buyer.customer_id,
            order_id=order_id,
            created_at=now,
        )
    row.items = {str(line_id): units for line_id, units in items.items()}
    row.is_unshipped = is_unshipped
    if is_unshipped:
        row.reason, row.conditions = ReasonCode.NOT_WANTED_BEFORE_SHIPMENT.value, []
    elif row.reason == ReasonCode.NOT_WANTED_BEFORE_SHIPMENT:
        row.reason = ""
    row.save()
    return row


def get_draft(buyer: BuyerSession, draft_id: UUID) -> RequestDraft:
    """Return the buyer's draft. Raise NotFound."""
    row = _mine(buyer).filter(pk=draft_id).first()
    if row is None:
        raise NotFound(draft_id=str(draft_id))
    buyer.check(row.order_id)
    return row


def items_of(row: RequestDraft) -> list[RequestedItem]:
    """Return what was picked, as services ask for it."""
    return [
        RequestedItem(UUID(line_id), units, tuple(row.conditions))
        for line_id, units in row.items.items()
    ]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of a draft. ``is_new`` is false when it had been confirmed before."""

    request_id: RequestId
    is_new: bool


@transaction.atomic
def confirm_draft(buyer: BuyerSession, draft_id: UUID, *, now: datetime) -> Confirmed:
    """Open the request of a draft, once: clicked twice or in two tabs it is the same request.

    Raise what ``open_request`` raises; then the draft stays as it was.
    """
    row = _mine(buyer).select_for_update().filter(pk=draft_id).first()
    if row is None:
        raise NotFound(draft_id=str(draft_id))
    if row.request_id is not None:
        return Confirmed(RequestId(row.request_id), False)
    request_id = open_request(
        buyer.actor,
        row.order_id,
        items_of(row),
        row.reason,
        kind_of(row.reason),
        note=row.note,
        file_ids=row.file_ids,
        now=now,
    )
    row.request_id = request_id
    row.save(update_fields=["request_id"])
    return Confirmed(request_id, True)


def _mine(buyer: BuyerSession) -> QuerySet[RequestDraft]:
    return RequestDraft.objects.filter(merchant_id=buyer.merchant_id, customer_id=buyer.customer_id)
