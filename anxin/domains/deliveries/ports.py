"""What deliveries needs from carriers, in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

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
    """Someone who fetches parcels, for the merchant that is being acted for.

    Every call answers or raises within ten seconds.
    """

    @property
    def name(self) -> str:
        """Return what the carrier is called on labels and lists."""
        ...

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


@dataclass(frozen=True, slots=True)
class CarrierMood:
    """How a rehearsal carrier behaves towards one merchant."""

    is_down: bool = False
    refuses: bool = False
    slow_seconds: float = 0
    # What happens to the news it sends us; asked with ``track``, it always tells all.
    loses_events: bool = False
    doubles_events: bool = False
    reorders_events: bool = False
    # Parcels move a step by themselves after so many seconds; off, only when told.
    moves_by_itself: bool = True
    step_seconds: int = 30


@dataclass(frozen=True, slots=True)
class BookedParcel:
    """A page of a rehearsal carrier's own book."""

    pickup_no: str
    tracking_no: str
    state: str
    origin: Place
    slot: Slot
    booked_at: datetime
    moves_at: datetime | None
    times_asked: int
    events: tuple[CarrierEvent, ...]


@runtime_checkable
class RehearsalCarrier(Protocol):
    """A carrier whose book can be read and who does as told: sandboxes only."""

    def mood(self) -> CarrierMood:
        """Return how it behaves towards the merchant."""
        ...

    def set_mood(self, mood: CarrierMood) -> None:
        """Behave like this towards the merchant from now on."""
        ...

    def parcels(self, limit: int = 200) -> list[BookedParcel]:
        """Return the merchant's parcels, newest first."""
        ...

    def advance(self, tracking_no: str) -> None:
        """Move a parcel one step further; nothing happens at the end. Raise NotFound."""
        ...

    def fail(self, tracking_no: str, because: str) -> None:
        """Let the courier fail before he has the parcel. Raise NotFound."""
        ...
