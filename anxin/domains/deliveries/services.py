"""Changes to pickups. What calls the carrier is not one transaction but stands between two."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anxin.domains.deliveries.access import MANAGE, access_pickup
from anxin.domains.deliveries.data import PickupId, Place, Slot
from anxin.domains.deliveries.events import (
    ParcelCollected,
    ParcelDelivered,
    PickupBooked,
    PickupCancelled,
    PickupFact,
    PickupFailed,
    PickupRequested,
)
from anxin.domains.deliveries.lifecycle import PICKUP, PickupAction, PickupState
from anxin.domains.deliveries.models import Pickup, PickupEvent
from anxin.domains.deliveries.ports import (
    Booking,
    Carrier,
    CarrierDown,
    CarrierEvent,
    CarrierRefused,
)
from anxin.domains.deliveries.queries import destination_of, origin_of
from anxin.domains.deliveries.rules import look_again_at, move_for
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid, NotFound
from anxin.kernel.numbering import next_number
from anxin.kernel.outbox import publish

logger = logging.getLogger(__name__)

_ENDED = (PickupState.FAILED, PickupState.CANCELLED)


class PickupOrderedAlready(Conflict):
    """A courier is coming already, at another time."""

    code = "pickup_ordered_already"


class SlotRefused(Invalid):
    """This time is over, or is no span of time."""

    code = "slot_refused"


class UnknownParcelNews(NotFound):
    """The carrier speaks of a parcel we know nothing of (yet)."""

    code = "unknown_parcel_news"


@transaction.atomic
def request_pickup(
    by: Actor,
    source_kind: str,
    source_id: UUID,
    slot: Slot,
    origin: Place,
    destination: Place,
    *,
    carrier: str = "",
    now: datetime,
) -> PickupId:
    """Order a pickup; the carrier is asked afterwards. The same wish again is the same pickup.

    Raise SlotRefused, or PickupOrderedAlready when one is under way at another time.
    """
    by.require(MANAGE)
    if slot.start <= now or slot.end <= slot.start:
        raise SlotRefused(start=slot.start.isoformat())
    if not origin.address.strip() or not origin.phone.strip():
        raise Invalid("where is it fetched, and who is called?", field="origin")
    row, created = Pickup.objects.exclude(state__in=_ENDED).get_or_create(
        merchant_id=by.merchant_id,
        source_kind=source_kind,
        source_id=source_id,
        defaults={
            "pickup_no": next_number("PU", now),
            "carrier": carrier,
            "state": PickupState.REQUESTED,
            "slot_start": slot.start,
            "slot_end": slot.end,
            "origin_contact": origin.contact[:80],
            "origin_phone": origin.phone[:30],
            "origin_address": origin.address[:300],
            "destination_contact": destination.contact[:80],
            "destination_phone": destination.phone[:30],
            "destination_address": destination.address[:300],
            "next_look_at": look_again_at(PickupState.REQUESTED, now, now),
            "created_at": now,
        },
    )
    if created:
        publish(PickupRequested(**_about(row), occurred_at=now), by=by)
    elif (row.slot_start, row.slot_end) != (slot.start, slot.end):
        raise PickupOrderedAlready(pickup_no=row.pickup_no)
    return PickupId(row.pk)


def book_pickup(by: Actor, pickup_id: PickupId, carrier: Carrier, *, now: datetime) -> None:
    """Ask the carrier to come; harmless once he has answered. Raise CarrierDown to try again.

    Not a transaction: the number is the carrier's key, so that asking twice books once.
    """
    row = access_pickup(by, pickup_id)
    if row.state != PickupState.REQUESTED:
        return
    if row.slot_start is None or row.slot_end is None or row.slot_start <= now:
        _fail(by, pickup_id, "too_late", now)
        return
    slot = Slot(row.slot_start, row.slot_end)
    try:
        booking = carrier.book(row.pickup_no, origin_of(row), destination_of(row), slot)
    except CarrierRefused as refusal:
        _fail(by, pickup_id, str(refusal)[:200] or "refused", now)
    except CarrierDown as error:
        _postpone(by, pickup_id, error, now)
        raise
    else:
        if not _book(by, pickup_id, booking, carrier.name, now):
            # Called off while the carrier was answering, perhaps before he knew the number.
            carrier.cancel(row.pickup_no)


@transaction.atomic
def _book(by: Actor, pickup_id: PickupId, booking: Booking, carrier: str, now: datetime) -> bool:
    row = access_pickup(by, pickup_id, is_locked=True)
    if row.state != PickupState.REQUESTED:
        return row.state != PickupState.CANCELLED
    _move(
        row,
        PickupAction.BOOK,
        now,
        tracking_no=booking.tracking_no,
        label_text=booking.label_text,
        slot_start=booking.slot.start,
        slot_end=booking.slot.end,
        carrier=carrier,
        last_error="",
    )
    fact = PickupBooked(
        **_about(row), tracking_no=row.tracking_no, carrier=carrier, occurred_at=now
    )
    publish(fact, by=by)
    return True


@transaction.atomic
def _fail(by: Actor, pickup_id: PickupId, because: str, now: datetime) -> None:
    row = access_pickup(by, pickup_id, is_locked=True)
    if row.state != PickupState.REQUESTED:
        return
    _move(row, PickupAction.FAIL, now, last_error=because)
    publish(PickupFailed(**_about(row), because=because, occurred_at=now), by=by)


@transaction.atomic
def _postpone(by: Actor, pickup_id: PickupId, error: CarrierDown, now: datetime) -> None:
    row = access_pickup(by, pickup_id, is_locked=True)
    row.attempts, row.last_error = row.attempts + 1, str(error)[:200]
    row.next_look_at = look_again_at(PickupState(row.state), row.created_at, now)
    row.save(update_fields=["attempts", "last_error", "next_look_at"])


@transaction.atomic
def cancel_pickup(by: Actor, pickup_id: PickupId | UUID, *, now: datetime) -> None:
    """Call a pickup off before the courier has the parcel; called off before is harmless."""
    by.require(MANAGE)
    row = access_pickup(by, pickup_id, is_locked=True)
    if row.state == PickupState.CANCELLED:
        return
    _move(row, PickupAction.CANCEL, now)
    publish(PickupCancelled(**_about(row), occurred_at=now), by=by)


@transaction.atomic
def take_carrier_event(by: Actor, event: CarrierEvent, *, raw: str = "", now: datetime) -> bool:
    """Note one thing the carrier said, once, and let it move the pickup if it does.

    Events may come late, twice and in any order: the state follows from all of them together.
    Return whether it was news. Raise UnknownParcelNews.
    """
    by.require(MANAGE)
    row = (
        Pickup.objects.select_for_update()
        .filter(merchant_id=by.merchant_id, tracking_no=event.tracking_no)
        .exclude(tracking_no="")
        .order_by("-created_at")
        .first()
    )
    if row is None:
        raise UnknownParcelNews(tracking_no=event.tracking_no)
    _, is_news = PickupEvent.objects.get_or_create(
        merchant_id=by.merchant_id,
        pickup=row,
        event_id=event.event_id[:80],
        defaults={
            "at": event.at,
            "code": event.code[:30],
            "text": event.text[:300],
            "place": event.place[:100],
            "raw": raw,
        },
    )
    if is_news:
        _follow(by, row, now)
    return is_news


def _follow(by: Actor, row: Pickup, now: datetime) -> None:
    codes = row.events.values_list("code", flat=True)
    action = move_for(PickupState(row.state), codes)
    if action is None or _is_replaced(row):
        return
    _move(row, action, now, **({"last_error": "failed"} if action is PickupAction.FAIL else {}))
    about = {**_about(row), "occurred_at": now}
    fact: PickupFact = PickupFailed(**about, because="courier_failed")
    if action is PickupAction.COLLECT:
        fact = ParcelCollected(**about, tracking_no=row.tracking_no)
    elif action is PickupAction.DELIVER:
        fact = ParcelDelivered(**about, tracking_no=row.tracking_no)
    publish(fact, by=by)


def _is_replaced(row: Pickup) -> bool:
    """Return whether the pickup failed and another one was ordered since."""
    others = Pickup.objects.filter(
        merchant_id=row.merchant_id, source_kind=row.source_kind, source_id=row.source_id
    )
    return (
        row.state == PickupState.FAILED
        and others.exclude(pk=row.pk).exclude(state__in=_ENDED).exists()
    )


def take_carrier_events(by: Actor, events: Sequence[CarrierEvent], *, now: datetime) -> int:
    """Note everything the carrier said; return how much of it was news. Each in its transaction."""
    return sum(take_carrier_event(by, event, now=now) for event in events)


def look_after(by: Actor, pickup_id: PickupId, carrier: Carrier, *, now: datetime) -> None:
    """Ask the carrier about one pickup that is due: book it, or hear where it is."""
    row = access_pickup(by, pickup_id)
    if row.next_look_at is None or row.next_look_at > now:
        return
    try:
        if row.state == PickupState.REQUESTED:
            book_pickup(by, pickup_id, carrier, now=now)
        elif row.tracking_no:
            take_carrier_events(by, carrier.track(row.tracking_no), now=now)
    except CarrierDown:
        logger.info("the carrier does not answer about pickup %s; asked again later", pickup_id)
    finally:
        _look_later(by, pickup_id, now)


@transaction.atomic
def _look_later(by: Actor, pickup_id: PickupId, now: datetime) -> None:
    row = access_pickup(by, pickup_id, is_locked=True)
    row.next_look_at = look_again_at(PickupState(row.state), row.created_at, now)
    row.save(update_fields=["next_look_at"])


def _move(row: Pickup, action: PickupAction, now: datetime, **changes: Any) -> None:
    state = PICKUP.after(PickupState(row.state), action)
    changes |= {"state": state, "next_look_at": look_again_at(state, row.created_at, now)}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def _about(row: Pickup) -> dict[str, Any]:
    return {"pickup_id": row.pk, "source_kind": row.source_kind, "source_id": row.source_id}
