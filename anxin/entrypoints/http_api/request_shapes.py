"""How an after-sales request looks from outside; used by requests and parcels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema

from anxin.domains.aftersales.data import (
    DisinfectionMethod,
    Disposition,
    OfferKind,
    ParcelData,
    RequestData,
    RequestLineData,
    RequestSummary,
)
from anxin.domains.aftersales.public import next_step
from anxin.domains.deliveries.data import PickupData
from anxin.entrypoints.http_api.decision_shapes import AskIn, DecisionOut, decision_out

Note = Annotated[str, Field(max_length=2_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Files = Annotated[list[UUID], Field(max_length=9)]


class RequestIn(AskIn):
    """A request to be opened for the buyer of the order."""

    note: Note = ""
    file_ids: Files = []
    conversation_id: UUID | None = None


class AnswerIn(Schema):
    """The merchant's answer. Declining needs an explanation, overriding the policy a reason."""

    accept: bool
    explanation: Note = ""
    override_reason: Note = ""
    seen_version: int | None = None


class AppealIn(Schema):
    """Why a person should look again."""

    note: Note = ""


class OfferIn(Schema):
    """What the buyer is offered after a failed inspection, in minor units."""

    amount_minor: Annotated[int, Field(ge=0, lt=2**62)]
    kind: OfferKind = OfferKind.PARTIAL


class OfferAnswerIn(Schema):
    """The buyer's answer to the offer."""

    accept: bool


class OwnParcelIn(Schema):
    """The parcel in which the buyer sends the goods himself."""

    tracking_no: Annotated[str, Field(max_length=60)]
    carrier: Annotated[str, Field(max_length=40)] = ""


class FindingIn(Schema):
    """What was found of one line: accepted + rejected + missing = expected."""

    line_id: UUID
    accepted: Count
    rejected: Count = 0
    missing: Count = 0
    wrong: Count = 0
    grade: Annotated[str, Field(max_length=2)] = "A"
    codes: Annotated[list[str], Field(max_length=20)] = []
    note: Annotated[str, Field(max_length=1_000)] = ""
    file_ids: Files = []


class InspectionIn(Schema):
    """The findings of every line of the request."""

    findings: Annotated[list[FindingIn], Field(min_length=1, max_length=200)]


class DisinfectionIn(Schema):
    """How the goods were disinfected; the operator is whoever calls."""

    method: DisinfectionMethod
    agent: Annotated[str, Field(min_length=1, max_length=60)]
    dwell_minutes: Annotated[int, Field(ge=1, le=1_440)]


class DisposedIn(Schema):
    """So many units of a line go where."""

    line_id: UUID
    disposition: Disposition
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class DisposalIn(Schema):
    """Where every unit that came back goes."""

    disposed: Annotated[list[DisposedIn], Field(min_length=1, max_length=1_000)]


class StepOut(Schema):
    """Whose move it is, until when, and what happens if nobody moves."""

    owner: str | None
    code: str
    due_at: datetime | None
    consequence: str


class FindingOut(Schema):
    """What was found of a line."""

    accepted: int
    rejected: int
    missing: int
    wrong: int
    grade: str
    codes: list[str]
    note: str
    file_ids: list[UUID]


class LineOut(Schema):
    """One line of a request."""

    id: UUID
    order_line_id: UUID
    sku: str
    name: str
    quantity: int
    promised_minor: int
    owed_minor: int | None
    standard: str
    checklist: list[str]
    finding: FindingOut | None
    disposed: dict[str, int]


class ParcelOut(Schema):
    """A parcel on its way back."""

    id: UUID
    request_id: UUID
    tracking_no: str
    carrier: str
    state: str
    how: str
    sent_at: datetime | None
    received_at: datetime | None
    received_by_name: str


class DisinfectionOut(Schema):
    """How the goods were disinfected."""

    method: str
    agent: str
    dwell_minutes: int
    operator_name: str
    at: datetime


class RequestRow(Schema):
    """A request as lists show it."""

    id: UUID
    number: str
    order_id: UUID
    order_no: str
    store_id: UUID
    customer_id: UUID | None
    conversation_id: UUID | None
    kind: str
    state: str
    reason: str
    needs_human: bool
    currency: str
    promised_minor: int
    owed_minor: int | None
    refunded_minor: int
    due_at: datetime | None
    due_code: str
    opened_at: datetime
    moved_at: datetime
    ended_at: datetime | None


class RequestOut(RequestRow):
    """A request with everything that belongs to it."""

    note: str
    file_ids: list[UUID]
    decision: DecisionOut
    decided_by_kind: str
    override_reason: str
    answer: str
    declined_because: str
    freight_minor: int
    deducted_minor: int
    freight_payer: str
    offer_kind: str | None
    offered_minor: int | None
    is_offer_refused: bool
    is_appealable: bool
    received_at: datetime | None
    inspected_at: datetime | None
    disposed_at: datetime | None
    version: int
    lines: list[LineOut]
    parcels: list[ParcelOut]
    disinfection: DisinfectionOut | None
    next_step: StepOut


class SlotOut(Schema):
    """A time in which a courier can come."""

    start: datetime
    end: datetime


class PickupOut(Schema):
    """An ordered pickup."""

    id: UUID
    pickup_no: str
    carrier: str
    state: str
    slot: SlotOut | None
    tracking_no: str
    last_error: str
    events: list[dict[str, Any]]


class TimelineOut(Schema):
    """One thing that happened to a request."""

    at: datetime
    code: str
    by_kind: str
    by_id: str
    detail: dict[str, Any]


def row_out(row: RequestSummary) -> RequestRow:
    """Return a request of a list in the API's shape."""
    return RequestRow.from_orm(row)


def request_out(request: RequestData) -> RequestOut:
    """Return a request in the API's shape."""
    plain = {name: getattr(request, name) for name in _PLAIN}
    return RequestOut(
        **plain,
        decision=decision_out(request.decision),
        lines=[line_out(line) for line in request.lines],
        parcels=[parcel_out(parcel) for parcel in request.parcels],
        disinfection=DisinfectionOut.from_orm(request.disinfection)
        if request.disinfection
        else None,
        next_step=StepOut.from_orm(next_step(request)),
    )


_PLAIN = [
    name
    for name in RequestOut.model_fields
    if name not in {"decision", "lines", "parcels", "disinfection", "next_step"}
]


def line_out(line: RequestLineData) -> LineOut:
    """Return a request line in the API's shape."""
    return LineOut(
        id=line.id,
        order_line_id=line.order_line_id,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        promised_minor=line.promised_minor,
        owed_minor=line.owed_minor,
        standard=line.standard,
        checklist=list(line.checklist),
        finding=FindingOut.from_orm(line.finding) if line.finding else None,
        disposed={str(place): count for place, count in line.disposed.items()},
    )


def parcel_out(parcel: ParcelData) -> ParcelOut:
    """Return a parcel in the API's shape."""
    return ParcelOut.from_orm(parcel)


def pickup_out(pickup: PickupData) -> PickupOut:
    """Return a pickup in the API's shape."""
    return PickupOut(
        id=pickup.id,
        pickup_no=pickup.pickup_no,
        carrier=pickup.carrier,
        state=pickup.state,
        slot=SlotOut.from_orm(pickup.slot) if pickup.slot else None,
        tracking_no=pickup.tracking_no,
        last_error=pickup.last_error,
        events=[
            {"at": e.at, "code": e.code, "text": e.text, "place": e.place} for e in pickup.events
        ],
    )
