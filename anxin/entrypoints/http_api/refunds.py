"""Refunds: what goes back to whom, and a second person's yes or no."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from anxin.domains.commerce.data import OrderId
from anxin.domains.finance.data import RefundData, RefundId
from anxin.domains.finance.public import (
    approve_refund,
    get_refund,
    list_refunds,
    refuse_refund,
    retry_refund,
)
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.kernel.clock import utcnow

router = Router()
_READ = scope(Permission.REFUNDS_READ)
_APPROVE = scope(Permission.REFUNDS_APPROVE)
_OPERATE = scope(Permission.REFUNDS_OPERATE)

State = Literal["", "held", "requested", "succeeded", "failed", "refused"]


class RefundPartOut(Schema):
    """The share that goes to one payment. ``part_no`` is the number the provider knows."""

    part_no: str
    payment_id: UUID
    tender: str
    amount_minor: int
    state: str
    reference: str
    attempts: int
    last_error: str
    flag: str


class RefundOut(Schema):
    """One refund, in minor units of its currency."""

    id: UUID
    number: str
    source_kind: str
    source_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str
    state: str
    held_because: str
    refused_because: str
    requested_at: datetime
    finished_at: datetime | None
    parts: list[RefundPartOut]


class RefusalIn(Schema):
    """Why a refund is refused."""

    because: Annotated[str, Field(max_length=200)] = ""


def refund_out(refund: RefundData) -> RefundOut:
    """Return a refund in the API's shape."""
    return RefundOut(
        source_kind=refund.source.kind,
        source_id=refund.source.id,
        parts=[RefundPartOut.from_orm(part) for part in refund.parts],
        **{
            name: getattr(refund, name)
            for name in RefundOut.model_fields
            if name not in ("source_kind", "source_id", "parts")
        },
    )


@router.get("/refunds", response=Page[RefundOut], auth=_READ)
def get_refunds(
    request: ApiRequest,
    state: State = "",
    order_id: UUID | None = None,
    flagged: Annotated[bool, Query(description="Only what a person must look at.")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[RefundOut]:
    """List refunds, newest first."""
    found = list_refunds(
        request.actor,
        state=state,
        order_id=OrderId(order_id) if order_id else None,
        flagged=flagged,
        cursor=cursor,
        limit=limit,
    )
    return Page[RefundOut](
        items=[refund_out(refund) for refund in found.items],
        next_cursor=found.next_cursor or None,
    )


@router.get("/refunds/{refund_id}", response=RefundOut, auth=_READ)
def get_one_refund(request: ApiRequest, refund_id: UUID) -> RefundOut:
    """Return one refund."""
    return refund_out(get_refund(request.actor, RefundId(refund_id)))


@router.post("/refunds/{refund_id}/approve", response=RefundOut, auth=_APPROVE)
def approve(request: ApiRequest, refund_id: UUID) -> RefundOut:
    """Let a held refund be sent. Never one's own, never above one's limit."""
    approve_refund(request.actor, RefundId(refund_id), now=utcnow())
    return refund_out(get_refund(request.actor, RefundId(refund_id)))


@router.post("/refunds/{refund_id}/refuse", response=RefundOut, auth=_APPROVE)
def refuse(request: ApiRequest, refund_id: UUID, body: RefusalIn) -> RefundOut:
    """Refuse a held refund; its money is free again."""
    refuse_refund(request.actor, RefundId(refund_id), because=body.because, now=utcnow())
    return refund_out(get_refund(request.actor, RefundId(refund_id)))


@router.post("/refunds/{refund_id}/retry", response=RefundOut, auth=_OPERATE)
def retry(request: ApiRequest, refund_id: UUID) -> RefundOut:
    """Send the failed parts again, under their old numbers."""
    retry_refund(request.actor, RefundId(refund_id), now=utcnow())
    return refund_out(get_refund(request.actor, RefundId(refund_id)))
