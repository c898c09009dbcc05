"""Words of money going back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

RefundId = NewType("RefundId", UUID)


class SourceKind(StrEnum):
    """What gives rise to a refund."""

    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Source:
    """What gave rise to a refund. There is at most one refund a source."""

    kind: SourceKind
    id: UUID


@dataclass(frozen=True, slots=True)
class PaidTender:
    """One payment of an order and what of it is still there to give back, in minor units."""

    payment_id: UUID
    tender: str
    captured_minor: int
    # Succeeded, in flight and unknown refunds together: an unknown outcome counts as spent.
    spent_minor: int
    reference: str

    @property
    def free_minor(self) -> int:
        """Return what can still go back."""
        return self.captured_minor - self.spent_minor


@dataclass(frozen=True, slots=True)
class PartAmount:
    """How much of a refund goes back to which payment."""

    payment_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RefundPartData:
    """The share of a refund that goes to one payment. ``part_no`` is the provider's key."""

    part_no: str
    payment_id: UUID
    tender: str
    amount_minor: int
    state: str
    reference: str
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class RefundData:
    """One refund as people see it."""

    id: RefundId
    number: str
    source: Source
    order_id: UUID
    amount_minor: int
    currency: str
    state: str
    held_because: str
    requested_at: datetime
    finished_at: datetime | None
    approved_by_id: str
    parts: tuple[RefundPartData, ...] = ()
