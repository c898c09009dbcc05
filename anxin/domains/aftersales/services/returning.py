"""The way back: a parcel of the buyer's own or one we fetch, until it is at the warehouse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.domains.aftersales.access import access_request
from anxin.domains.aftersales.data import ParcelNews, ParcelState, RequestId
from anxin.domains.aftersales.events import ParcelDispatched, ParcelReceived
from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.models import AfterSalesRequest, ReturnParcel, UnknownParcel
from anxin.domains.aftersales.queries import check_files
from anxin.domains.aftersales.services.moving import about, move, tell
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid, NotFound
from anxin.kernel.outbox import publish

_TRACKING = re.compile(r"[0-9A-Z][0-9A-Z-]{5,39}")


class TrackingNumberRefused(Invalid):
    """This does not look like a tracking number: 6 to 40 letters, digits and dashes."""

    code = "tracking_number_refused"


class TrackingNumberTaken(Conflict):
    """Another request's parcel has this tracking number."""

    code = "tracking_number_taken"


class PickupUnderWay(Conflict):
    """A courier is coming for this parcel already."""

    code = "pickup_under_way"


class UnknownTracking(NotFound):
    """No request expects a parcel with this tracking number."""

    code = "unknown_tracking"


class AlreadyReceived(Conflict):
    """This parcel was received before."""

    code = "already_received"


def tracking_of(text: str) -> str:
    """Return a tracking number as we store it. Raise TrackingNumberRefused."""
    number = re.sub(r"\s", "", text).upper()
    if not _TRACKING.fullmatch(number):
        raise TrackingNumberRefused(field="tracking_no")
    return number


@transaction.atomic
def choose_own_parcel(
    by: Actor, request_id: RequestId | UUID, tracking_no: str, carrier: str = "", *, now: datetime
) -> None:
    """Note the parcel in which the buyer sends the goods himself, or correct its number."""
    row = access_request(by, request_id, permission=Permission.REQUESTS_OPEN, is_for_buyer=True)
    number, carrier = tracking_of(tracking_no), carrier.strip()[:40]
    parcel = _live_parcel(row)
    if parcel is not None and parcel.tracking_no == number:
        return
    if parcel is not None and parcel.how == "pickup":
        raise PickupUnderWay(tracking_no=parcel.tracking_no)
    _check_free(row, number)
    if parcel is not None and row.state == State.IN_TRANSIT:
        parcel.tracking_no, parcel.carrier = number, carrier
        parcel.save(update_fields=["tracking_no", "carrier"])
        tell(row)
        return
    move(row, Action.DISPATCH, now=now)
    _create(row, number, carrier, "own", ParcelState.IN_TRANSIT, now)
    publish(ParcelDispatched(**about(row), tracking_no=number, occurred_at=now), by=by)


@transaction.atomic
def register_pickup_parcel(
    by: Actor, request_id: RequestId | UUID, tracking_no: str, carrier: str = "", *, now: datetime
) -> None:
    """Note the parcel a courier will fetch. The same number again is harmless.

    It is noted even when the request has ended meanwhile, so that the warehouse knows it.
    """
    row = access_request(by, request_id, permission=Permission.DELIVERIES_MANAGE)
    number = tracking_of(tracking_no)
    if ReturnParcel.objects.filter(request=row, tracking_no=number).exists():
        return
    _check_free(row, number)
    _create(row, number, carrier, "pickup", ParcelState.BOOKED, None)
    tell(row)


_RANK = {
    ParcelState.FAILED: 0,
    ParcelState.BOOKED: 1,
    ParcelState.IN_TRANSIT: 2,
    ParcelState.ARRIVED: 3,
    ParcelState.RECEIVED: 4,
}
_AFTER_NEWS = {
    ParcelNews.COLLECTED: ParcelState.IN_TRANSIT,
    ParcelNews.DELIVERED: ParcelState.ARRIVED,
}


@transaction.atomic
def parcel_moved(by: Actor, tracking_no: str, news: ParcelNews, *, now: datetime) -> None:
    """Note what a carrier said of a parcel. Late, repeated and reordered news are harmless."""
    by.require(Permission.DELIVERIES_MANAGE)
    number = tracking_of(tracking_no)
    found = ReturnParcel.objects.filter(merchant_id=by.merchant_id, tracking_no=number).first()
    if found is None:
        raise UnknownTracking(tracking_no=number)
    row = access_request(by, found.request_id, permission=Permission.DELIVERIES_MANAGE)
    parcel = ReturnParcel.objects.select_for_update().get(pk=found.pk)
    if news is ParcelNews.FAILED:
        if parcel.state == ParcelState.BOOKED:
            parcel.state = ParcelState.FAILED
            parcel.save(update_fields=["state"])
            tell(row)
        return
    state = _AFTER_NEWS[news]
    if _RANK[state] <= _RANK[ParcelState(parcel.state)]:
        return
    parcel.state, parcel.sent_at = state, parcel.sent_at or now
    parcel.save(update_fields=["state", "sent_at"])
    if REQUEST.allows(State(row.state), Action.DISPATCH):
        move(row, Action.DISPATCH, now=now)
        publish(ParcelDispatched(**about(row), tracking_no=number, occurred_at=now), by=by)
    else:
        tell(row)


