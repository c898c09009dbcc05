"""When a period starts, and when it ends. Local days, as the law counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from anxin.domains.policies.data import DaysOff, Deadline, Delivery, Roll, SignedBy

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Period:
    """A period in days. ``counted_day`` is its last day before rolling over days off.

    ``ends_at`` is 24:00 of ``last_day``, in UTC, and still within the period.
    """

    counted_day: date
    last_day: date
    ends_at: datetime
    are_days_off_known: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """When the buyer received the goods, as far as the evidence carries, and which it was."""

    at: datetime | None
    evidence: str


def receipt_of(delivery: Delivery) -> Receipt:
    """Return the receipt that starts the buyer's clock (CN-05, CN-28; EDGE_CASES 4).

    A parcel left with a third party without consent, or merely put down, does not start it. Of
    several credible moments the latest counts; one before shipping is not credible.
    """
    by_proxy = delivery.signed_by in {SignedBy.PROXY, SignedBy.LOCKER}
    found: list[tuple[datetime, str]] = []
    if delivery.picked_up_at is not None:
        found.append((delivery.picked_up_at, "picked_up"))
    elif by_proxy and delivery.consent_to_proxy:
        handed_over = delivery.signed_at or delivery.delivered_at
        if handed_over is not None:
            found.append((handed_over, "handed_to_proxy"))
    if delivery.signed_at is not None and not by_proxy:
        found.append((delivery.signed_at, "signed"))
    if delivery.shipped_at is not None:
        found = [moment for moment in found if moment[0] >= delivery.shipped_at]
    if found:
        return Receipt(*max(found))
    if by_proxy and (delivery.signed_at or delivery.delivered_at):
        return Receipt(None, "proxy_without_consent")
    return Receipt(None, "unsigned" if delivery.delivered_at else "in_transit")


def period_after(
    started_at: datetime, days: int, roll: Roll, zone: str, days_off: DaysOff
) -> Period:
    """Return the period of ``days`` whose first day is the one after ``started_at`` (CN-05).

    It ends at 24:00 local time. A last day that is off rolls on to the next that is not (CN-38);
    in a year whose days off are unknown it stays, and the period says so.
    """
    place = ZoneInfo(zone)
    counted = started_at.astimezone(place).date() + timedelta(days=days)
    last, known = counted, True
    if roll is not Roll.NONE:
        known = last.year in days_off.years
        while known and _is_off(last, roll, days_off):
            last += _DAY
            known = last.year in days_off.years
    return Period(counted, last, _midnight_after(last, place), known)


def due_after(started_at: datetime, deadline: Deadline, zone: str) -> datetime:
    """Return when a deadline falls due once what it starts on has happened, in UTC.

    Hours run from the moment; days end at 24:00 local time, the first day not counted (CN-38).
    """
    if deadline.hours is not None:
        return started_at + timedelta(hours=deadline.hours)
    assert deadline.days is not None, "a deadline has hours or days; documents.py checks it"
    place = ZoneInfo(zone)
    last = started_at.astimezone(place).date() + timedelta(days=deadline.days)
    return _midnight_after(last, place)


def _is_off(day: date, roll: Roll, days_off: DaysOff) -> bool:
    if day in days_off.off:
        return True
    is_weekend = day.weekday() >= _SATURDAY and day not in days_off.worked
    return is_weekend and roll is Roll.STATUTORY_AND_WEEKEND


def _midnight_after(day: date, place: ZoneInfo) -> datetime:
    return datetime.combine(day + _DAY, time.min, place).astimezone(UTC)
