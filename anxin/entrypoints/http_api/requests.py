"""After-sales requests: open, answer, send back, inspect, disinfect, dispose."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Status
from pydantic import AwareDatetime

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import Disposed, Finding, RequestKind, RequestLineId
from anxin.domains.aftersales.public import State
from anxin.domains.commerce.public import find_order
from anxin.domains.deliveries.data import Slot
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.decision_shapes import items_of
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.entrypoints.http_api.request_shapes import (
    AnswerIn,
    AppealIn,
    DisinfectionIn,
    DisposalIn,
    InspectionIn,
    OfferAnswerIn,
    OfferIn,
    OwnParcelIn,
    ParcelOut,
    PickupOut,
    RequestIn,
    RequestOut,
    RequestRow,
    SlotOut,
    TimelineOut,
    parcel_out,
    pickup_out,
    request_out,
    row_out,
)
from anxin.flows.return_shipping import order_pickup, pickup_of, slots_for
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound

router = Router()
_READ, _OPEN = scope(Permission.REQUESTS_READ), scope(Permission.REQUESTS_OPEN)
_DECIDE, _STATION = scope(Permission.REQUESTS_DECIDE), scope(Permission.STATION_USE)


class SlotIn(SlotOut):
    """The time chosen, as it was offered."""

    start: AwareDatetime
    end: AwareDatetime


def _shown(request: ApiRequest, request_id: UUID) -> RequestOut:
    return request_out(aftersales.get_request(request.actor, request_id))


@router.get("/requests", response=Page[RequestRow], auth=_READ)
def list_requests(
    request: ApiRequest,
    state: Annotated[list[State] | None, Query(description="Only in these states.")] = None,
    kind: RequestKind | None = None,
    order_id: UUID | None = None,
    customer_id: UUID | None = None,
    store_id: UUID | None = None,
    is_overdue: bool = False,
    search: Annotated[str, Query(max_length=60)] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[RequestRow]:
    """List requests, newest first. ``search`` finds request, order and tracking numbers."""
    found = aftersales.list_requests(
        request.actor,
        states=state or None,
        kind=kind,
        order_id=order_id,
        customer_id=customer_id,
        store_id=store_id,
        overdue_at=utcnow() if is_overdue else None,
        text=search,
        cursor=cursor,
        limit=limit,
    )
    return Page[RequestRow](
        items=[row_out(row) for row in found.items], next_cursor=found.next_cursor or None
    )


@router.post("/requests", response={201: RequestOut}, auth=_OPEN)
def open_request(request: ApiRequest, body: RequestIn) -> Any:
    """Open a request; it is decided at once: authorized, settling, reviewing or declined."""
    order = find_order(request.actor, body.order_no)
    if order is None:
        raise NotFound(order_no=body.order_no)
    request_id = aftersales.open_request(
        request.actor,
        order.id,
        items_of(order, body.items),
        body.reason,
        body.kind,
        note=body.note,
        file_ids=body.file_ids,
        conversation_id=body.conversation_id,
        now=utcnow(),
    )
    return Status(201, _shown(request, request_id))


@router.get("/requests/{request_id}", response=RequestOut, auth=_READ)
def get_request(request: ApiRequest, request_id: UUID) -> RequestOut:
    """Return one request with everything that belongs to it."""
    return _shown(request, request_id)


@router.get("/requests/{request_id}/timeline", response=list[TimelineOut], auth=_READ)
def get_timeline(request: ApiRequest, request_id: UUID) -> list[TimelineOut]:
    """Return what happened, oldest first."""
    found = aftersales.get_request(request.actor, request_id)
    return [
        TimelineOut(at=e.at, code=e.code, by_kind=e.by_kind, by_id=e.by_id, detail=dict(e.detail))
        for e in aftersales.timeline_of(found)
    ]


@router.post("/requests/{request_id}/decision", response=RequestOut, auth=_DECIDE)
def decide_request(request: ApiRequest, request_id: UUID, body: AnswerIn) -> RequestOut:
    """Accept or decline a request that waits for the merchant."""
    aftersales.decide_request(
        request.actor,
        request_id,
        body.accept,
        body.override_reason,
        explanation=body.explanation,
        seen_version=body.seen_version,
        now=utcnow(),
    )
    return _shown(request, request_id)


@router.post("/requests/{request_id}/withdrawal", response=RequestOut, auth=_OPEN)
def withdraw_request(request: ApiRequest, request_id: UUID) -> RequestOut:
    """Take a request back for the buyer."""
    aftersales.withdraw_request(request.actor, request_id, now=utcnow())
    return _shown(request, request_id)


@router.post("/requests/{request_id}/appeal", response=RequestOut, auth=_OPEN)
def appeal_request(request: ApiRequest, request_id: UUID, body: AppealIn) -> RequestOut:
    """Have a person look at an automatic refusal."""
    aftersales.appeal_request(request.actor, request_id, note=body.note, now=utcnow())
    return _shown(request, request_id)


@router.post("/requests/{request_id}/offer", response=RequestOut, auth=_DECIDE)
def make_offer(request: ApiRequest, request_id: UUID, body: OfferIn) -> RequestOut:
    """Offer the buyer something else after a failed inspection."""
    aftersales.make_offer(request.actor, request_id, body.amount_minor, body.kind, now=utcnow())
    return _shown(request, request_id)


@router.post("/requests/{request_id}/offer/answer", response=RequestOut, auth=_OPEN)
def answer_offer(request: ApiRequest, request_id: UUID, body: OfferAnswerIn) -> RequestOut:
    """Give the buyer's answer to the offer."""
    aftersales.agree_offer(request.actor, request_id, body.accept, now=utcnow())
    return _shown(request, request_id)