@transaction.atomic
def receive_parcel(by: Actor, tracking_no: str, *, now: datetime) -> RequestId:
    """Take a parcel in at the warehouse, once; return its request.

    Raise UnknownTracking, AlreadyReceived (who and when), or MoveRefused when the request has
    ended meanwhile.
    """
    by.require(Permission.STATION_USE)
    number = tracking_of(tracking_no)
    found = ReturnParcel.objects.filter(merchant_id=by.merchant_id, tracking_no=number).first()
    if found is None:
        raise UnknownTracking(tracking_no=number)
    row = access_request(by, found.request_id, permission=Permission.STATION_USE)
    parcel = ReturnParcel.objects.select_for_update().get(pk=found.pk)
    if parcel.received_at is not None:
        raise AlreadyReceived(
            request_id=str(row.pk),
            number=row.number,
            received_at=parcel.received_at.isoformat(),
            received_by=parcel.received_by_name,
        )
    _receive(by, row, parcel, now)
    return RequestId(row.pk)


def _receive(by: Actor, row: AfterSalesRequest, parcel: ReturnParcel, now: datetime) -> None:
    move(row, Action.RECEIVE, now=now, received_at=now)
    parcel.state, parcel.received_at = ParcelState.RECEIVED, now
    parcel.received_by_id, parcel.received_by_name = by.id, by.name[:60]
    parcel.sent_at = parcel.sent_at or now
    parcel.save(
        update_fields=["state", "sent_at", "received_at", "received_by_id", "received_by_name"]
    )
    publish(ParcelReceived(**about(row), tracking_no=parcel.tracking_no, occurred_at=now), by=by)


@transaction.atomic
def record_unknown_parcel(
    by: Actor,
    tracking_no: str,
    *,
    note: str = "",
    file_ids: Sequence[UUID] = (),
    now: datetime,
) -> UUID:
    """Put a parcel nobody expects on the list of unknown ones; the same number is kept once."""
    by.require(Permission.STATION_USE)
    number = tracking_of(tracking_no)
    check_files(by, file_ids)
    if ReturnParcel.objects.filter(merchant_id=by.merchant_id, tracking_no=number).exists():
        raise TrackingNumberTaken(tracking_no=number)
    row, _ = UnknownParcel.objects.get_or_create(
        merchant_id=by.merchant_id,
        tracking_no=number,
        defaults={"note": note[:500], "file_ids": list(file_ids), "by_id": by.id, "at": now},
    )
    return UUID(str(row.pk))


@transaction.atomic
def match_unknown_parcel(
    by: Actor, unknown_id: UUID, request_id: RequestId | UUID, *, now: datetime
) -> None:
    """Say which request an unknown parcel belongs to; it is received with that."""
    by.require(Permission.STATION_USE)
    row = access_request(by, request_id, to=Action.RECEIVE, permission=Permission.STATION_USE)
    unknown = (
        UnknownParcel.objects.select_for_update()
        .filter(merchant_id=by.merchant_id, pk=unknown_id)
        .first()
    )
    if unknown is None:
        raise NotFound(unknown_id=str(unknown_id))
    if unknown.request_id is not None:
        raise AlreadyReceived(request_id=str(unknown.request_id))
    _check_free(row, unknown.tracking_no)
    parcel = _create(row, unknown.tracking_no, "", "own", ParcelState.ARRIVED, now)
    unknown.request = row
    unknown.save(update_fields=["request"])
    _receive(by, row, parcel, now)


def _live_parcel(row: AfterSalesRequest) -> ReturnParcel | None:
    """Return the parcel under way. Raise MoveRefused when none may travel."""
    if row.state != State.IN_TRANSIT:
        REQUEST.after(State(row.state), Action.DISPATCH)
    live = row.parcels.select_for_update().exclude(state=ParcelState.FAILED)
    return live.order_by("-pk").first()


def _check_free(row: AfterSalesRequest, number: str) -> None:
    if ReturnParcel.objects.filter(merchant_id=row.merchant_id, tracking_no=number).exists():
        raise TrackingNumberTaken(tracking_no=number)


def _create(
    row: AfterSalesRequest,
    number: str,
    carrier: str,
    how: str,
    state: ParcelState,
    sent_at: datetime | None,
) -> ReturnParcel:
    return ReturnParcel.objects.create(
        merchant_id=row.merchant_id,
        request=row,
        tracking_no=number,
        carrier=carrier,
        how=how,
        state=state,
        sent_at=sent_at,
    )
