"""Parcels sent to customers, what is in them and what carriers said."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from anxin.domains.commerce.data import NewShipment, NewTracking, ParcelData
from anxin.domains.commerce.public import get_parcel, list_parcels, record_shipments
from anxin.domains.merchants.data import Permission
from anxin.domains.policies.data import SignedBy
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.orders import BulkOut, Number, Text40, Text100, Text300, bulk_out
from anxin.entrypoints.http_api.paging import Cursor, Limit, Page
from anxin.kernel.clock import utcnow

router = Router()
_READ, _WRITE = scope(Permission.ORDERS_READ), scope(Permission.ORDERS_IMPORT)


class ContentOut(Schema):
    """How many of which order line are in the parcel."""

    line_id: UUID
    quantity: int


class ShipmentOut(Schema):
    """A parcel."""

    id: UUID
    order_id: UUID
    order_no: str
    tracking_no: str
    carrier: str
    shipped_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    signed_at: AwareDatetime | None
    signed_by: str
    lines: list[ContentOut]


class ContentIn(Schema):
    """How many of which article are in the parcel."""

    sku: Number
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class EventIn(Schema):
    """Something the carrier said; the same moment and code again is the same thing."""

    at: AwareDatetime
    code: Annotated[str, Field(min_length=1, max_length=30)]
    text: Text300 = ""
    place: Text100 = ""


class ShipmentIn(Schema):
    """A parcel, by order and tracking number. Without lines it holds all that is left."""

    order_no: Number
    tracking_no: Number
    carrier: Text40 = ""
    shipped_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    signed_at: AwareDatetime | None = None
    signed_by: SignedBy | None = None
    lines: Annotated[list[ContentIn], Field(max_length=1_000)] = []
    events: Annotated[list[EventIn], Field(max_length=200)] = []


class ShipmentsIn(Schema):
    """Up to a thousand parcels."""

    shipments: Annotated[list[ShipmentIn], Field(min_length=1, max_length=1_000)]


@router.get("/shipments", response=Page[ShipmentOut], auth=_READ)
def list_all(
    request: ApiRequest,
    order_no: str = "",
    tracking_no: str = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[ShipmentOut]:
    """List parcels, newest first, of one order or with one tracking number if given."""
    page = list_parcels(
        request.actor, order_no=order_no, tracking_no=tracking_no, cursor=cursor, limit=limit
    )
    return Page[ShipmentOut](
        items=[shipment_out(one) for one in page.items], next_cursor=page.next_cursor or None
    )


@router.get("/shipments/{shipment_id}", response=ShipmentOut, auth=_READ)
def get(request: ApiRequest, shipment_id: UUID) -> ShipmentOut:
    """Return one parcel."""
    return shipment_out(get_parcel(request.actor, shipment_id))


@router.post("/shipments", response=BulkOut, auth=_WRITE)
def save_many(request: ApiRequest, body: ShipmentsIn) -> BulkOut:
    """Create or update up to 1,000 parcels; those of unknown orders are rejected one by one."""
    shipments = [
        NewShipment(
            one.order_no,
            one.tracking_no,
            one.carrier,
            one.shipped_at,
            one.delivered_at,
            one.signed_at,
            one.signed_by.value if one.signed_by else "",
            tuple((line.sku, line.quantity) for line in one.lines),
            tuple(NewTracking(e.at, e.code, e.text, e.place) for e in one.events),
        )
        for one in body.shipments
    ]
    return bulk_out(record_shipments(request.actor, shipments, now=utcnow()))


def shipment_out(row: ParcelData) -> ShipmentOut:
    """Return a parcel in the API's shape."""
    parcel = row.parcel
    return ShipmentOut(
        id=parcel.id,
        order_id=row.order_id,
        order_no=row.order_no,
        tracking_no=parcel.tracking_no,
        carrier=parcel.carrier,
        shipped_at=parcel.shipped_at,
        delivered_at=parcel.delivered_at,
        signed_at=parcel.signed_at,
        signed_by=parcel.signed_by,
        lines=[ContentOut(line_id=pk, quantity=count) for pk, count in parcel.lines],
    )
