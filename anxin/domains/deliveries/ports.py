"""What deliveries needs from carriers, in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from anxin.domains.deliveries.data import Place, Slot
from anxin.kernel.errors import Unavailable


class CarrierRefused(Exception):
    """The carrier will never fetch this."""


class CarrierDown(Unavailable):
    """The carrier did not answer; booking again with the same number is safe."""

    code = "carrier_down"


@dataclass(frozen=True, slots=True)
class Booking:
    """A pickup the carrier has taken on. ``label_text`` is what the label's QR code says."""

    tracking_no: str
    label_text: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """What a carrier says about a parcel. ``code``: collected, in_transit, delivered, failed."""

    event_id: str
    tracking_no: str
    at: datetime
    code: str
    text: str
    place: str


class Carrier(Protocol):
    """Someone who fetches parcels. Every call answers or raises within ten seconds."""

    name: str

    def slots(self, origin: Place, day: date) -> list[Slot]:
        """Return the times in which a courier can come that day. Raise CarrierDown."""
        ...

    def book(self, pickup_no: str, origin: Place, destination: Place, slot: Slot) -> Booking:
        """Order a pickup. The same number again is the same booking.

        Raise CarrierRefused (never) or CarrierDown (again).
        """
        ...

    def cancel(self, pickup_no: str) -> None:
        """Call a pickup off; harmless when it is off already. Raise CarrierDown."""
        ...

    def track(self, tracking_no: str) -> list[CarrierEvent]:
        """Return everything known about a parcel, oldest first. Raise CarrierDown."""
        ...
