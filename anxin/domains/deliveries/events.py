"""Facts of pickups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from anxin.domains.deliveries.data import PickupId
from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PickupFact(Event):
    """Something about one pickup."""

    subject: ClassVar[str] = "pickup_id"
    pickup_id: PickupId
    source_kind: str
    source_id: UUID


@dataclass(frozen=True, kw_only=True)
class PickupRequested(PickupFact):
    """A pickup is wanted; the carrier has not been asked yet."""


@dataclass(frozen=True, kw_only=True)
class PickupBooked(PickupFact):
    """The carrier will come."""

    tracking_no: str
    carrier: str


@dataclass(frozen=True, kw_only=True)
class ParcelCollected(PickupFact):
    """The carrier has the parcel."""

    tracking_no: str


@dataclass(frozen=True, kw_only=True)
class ParcelDelivered(PickupFact):
    """The carrier says the parcel is at the warehouse."""

    tracking_no: str


@dataclass(frozen=True, kw_only=True)
class PickupFailed(PickupFact):
    """The carrier did not take the parcel."""

    because: str


@dataclass(frozen=True, kw_only=True)
class PickupCancelled(PickupFact):
    """The pickup is not wanted any more; the carrier must be told."""
