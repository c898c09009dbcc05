"""Parcels at the warehouse: found by tracking number, received once, unknown ones kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Path, Router, Schema, Status

from anxin.domains.aftersales import public as aftersales
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.request_shapes import Files, RequestOut, request_out
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound

router = Router()
_READ, _STATION = scope(Permission.REQUESTS_READ), scope(Permission.STATION_USE)

TrackingNo = Annotated[str, Path(max_length=60)]


class UnknownParcelIn(Schema):
    """A parcel that no request expects."""

    tracking_no: Annotated[str, Field(max_length=60)]
    note: Annotated[str, Field(max_length=500)] = ""
    file_ids: Files = []


class UnknownParcelOut(Schema):
    """A parcel that no request expects."""

    id: UUID
    tracking_no: str
    note: str
    at: datetime


class MatchIn(Schema):
    """Which request an unknown parcel belongs to."""

    request_id: UUID


@router.get("/parcels/unknown", response=list[UnknownParcelOut], auth=_STATION)
def list_unknown_parcels(request: ApiRequest) -> list[UnknownParcelOut]:
    """Return the parcels that still belong to no request, newest first."""
    return [
        UnknownParcelOut.from_orm(row) for row in aftersales.list_unknown_parcels(request.actor)
    ]


@router.post("/parcels/unknown", response={201: dict[str, UUID]}, auth=_STATION)
def record_unknown_parcel(request: ApiRequest, body: UnknownParcelIn) -> Any:
    """Put a parcel that no request expects on the list."""
    unknown_id = aftersales.record_unknown_parcel(
        request.actor, body.tracking_no, note=body.note, file_ids=body.file_ids, now=utcnow()
    )
    return Status(201, {"id": unknown_id})


@router.post("/parcels/unknown/{unknown_id}/match", response=RequestOut, auth=_STATION)
def match_unknown_parcel(request: ApiRequest, unknown_id: UUID, body: MatchIn) -> RequestOut:
    """Say which request a parcel belongs to; it is received with that."""
    aftersales.match_unknown_parcel(request.actor, unknown_id, body.request_id, now=utcnow())
    return request_out(aftersales.get_request(request.actor, body.request_id))


@router.get("/parcels/{tracking_no}", response=RequestOut, auth=_READ)
def find_parcel(request: ApiRequest, tracking_no: TrackingNo) -> RequestOut:
    """Return the request a parcel belongs to."""
    found = aftersales.request_of_tracking(request.actor, tracking_no)
    if found is None:
        raise NotFound(tracking_no=tracking_no)
    return request_out(found)


@router.post("/parcels/{tracking_no}/receipt", response=RequestOut, auth=_STATION)
def receive_parcel(request: ApiRequest, tracking_no: TrackingNo) -> RequestOut:
    """Take a parcel in, once; the second time is refused saying who did it and when."""
    request_id = aftersales.receive_parcel(request.actor, tracking_no, now=utcnow())
    return request_out(aftersales.get_request(request.actor, request_id))
