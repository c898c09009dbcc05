"""A carrier for laptops and tests: real in all but the van, and it misbehaves on demand.

Its book commits before it answers: ask it outside transactions, as the port says.
"""

from __future__ import annotations

import time as clock_time
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from anxin.adapters.sandbox.models import SandboxCarrierMood, SandboxParcel, SandboxTrace
from anxin.domains.deliveries.data import Place, Slot
from anxin.domains.deliveries.ports import (
    BookedParcel,
    Booking,
    CarrierDown,
    CarrierEvent,
    CarrierMood,
    CarrierRefused,
)
from anxin.kernel.actors import MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound
from anxin.kernel.ids import uuid7
from anxin.kernel.tenancy import MerchantMissing, active_merchant

_ZONE = ZoneInfo("Asia/Shanghai")
_FIRST_HOUR, _LAST_HOUR, _SLOT_HOURS = 8, 22, 2
# The port's promise: every call answers or raises within ten seconds.
_PATIENCE_SECONDS = 10.0
_NEXT = {"booked": "collected", "collected": "in_transit", "in_transit": "delivered"}
# What a courier's scanner says; carriers speak the language of their country.
_TEXTS = {
    "collected": "快递员已上门揽收，全程无接触交接。",
    "in_transit": "快件已到达转运中心，正发往目的地。",
    "delivered": "快件已送达退货仓，签收人：仓库收件组。",
}
# A message that is overtaken arrives this many steps late.
_OVERTAKEN_STEPS = 1.5


