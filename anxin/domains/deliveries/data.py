"""Words of parcels that are fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID

PickupId = NewType("PickupId", UUID)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which a courier can come, aware UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parcel is fetched or brought, and whom to ask for."""

    contact: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class TraceData:
    """One thing the carrier said of a parcel."""

    at: datetime
    code: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class PickupData:
    """One ordered pickup as people see it."""

    id: PickupId
    pickup_no: str
    source_kind: str
    source_id: UUID
    carrier: str
    state: str
    slot: Slot | None
    origin: Place
    tracking_no: str
    label_text: str
    last_error: str
    created_at: datetime
    events: tuple[TraceData, ...] = ()


@dataclass(frozen=True, slots=True)
class PickupPage:
    """Some pickups, and where the next ones begin; an empty cursor means that was all."""

    items: tuple[PickupData, ...]
    next_cursor: str
