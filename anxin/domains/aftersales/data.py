"""Words of after-sales requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from anxin.domains.policies.data import Decision

RequestId = NewType("RequestId", UUID)
RequestLineId = NewType("RequestLineId", UUID)
ParcelId = NewType("ParcelId", UUID)


class RequestKind(StrEnum):
    """What the buyer asks for. The values are those of ``policies.data.Remedy``."""

    RETURN_REFUND = "return_refund"
    REFUND_ONLY = "refund_only"


class ParcelState(StrEnum):
    """Where a returning parcel is."""

    BOOKED = "booked"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    RECEIVED = "received"
    FAILED = "failed"


class ParcelNews(StrEnum):
    """What can be heard of a returning parcel on its way."""

    COLLECTED = "collected"
    DELIVERED = "delivered"
    FAILED = "failed"


class Disposition(StrEnum):
    """What becomes of goods that came back."""

    RESTOCK = "restock"
    RESTOCK_LABELLED = "restock_labelled"
    REFURBISH = "refurbish"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    SCRAP = "scrap"
    SEND_BACK = "send_back"


RESTOCKING = frozenset({Disposition.RESTOCK, Disposition.RESTOCK_LABELLED})


class DisinfectionMethod(StrEnum):
    """How goods are disinfected."""

    SPRAY = "spray"
    WIPE = "wipe"
    ULTRAVIOLET = "ultraviolet"
    OZONE = "ozone"
    HEAT = "heat"


class OfferKind(StrEnum):
    """What the buyer is offered when goods were not as they should be."""

    PARTIAL = "partial"  # keep the goods here, pay this much
    SEND_BACK = "send_back"  # pay for what was accepted, send the rest back


class Owner(StrEnum):
    """Whose move a waiting state is."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    FINANCE = "finance"


@dataclass(frozen=True, slots=True)
class RequestedItem:
    """So many units of one order line, as a person asks for them.

    ``conditions`` are what the buyer says of the goods' state (``policies.data.Condition``).
    """

    order_line_id: UUID
    quantity: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitRun:
    """Neighbouring units of an order line: [first, first + count)."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class ClaimedUnits:
    """Which units of an order line a request holds, and what the whole line cost.

    What units cost is the difference of two cumulative shares of the line, so that the units of
    a line always add up to it, whoever returns them in whatever order.
    """

    line_id: RequestLineId
    runs: tuple[UnitRun, ...]
    line_quantity: int
    line_payable_minor: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised beside the goods themselves, in minor units, and when it holds."""

    freight_minor: int
    deducted_minor: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the warehouse found of one request line. Expected = accepted + rejected + missing.

    ``wrong`` of the rejected units are not the article at all. Codes are the standard's points
    that failed, such as ``label_cut``.
    """

    line_id: RequestLineId
    accepted: int
    rejected: int = 0
    missing: int = 0
    wrong: int = 0
    grade: str = "A"
    codes: tuple[str, ...] = ()
    note: str = ""
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Disposed:
    """So many units of a request line go where."""

    line_id: RequestLineId
    disposition: Disposition
    quantity: int


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next: whose move it is, until when, and what happens if nobody moves."""

    owner: Owner | None
    code: str
    due_at: datetime | None
    consequence: str


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of what is offered, in minor units: price − discount + tax = refund."""

    order_line_id: UUID
    sku: str
    name: str
    quantity: int
    available: int
    price_minor: int
    discount_minor: int
    tax_minor: int
    refund_minor: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be decided if the request were made now. ``kind`` is what would be done.

    ``total_minor`` = goods + freight − deducted; zero when nothing can be granted.
    """

    decision: Decision
    kind: RequestKind
    lines: tuple[PreviewLine, ...]
    goods_minor: int
    freight_minor: int
    deducted_minor: int
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RequestLineData:
    """One line of a request, with what was found and what became of it."""

    id: RequestLineId
    order_line_id: UUID
    sku: str
    name: str
    quantity: int
    promised_minor: int
    owed_minor: int | None
    standard: str
    checklist: tuple[str, ...]
    finding: Finding | None = None
    disposed: Mapping[Disposition, int] = field(default_factory=dict)

    @property
    def received(self) -> int:
        """Return how many units were on the table at inspection."""
        return 0 if self.finding is None else self.finding.accepted + self.finding.rejected


@dataclass(frozen=True, slots=True)
class ParcelData:
    """A parcel on its way back. ``how`` is ``pickup`` or ``own``."""

    id: ParcelId
    request_id: RequestId
    tracking_no: str
    carrier: str
    state: ParcelState
    how: str
    sent_at: datetime | None
    received_at: datetime | None
    received_by_id: str
    received_by_name: str


@dataclass(frozen=True, slots=True)
class DisinfectionData:
    """How the goods of a request were disinfected."""

    method: str
    agent: str
    dwell_minutes: int
    operator_id: str
    operator_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """A request as lists show it."""

    id: RequestId
    number: str
    order_id: UUID
    order_no: str
    store_id: UUID
    customer_id: UUID | None
    conversation_id: UUID | None
    kind: RequestKind
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


@dataclass(frozen=True, slots=True)
class RequestData(RequestSummary):
    """A request with everything that belongs to it."""

    note: str
    file_ids: tuple[UUID, ...]
    decision: Decision
    decided_by_kind: str
    decided_by_id: str
    override_reason: str
    answer: str
    declined_because: str
    freight_minor: int
    deducted_minor: int
    freight_payer: str
    offer_kind: OfferKind | None
    offered_minor: int | None
    is_offer_refused: bool
    is_appealable: bool
    received_at: datetime | None
    version: int
    lines: tuple[RequestLineData, ...] = ()
    parcels: tuple[ParcelData, ...] = ()
    disinfection: DisinfectionData | None = None
    inspected_at: datetime | None = None
    inspected_by_id: str = ""
    disposed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Some requests, and where the next ones begin; an empty cursor means that was all."""

    items: tuple[RequestSummary, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to a request. ``detail`` holds codes and amounts, no texts."""

    at: datetime
    code: str
    by_kind: str
    by_id: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UnknownParcelData:
    """A parcel at the warehouse that belongs to no request we know."""

    id: UUID
    tracking_no: str
    note: str
    file_ids: tuple[UUID, ...]
    at: datetime
    by_id: str
    request_id: RequestId | None
