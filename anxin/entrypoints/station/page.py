"""What the station's pages show, gathered before anything is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import (
    RESTOCKING,
    Disposition,
    RequestData,
    RequestLineData,
    RequestSummary,
    UnknownParcelData,
)
from anxin.domains.aftersales.public import State
from anxin.domains.commerce import public as commerce
from anxin.domains.commerce.data import OrderData
from anxin.entrypoints.ui.files import photos_of
from anxin.entrypoints.ui.shapes import Photo
from anxin.kernel.actors import Actor

_WORK_LIMIT = 30


class Task(StrEnum):
    """What the clerk does next with the goods of a request."""

    WAIT = "wait"
    INSPECT = "inspect"
    DISINFECT = "disinfect"
    DISPOSE = "dispose"
    ANSWER = "answer"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The first page: the scan field, and what lies on the table."""

    to_inspect: Sequence[RequestSummary]
    to_finish: Sequence[RequestSummary]
    unknown: Sequence[UnknownParcelData]


@dataclass(frozen=True, slots=True)
class StationLine:
    """A line of a request at the station: the goods, what was found, what may become of them."""

    data: RequestLineData
    photos: Sequence[Photo]
    proposals: Sequence[tuple[Disposition, int]]


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request at the station."""

    request: RequestData
    order: OrderData
    task: Task
    lines: Sequence[StationLine]
    evidence: Sequence[Photo]
    needs_disinfection: bool


def build_desk(by: Actor) -> DeskPage:
    """Gather what is waiting, the longest-waiting first."""
    received = aftersales.list_requests(by, states=[State.RECEIVED], limit=_WORK_LIMIT)
    return DeskPage(
        tuple(reversed(received.items)),
        aftersales.list_undisposed(by, limit=_WORK_LIMIT),
        aftersales.list_unknown_parcels(by),
    )


def build_request(by: Actor, request_id: UUID) -> RequestPage:
    """Gather one request with its goods. Raise NotFound."""
    request = aftersales.get_request(by, request_id)
    order = commerce.get_order(by, request.order_id)
    lines = tuple(_line(line, request.reason) for line in request.lines)
    return RequestPage(
        request,
        order,
        task_of(request),
        lines,
        photos_of(request.file_ids, request.number),
        any(disposition in RESTOCKING for line in lines for disposition, _ in line.proposals),
    )


def task_of(request: RequestData) -> Task:
    """Return what is to be done next, from what has been recorded."""
    if request.state == State.RECEIVED:
        return Task.INSPECT
    if request.inspected_at is None:
        return Task.WAIT
    if request.disposed_at is not None:
        return Task.DONE
    if request.disinfection is None:
        return Task.DISINFECT
    return Task.ANSWER if request.state == State.NEGOTIATING else Task.DISPOSE


def _line(line: RequestLineData, reason: str) -> StationLine:
    photos = photos_of(line.finding.file_ids, line.name) if line.finding else []
    return StationLine(line, photos, proposals_of(line, reason))


def proposals_of(line: RequestLineData, reason: str) -> tuple[tuple[Disposition, int], ...]:
    """Return where the units of a line would usually go; the clerk may choose otherwise."""
    if line.finding is None:
        return ()
    faulty = reason in {"quality_defect", "damaged_in_transit"}
    best = Disposition.RETURN_TO_SUPPLIER if faulty else Disposition.RESTOCK
    if not faulty and line.finding.grade in {"B", "C"}:
        best = Disposition.RESTOCK_LABELLED
    good = ((best, line.finding.accepted),) if line.finding.accepted else ()
    bad = ((Disposition.SEND_BACK, line.finding.rejected),) if line.finding.rejected else ()
    return (*good, *bad)