@router.get("/requests/{request_id}/parcels", response=list[ParcelOut], auth=_READ)
def list_parcels(request: ApiRequest, request_id: UUID) -> list[ParcelOut]:
    """Return the parcels of a request."""
    found = aftersales.get_request(request.actor, request_id)
    return [parcel_out(parcel) for parcel in found.parcels]


@router.post("/requests/{request_id}/parcels", response={201: RequestOut}, auth=_OPEN)
def add_own_parcel(request: ApiRequest, request_id: UUID, body: OwnParcelIn) -> Any:
    """Note the parcel in which the buyer sends the goods himself, or correct its number."""
    aftersales.choose_own_parcel(
        request.actor, request_id, body.tracking_no, body.carrier, now=utcnow()
    )
    return Status(201, _shown(request, request_id))


@router.get("/requests/{request_id}/slots", response=list[SlotOut], auth=_READ)
def list_slots(request: ApiRequest, request_id: UUID) -> list[SlotOut]:
    """Return when a courier can fetch the goods."""
    found = slots_for(request.actor, request_id, now=utcnow())
    return [SlotOut(start=slot.start, end=slot.end) for slot in found]


@router.get("/requests/{request_id}/pickup", response=PickupOut, auth=_READ)
def get_pickup(request: ApiRequest, request_id: UUID) -> PickupOut:
    """Return the newest pickup of a request."""
    pickup = pickup_of(request.actor, request_id)
    if pickup is None:
        raise NotFound("no pickup was ordered", request_id=str(request_id))
    return pickup_out(pickup)


@router.post("/requests/{request_id}/pickup", response={202: PickupOut}, auth=_OPEN)
def request_pickup(request: ApiRequest, request_id: UUID, body: SlotIn) -> Any:
    """Order a courier; the carrier is asked afterwards, look at the pickup's state."""
    start: datetime = body.start
    order_pickup(request.actor, request_id, Slot(start, body.end), now=utcnow())
    return Status(202, get_pickup(request, request_id))


@router.post("/requests/{request_id}/inspections", response={201: RequestOut}, auth=_STATION)
def record_inspection(request: ApiRequest, request_id: UUID, body: InspectionIn) -> Any:
    """Write down what was found of every line, once."""
    found = [
        Finding(
            RequestLineId(one.line_id),
            one.accepted,
            one.rejected,
            one.missing,
            one.wrong,
            one.grade,
            tuple(one.codes),
            one.note,
            tuple(one.file_ids),
        )
        for one in body.findings
    ]
    aftersales.record_inspection(request.actor, request_id, found, now=utcnow())
    return Status(201, _shown(request, request_id))


@router.post("/requests/{request_id}/disinfections", response={201: RequestOut}, auth=_STATION)
def record_disinfection(request: ApiRequest, request_id: UUID, body: DisinfectionIn) -> Any:
    """Write down how the goods were disinfected, once."""
    aftersales.record_disinfection(
        request.actor,
        request_id,
        method=body.method,
        agent=body.agent,
        dwell_minutes=body.dwell_minutes,
        now=utcnow(),
    )
    return Status(201, _shown(request, request_id))


@router.post("/requests/{request_id}/dispositions", response={201: RequestOut}, auth=_STATION)
def record_disposition(request: ApiRequest, request_id: UUID, body: DisposalIn) -> Any:
    """Say what becomes of every unit that came back, once."""
    disposed = [
        Disposed(RequestLineId(one.line_id), one.disposition, one.quantity) for one in body.disposed
    ]
    aftersales.record_disposition(request.actor, request_id, disposed, now=utcnow())
    return Status(201, _shown(request, request_id))
