"""Goods on their way back: a courier fetches them, and after-sales hears where they are."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import ParcelNews, RequestId
from anxin.domains.aftersales.events import RequestEvent, RequestExpired, RequestWithdrawn
from anxin.domains.commerce.public import receiver_in_full
from anxin.domains.deliveries import public as deliveries
from anxin.domains.deliveries.data import PickupData, PickupId, Place, Slot
from anxin.domains.deliveries.events import (
    ParcelCollected,
    ParcelDelivered,
    PickupBooked,
    PickupFact,
    PickupFailed,
)
from anxin.domains.deliveries.ports import Carrier
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import get_store
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, NotFound
from anxin.kernel.events import listen
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.live import announce
from anxin.kernel.plugs import plugged

SOURCE = "request"


class ParcelUnderWay(Conflict):
    """The goods are under way in a parcel already."""

    code = "parcel_under_way"


def slots_for(by: Actor, request_id: RequestId | UUID, *, now: datetime) -> list[Slot]:
    """Return when a courier can fetch the goods of a request. Asks the carrier."""
    origin, _ = _places(by, request_id)
    return deliveries.list_slots(cast(Carrier, plugged("carrier")), origin, now=now)


def order_pickup(by: Actor, request_id: RequestId | UUID, slot: Slot, *, now: datetime) -> PickupId:
    """Have a courier fetch the goods of a request, from where the order was delivered.

    For the buyer himself, or staff who may open requests. Raise MoveRefused unless the request
    is authorized, ParcelUnderWay, SlotRefused or PickupOrderedAlready.
    """
    if not by.is_buyer:
        by.require(Permission.REQUESTS_OPEN)
    request = aftersales.get_request(by, request_id)
    if request.state != aftersales.State.AUTHORIZED:
        raise MoveRefused(state=request.state, action="order_pickup")
    if any(parcel.how == "own" for parcel in request.parcels):
        raise ParcelUnderWay(number=request.number)
    origin, destination = _places(by, request_id)
    system = Actor.system(by.merchant_id)
    return deliveries.request_pickup(
        system, SOURCE, UUID(str(request_id)), slot, origin, destination, now=now
    )


def pickup_of(by: Actor, request_id: RequestId | UUID) -> PickupData | None:
    """Return the newest pickup of a request that ``by`` may see."""
    aftersales.get_request(by, request_id)
    return deliveries.get_pickup_of(Actor.system(by.merchant_id), SOURCE, UUID(str(request_id)))


def _places(by: Actor, request_id: RequestId | UUID) -> tuple[Place, Place]:
    """Return where goods are fetched and where they go. Known already, so nobody is asked."""
    request = aftersales.get_request(by, request_id)
    receiver = receiver_in_full(by.merchant_id, request.order_id)
    store = get_store(by.merchant_id, request.store_id)
    return (
        Place(receiver.name, receiver.phone, receiver.address),
        Place(store.return_contact, store.return_phone, store.return_address),
    )


@listen(PickupBooked)
def expect_parcel(event: PickupBooked, merchant: MerchantId) -> None:
    """Let the warehouse know which parcel to expect."""
    _expect(event, event.tracking_no, merchant)


@listen(ParcelCollected)
def note_departure(event: ParcelCollected, merchant: MerchantId) -> None:
    """Note that the goods left."""
    _hear(event, event.tracking_no, ParcelNews.COLLECTED, merchant)


@listen(ParcelDelivered)
def note_arrival(event: ParcelDelivered, merchant: MerchantId) -> None:
    """Note that the goods are at the warehouse's door."""
    _hear(event, event.tracking_no, ParcelNews.DELIVERED, merchant)


@listen(PickupFailed)
def note_failure(event: PickupFailed, merchant: MerchantId) -> None:
    """Free the buyer to order another courier or to send the goods himself."""
    if event.source_kind != SOURCE:
        return
    system = Actor.system(merchant)
    pickup = deliveries.get_pickup(system, event.pickup_id)
    if pickup.tracking_no:
        _hear(event, pickup.tracking_no, ParcelNews.FAILED, merchant)
    announce(merchant, f"request:{event.source_id}")


@listen(RequestWithdrawn)
def call_courier_off(event: RequestWithdrawn, merchant: MerchantId) -> None:
    """Call off the courier of a request that was taken back."""
    _call_off(event, merchant)


@listen(RequestExpired)
def call_late_courier_off(event: RequestExpired, merchant: MerchantId) -> None:
    """Call off the courier of a request whose time is over."""
    _call_off(event, merchant)


def _expect(event: PickupFact, tracking_no: str, merchant: MerchantId) -> None:
    if event.source_kind != SOURCE:
        return
    system = Actor.system(merchant)
    carrier = deliveries.get_pickup(system, event.pickup_id).carrier
    aftersales.register_pickup_parcel(system, event.source_id, tracking_no, carrier, now=utcnow())


def _hear(event: PickupFact, tracking_no: str, news: ParcelNews, merchant: MerchantId) -> None:
    if event.source_kind != SOURCE:
        return
    # Listeners of different facts do not wait for each other: the parcel may be new here.
    _expect(event, tracking_no, merchant)
    aftersales.parcel_moved(Actor.system(merchant), tracking_no, news, now=utcnow())


def _call_off(event: RequestEvent, merchant: MerchantId) -> None:
    system = Actor.system(merchant)
    pickup = deliveries.get_pickup_of(system, SOURCE, event.request_id)
    if pickup is None:
        return
    try:
        deliveries.cancel_pickup(system, pickup.id, now=utcnow())
    except (MoveRefused, NotFound):
        return  # the courier has the parcel, or never came: nothing to call off