class SandboxCarrier:
    """Implements deliveries' Carrier and RehearsalCarrier for the merchant acted for."""

    name = "安心模拟快递"

    def __init__(
        self,
        clock: Callable[[], datetime] = utcnow,
        sleep: Callable[[float], None] = clock_time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep

    # --- the port ---------------------------------------------------------------------------

    def slots(self, origin: Place, day: date) -> list[Slot]:
        """Return a courier's hours of a day in two-hour slots."""
        self._answer_slowly(self._mood_or_down())
        hours = range(_FIRST_HOUR, _LAST_HOUR, _SLOT_HOURS)
        starts = [datetime.combine(day, time(hour), _ZONE) for hour in hours]
        return [Slot(start, start + timedelta(hours=_SLOT_HOURS)) for start in starts]

    def book(self, pickup_no: str, origin: Place, destination: Place, slot: Slot) -> Booking:
        """Order a pickup; the same number again is the same booking."""
        mood = self._mood_or_down()
        if mood.refuses:
            raise CarrierRefused("no courier serves this address")
        now = self._clock()
        with transaction.atomic():
            row, created = SandboxParcel.objects.get_or_create(
                merchant_id=_account(),
                pickup_no=pickup_no,
                defaults={
                    "tracking_no": f"SX{uuid7().int % 10**12:012d}",
                    "state": "booked",
                    "slot_start": slot.start,
                    "slot_end": slot.end,
                    "origin": asdict(origin),
                    "destination": asdict(destination),
                    "booked_at": now,
                    "moves_at": _moves_at(mood, now),
                },
            )
            if not created:
                row.times_asked += 1
                row.save(update_fields=["times_asked"])
        self._answer_slowly(mood)
        if row.state == "cancelled":
            raise CarrierRefused("called off")
        return Booking(row.tracking_no, row.tracking_no, Slot(row.slot_start, row.slot_end))

    def cancel(self, pickup_no: str) -> None:
        """Call a pickup off; a parcel that is collected travels on."""
        self._answer_slowly(self._mood_or_down())
        SandboxParcel.objects.filter(pickup_no=pickup_no, state="booked").update(
            state="cancelled", moves_at=None
        )

    def track(self, tracking_no: str) -> list[CarrierEvent]:
        """Return everything known about a parcel, oldest first."""
        self._answer_slowly(self._mood_or_down())
        rows = SandboxTrace.objects.filter(parcel__tracking_no=tracking_no)
        return [event_of(row, tracking_no) for row in rows.order_by("at", "pk")]

    # --- the rehearsal ----------------------------------------------------------------------

    def mood(self) -> CarrierMood:
        """Return how it behaves; see the port."""
        row = SandboxCarrierMood.objects.filter(merchant_id=_account()).first()
        known = {field.name for field in fields(CarrierMood)}
        wanted: dict[str, Any] = row.wanted if row else {}
        return CarrierMood(**{name: value for name, value in wanted.items() if name in known})

    def set_mood(self, mood: CarrierMood) -> None:
        """Behave like this; parcels under way take it up with their next step."""
        SandboxCarrierMood.objects.update_or_create(
            merchant_id=_account(), defaults={"wanted": asdict(mood)}
        )
        waiting = SandboxParcel.objects.filter(state__in=list(_NEXT))
        waiting.update(moves_at=_moves_at(mood, self._clock()))

    def parcels(self, limit: int = 200) -> list[BookedParcel]:
        """Return the newest parcels; see the port."""
        rows = SandboxParcel.objects.order_by("-booked_at", "-pk").prefetch_related("traces")
        return [_booked(row) for row in rows[:limit]]

    @transaction.atomic
    def advance(self, tracking_no: str) -> None:
        """Move a parcel one step further; see the port."""
        row = _locked(tracking_no)
        state = _NEXT.get(row.state)
        if state is None:
            return
        mood, now = self.mood(), self._clock()
        row.state = state
        row.moves_at = _moves_at(mood, now) if state in _NEXT else None
        row.save(update_fields=["state", "moves_at"])
        _trace(row, state, _TEXTS[state], mood, now)

    @transaction.atomic
    def fail(self, tracking_no: str, because: str) -> None:
        """Let the courier fail before he has the parcel; see the port."""
        row = _locked(tracking_no)
        if row.state != "booked":
            return
        row.state, row.moves_at = "failed", None
        row.save(update_fields=["state", "moves_at"])
        _trace(row, "failed", because or "上门取件失败。", self.mood(), self._clock())

    def _mood_or_down(self) -> CarrierMood:
        mood = self.mood()
        if mood.is_down:
            raise CarrierDown("the sandbox carrier is switched off")
        return mood

    def _answer_slowly(self, mood: CarrierMood) -> None:
        if mood.slow_seconds > 0:
            self._sleep(min(mood.slow_seconds, _PATIENCE_SECONDS))
        if mood.slow_seconds > _PATIENCE_SECONDS:
            raise CarrierDown("the sandbox carrier did not answer in time")


def event_of(row: SandboxTrace, tracking_no: str) -> CarrierEvent:
    """Return a stored word in the port's words."""
    return CarrierEvent(row.event_id, tracking_no, row.at, row.code, row.text, row.place)


def _locked(tracking_no: str) -> SandboxParcel:
    row = SandboxParcel.objects.select_for_update().filter(tracking_no=tracking_no).first()
    if row is None:
        raise NotFound(tracking_no=tracking_no)
    return row


def _trace(row: SandboxParcel, code: str, text: str, mood: CarrierMood, now: datetime) -> None:
    late = mood.reorders_events and code == "collected"
    tells_at = now + timedelta(seconds=mood.step_seconds * _OVERTAKEN_STEPS) if late else now
    where = row.destination if code == "delivered" else row.origin
    SandboxTrace.objects.create(
        merchant_id=row.merchant_id,
        parcel=row,
        event_id=f"{row.tracking_no}:{code}",
        at=now,
        code=code,
        text=text,
        place=str(where.get("address", ""))[:9],
        due_at=None if mood.loses_events else tells_at,
        tells_left=2 if mood.doubles_events else 1,
    )


def _moves_at(mood: CarrierMood, now: datetime) -> datetime | None:
    return now + timedelta(seconds=mood.step_seconds) if mood.moves_by_itself else None


def _booked(row: SandboxParcel) -> BookedParcel:
    traces = sorted(row.traces.all(), key=lambda trace: (trace.at, trace.pk))
    return BookedParcel(
        row.pickup_no,
        row.tracking_no,
        row.state,
        Place(**row.origin),
        Slot(row.slot_start, row.slot_end),
        row.booked_at,
        row.moves_at,
        row.times_asked,
        tuple(event_of(trace, row.tracking_no) for trace in traces),
    )


def _account() -> MerchantId:
    merchant_id = active_merchant()
    if merchant_id is None:
        raise MerchantMissing("the sandbox carrier keeps one book a merchant")
    return merchant_id
