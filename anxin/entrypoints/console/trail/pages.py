"""What the pages of events, audit and dead letters show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.paging import decode_cursor, encode_cursor
from anxin.entrypoints.ui.shapes import Column, Fact
from anxin.kernel.actors import Actor
from anxin.kernel.audit import list_audit
from anxin.kernel.dead_letters import list_dead_letters
from anxin.kernel.models import RecordedEvent
from anxin.kernel.streams import newest_events, place_of

_PAGE = 50


@dataclass(frozen=True, slots=True)
class EventRow:
    """One fact for people."""

    at: datetime
    name: str
    subject_id: str
    subject_url: str
    by_kind: str
    by_id: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of one of the lists, with the address of the next ones."""

    columns: Sequence[Column]
    rows: Sequence[object]
    next_url: str
    filters: dict[str, str]


def build_events(by: Actor, *, name: str, subject: str, cursor: str) -> ListPage:
    """Return the newest facts, or those before a cursor."""
    by.require(Permission.EVENTS_READ)
    before = decode_cursor(cursor, int, UUID)
    rows = newest_events(before, _PAGE + 1, name=name, subject_id=subject)
    filters = {"name": name, "subject": subject}
    return ListPage(
        [Column(_("时间")), Column(_("事件")), Column(_("对象")), Column(_("操作者")), Column("")],
        [_event(row) for row in rows[:_PAGE]],
        _next("events", filters, rows, lambda row: encode_cursor(*place_of(row))),
        filters,
    )


def build_audit(by: Actor, *, subject: str, cursor: str) -> ListPage:
    """Return the newest entries of the audit trail, or those before a cursor."""
    by.require(Permission.AUDIT_READ)
    before = decode_cursor(cursor, datetime, UUID)
    rows = list_audit(by, before=before, subject_id=subject, limit=_PAGE + 1)
    filters = {"subject": subject}
    return ListPage(
        [Column(_("时间")), Column(_("操作者")), Column(_("动作")), Column(_("对象")), Column("")],
        [(row, [Fact(k, str(v)) for k, v in row.detail.items()]) for row in rows[:_PAGE]],
        _next("audit", filters, rows, lambda row: encode_cursor(row.at, row.id)),
        filters,
    )


def build_dead_letters(by: Actor, *, cursor: str) -> ListPage:
    """Return the deliveries that failed, newest first."""
    by.require(Permission.EVENTS_READ)
    before = decode_cursor(cursor, int)
    rows = list_dead_letters(by.merchant_id, before=before[0] if before else None, limit=_PAGE + 1)
    return ListPage(
        [
            Column(_("失败时间")),
            Column(_("事件")),
            Column(_("对象")),
            Column(_("处理者")),
            Column(_("次数"), is_number=True),
            Column(""),
        ],
        rows[:_PAGE],
        _next("dead-letters", {}, rows, lambda row: encode_cursor(row.id)),
        {},
    )


def _event(row: RecordedEvent) -> EventRow:
    return EventRow(
        at=row.occurred_at,
        name=row.name,
        subject_id=row.subject_id,
        subject_url=f"{reverse('console:events')}?{urlencode({'subject': row.subject_id})}",
        by_kind=row.by_kind,
        by_id=row.by_id,
        facts=[Fact(name, str(value)) for name, value in row.payload.items() if value is not None],
    )


Row = TypeVar("Row")


def _next(
    address: str, filters: dict[str, str], rows: Sequence[Row], place: Callable[[Row], str]
) -> str:
    if len(rows) <= _PAGE:
        return ""
    given = {name: value for name, value in filters.items() if value}
    query = urlencode({**given, "cursor": place(rows[_PAGE - 1])})
    return f"{reverse(f'console:{address}')}?{query}"
