"""Reads of pickups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID

import segno
from django.db import connection
from django.db.models import Prefetch, Q

from anxin.domains.deliveries.access import access_pickup, visible_pickups
from anxin.domains.deliveries.data import (
    PickupData,
    PickupId,
    PickupPage,
    Place,
    Slot,
    TraceData,
)
from anxin.domains.deliveries.models import Pickup, PickupEvent
from anxin.domains.deliveries.ports import Carrier
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Invalid

_LEAD = timedelta(minutes=30)


def list_slots(carrier: Carrier, origin: Place, *, now: datetime, days: int = 3) -> list[Slot]:
    """Return when a courier can come in the next days, soonest first. Raise CarrierDown.

    Asks the carrier: call it outside transactions.
    """
    found = [
        slot
        for ahead in range(days)
        for slot in carrier.slots(origin, (now + timedelta(ahead)).date())
    ]
    return sorted((s for s in set(found) if s.start >= now + _LEAD), key=lambda slot: slot.start)


def get_pickup(by: Actor, pickup_id: PickupId | UUID) -> PickupData:
    """Return one pickup with what the carrier said. Raise NotFound."""
    return pickup_data(access_pickup(by, pickup_id))


def get_pickup_of(by: Actor, source_kind: str, source_id: UUID) -> PickupData | None:
    """Return the newest pickup of what gave rise to it."""
    rows = visible_pickups(by).filter(source_kind=source_kind, source_id=source_id)
    row = rows.order_by("-created_at", "-pk").first()
    return None if row is None else pickup_data(row)


def list_pickups(
    by: Actor,
    *,
    states: Iterable[str] | None = None,
    text: str = "",
    cursor: str = "",
    limit: int = 50,
) -> PickupPage:
    """Return pickups, newest first. ``text`` finds tracking and pickup numbers."""
    rows = visible_pickups(by)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    if text:
        word = text.strip().upper()
        rows = rows.filter(Q(tracking_no=word) | Q(pickup_no=word))
    if cursor:
        at, pk = _place(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    found = list(
        rows.order_by("-created_at", "-pk").prefetch_related(
            Prefetch("events", PickupEvent.objects.order_by("at", "pk"))
        )[: limit + 1]
    )
    last = found[limit - 1] if len(found) > limit else None
    return PickupPage(
        tuple(pickup_data(row) for row in found[:limit]),
        f"{last.created_at.isoformat()}_{last.pk}" if last else "",
    )


def label_svg(text: str) -> str:
    """Return a QR code of a label's text as SVG, for printing and for the phone's screen."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True, title=text
    )
    return out.getvalue().decode()


def due_pickups(now: datetime, limit: int = 100) -> list[tuple[MerchantId, PickupId]]:
    """Return pickups of all merchants about which the carrier is to be asked."""
    with connection.cursor() as cursor:
        cursor.execute("select * from deliveries_due_pickups(%s, %s)", [now, limit])
        return [(MerchantId(merchant), PickupId(pk)) for merchant, pk in cursor.fetchall()]


def pickup_data(row: Pickup) -> PickupData:
    """Return a row with its events, oldest first."""
    slot = Slot(row.slot_start, row.slot_end) if row.slot_start and row.slot_end else None
    events = sorted(row.events.all(), key=lambda event: (event.at, event.pk))
    return PickupData(
        id=PickupId(row.pk),
        pickup_no=row.pickup_no,
        source_kind=row.source_kind,
        source_id=row.source_id,
        carrier=row.carrier,
        state=row.state,
        slot=slot,
        origin=origin_of(row),
        tracking_no=row.tracking_no,
        label_text=row.label_text,
        last_error=row.last_error,
        created_at=row.created_at,
        events=tuple(TraceData(e.at, e.code, e.text, e.place) for e in events),
    )


def origin_of(row: Pickup) -> Place:
    """Return where the parcel is fetched."""
    return Place(row.origin_contact, row.origin_phone, row.origin_address)


def destination_of(row: Pickup) -> Place:
    """Return where the parcel goes."""
    return Place(row.destination_contact, row.destination_phone, row.destination_address)


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, pk = cursor.rsplit("_", 1)
        return datetime.fromisoformat(at).astimezone(UTC), UUID(pk)
    except ValueError as error:
        raise Invalid("not a cursor of this list", field="cursor") from error
