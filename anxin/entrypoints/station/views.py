"""The warehouse station: scan → see → decide → next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import DisinfectionMethod, Disposition
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.station import forms
from anxin.entrypoints.station.page import build_desk, build_request
from anxin.entrypoints.station.refusals import words_of
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, DomainError, Invalid

_METHODS = tuple(DisinfectionMethod)
_DISPOSITIONS = tuple(Disposition)
_GRADES = ("A", "B", "C", "D")


@room(Permission.STATION_USE)
@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """Show the scan field and what lies on the table."""
    return render(request, "station/desk.html", {"page": build_desk(request.actor)})


@room(Permission.STATION_USE)
@require_POST
def scan(request: StaffRequest) -> HttpResponse:
    """Take a scanned or typed number: receive the parcel, or show what is known of it."""
    number = request.POST.get("number", "").strip()
    try:
        request_id = aftersales.receive_parcel(request.actor, number, now=utcnow())
    except aftersales.AlreadyReceived as before:
        return _received_before(request, before)
    except aftersales.UnknownTracking:
        known = aftersales.request_of_tracking(request.actor, number)
        if known is not None:
            return redirect("station:request", known.id)
        return render(request, "station/unknown.html", {"number": number}, status=404)
    except DomainError as error:
        known = aftersales.request_of_tracking(request.actor, number)
        if known is None:
            return _desk_again(request, number, error)
        messages.error(request, words_of(error))
        return redirect("station:request", known.id)
    messages.success(request, gettext("已签收，请验货。"))
    return redirect("station:request", request_id)


def _received_before(request: StaffRequest, before: aftersales.AlreadyReceived) -> HttpResponse:
    at = _moment(before.fields.get("received_at"))
    messages.warning(
        request,
        gettext("这个包裹已经签收过：%(who)s，%(when)s。")
        % {"who": before.fields.get("received_by", ""), "when": at},
    )
    return redirect("station:request", before.fields["request_id"])


def _moment(text: str | None) -> str:
    at: datetime | None = parse_datetime(text) if text else None
    return date_format(localtime(at), "m-d H:i") if at else ""


def _desk_again(request: StaffRequest, number: str, error: DomainError) -> HttpResponse:
    context = {"page": build_desk(request.actor), "number": number, "refusal": words_of(error)}
    return render(request, "station/desk.html", context, status=422)


@room(Permission.STATION_USE)
@require_POST
def keep_unknown(request: StaffRequest) -> HttpResponse:
    """Put a parcel nobody expects on the list of unknown ones."""
    number = request.POST.get("number", "")
    try:
        photos = [UUID(text) for text in request.POST.getlist("photos") if text]
        aftersales.record_unknown_parcel(
            request.actor, number, note=request.POST.get("note", ""), file_ids=photos, now=utcnow()
        )
    except (DomainError, ValueError) as error:
        refusal = words_of(error) if isinstance(error, DomainError) else gettext("照片有误。")
        context = {"number": number, "refusal": refusal, "note": request.POST.get("note", "")}
        return render(request, "station/unknown.html", context, status=422)
    messages.success(request, gettext("已登记为无主包裹，主管会尽快匹配。"))
    return redirect("station:desk")


@room(Permission.STATION_USE)
@require_GET
def show_request(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Show one request with the form for what is to be done next."""
    return _page(request, request_id)


def _page(
    request: StaffRequest, request_id: UUID, refusal: str = "", status: int = 200
) -> HttpResponse:
    page = build_request(request.actor, request_id)
    context = {
        "page": page,
        "entries": forms.entries_of(page.request.lines, request.POST),
        "methods": _METHODS,
        "dispositions": _DISPOSITIONS,
        "grades": _GRADES,
        "posted": request.POST,
        "refusal": refusal,
    }
    return render(request, "station/request.html", context, status=status)


def _recorded(
    request: StaffRequest, request_id: UUID, record: Callable[[], None], done: str
) -> HttpResponse:
    """Record something once; a refusal is shown with what was typed, a repeat with the present."""
    try:
        record()
    except Invalid as error:
        return _page(request, request_id, words_of(error), 422)
    except Conflict as error:
        messages.warning(request, words_of(error))
        return redirect("station:request", request_id)
    messages.success(request, done)
    return redirect("station:request", request_id)


@room(Permission.STATION_USE)
@require_POST
def inspect(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Record what was found."""
    lines = aftersales.get_request(request.actor, request_id).lines

    def record() -> None:
        found = forms.read_findings(request.POST, lines)
        aftersales.record_inspection(request.actor, request_id, found, now=utcnow())

    return _recorded(request, request_id, record, gettext("验货结果已记录。"))


@room(Permission.STATION_USE)
@require_POST
def disinfect(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Record the disinfection."""

    def record() -> None:
        aftersales.record_disinfection(
            request.actor,
            request_id,
            method=request.POST.get("method", ""),
            agent=request.POST.get("agent", ""),
            dwell_minutes=forms.read_minutes(request.POST),
            now=utcnow(),
        )

    return _recorded(request, request_id, record, gettext("消毒记录已保存。"))


@room(Permission.STATION_USE)
@require_POST
def dispose(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Record where the goods go."""
    lines = aftersales.get_request(request.actor, request_id).lines

    def record() -> None:
        disposed = forms.read_disposed(request.POST, lines)
        aftersales.record_disposition(request.actor, request_id, disposed, now=utcnow())

    return _recorded(request, request_id, record, gettext("处置完成，可以扫下一件。"))
