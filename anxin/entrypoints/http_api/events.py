"""The merchant's facts as a stream that a program reads on from where it was."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.paging import Cursor, Limit, decode_cursor, encode_cursor
from anxin.kernel.models import RecordedEvent
from anxin.kernel.streams import place_of, read_merchant_stream

router = Router()

_BEGINNING = (0, UUID(int=0))


class ByOut(Schema):
    """Who did it."""

    kind: str
    id: str


class EventOut(Schema):
    """One fact. ``cursor`` is its place: reading on from it gives what came after."""

    cursor: str
    id: UUID
    name: str
    subject_kind: str
    subject_id: str
    payload: dict[str, Any]
    by: ByOut
    occurred_at: datetime
    recorded_at: datetime


class EventPage(Schema):
    """A stretch of the stream.

    ``next_cursor`` is null once nothing came: wait, and go on from ``resume_cursor``, which is
    always there and lies behind everything looked at.
    """

    items: list[EventOut]
    next_cursor: str | None
    resume_cursor: str


@router.get("/events", response=EventPage, auth=scope(Permission.EVENTS_READ))
def list_events(
    request: ApiRequest,
    cursor: Cursor = "",
    limit: Limit = 50,
    names: Annotated[
        str, Query(description="Only these, with commas: `finance.RefundSucceeded,…`")
    ] = "",
) -> EventPage:
    """Read the facts behind a cursor, oldest first; nothing comes to lie before a cursor later."""
    after = decode_cursor(cursor, int, UUID) or _BEGINNING
    chosen = [name for name in names.split(",") if name]
    rows, following = read_merchant_stream(
        request.actor.merchant_id, (max(0, after[0]), after[1]), limit, chosen
    )
    resume = encode_cursor(*following)
    return EventPage(
        items=[_out(row) for row in rows],
        next_cursor=resume if rows else None,
        resume_cursor=resume,
    )


def _out(row: RecordedEvent) -> EventOut:
    return EventOut(
        cursor=encode_cursor(*place_of(row)),
        id=row.pk,
        name=row.name,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        payload=row.payload,
        by=ByOut(kind=row.by_kind, id=row.by_id),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )
