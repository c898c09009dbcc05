"""Words of after-sales requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

RequestId = NewType("RequestId", UUID)
RequestLineId = NewType("RequestLineId", UUID)
ParcelId = NewType("ParcelId", UUID)


class RequestKind(StrEnum):
    """What the buyer asks for."""

    RETURN_REFUND = "return_refund"
    REFUND_ONLY = "refund_only"


class ParcelState(StrEnum):
    """Where a returning parcel is."""

    BOOKED = "booked"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    RECEIVED = "received"
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


class Owner(StrEnum):
    """Whose move a waiting state is."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    FINANCE = "finance"


@dataclass(frozen=True, slots=True)
class RequestedItem:
    """So many units of one order line, as a person asks for them."""

    order_line_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class LineAmount:
    """What was promised for one request line: ``amount_minor`` for ``quantity`` units."""

    line_id: RequestLineId
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the warehouse found of one request line. Expected = accepted + rejected + missing.

    ``wrong`` of the rejected units are not the article at all. Codes are the standard's points
    that failed, such as ``label_cut``.
    """

    line_id: RequestLineId
    accepted: int
    rejected: int
    missing: int
    wrong: int = 0
    grade: str = "A"
    codes: tuple[str, ...] = ()
    note: str = ""
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next: whose move it is, until when, and what happens if nobody moves."""

    owner: Owner | None
    code: str
    due_at: datetime | None
    consequence: str
