"""Pages of the console's front, of events, of the audit trail and of dead letters."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.console.trail.doors import build_home
from anxin.entrypoints.console.trail.pages import (
    ListPage,
    build_audit,
    build_dead_letters,
    build_events,
)
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.audit import record
from anxin.kernel.clock import utcnow
from anxin.kernel.dead_letters import resend as send_again


@require_safe
@room()
def home(request: StaffRequest) -> HttpResponse:
    """Show the parts of the console this person may enter."""
    return render(request, "console/trail/home.html", {"groups": build_home(request.actor)})


@require_safe
@room(Permission.EVENTS_READ)
def events(request: StaffRequest) -> HttpResponse:
    """Show what happened, newest first."""
    page = build_events(
        request.actor,
        name=_asked(request, "name"),
        subject=_asked(request, "subject"),
        cursor=_asked(request, "cursor"),
    )
    return _list(request, page, "event")


@require_safe
@room(Permission.AUDIT_READ)
def audit(request: StaffRequest) -> HttpResponse:
    """Show who changed what and who looked at whose data."""
    page = build_audit(
        request.actor, subject=_asked(request, "subject"), cursor=_asked(request, "cursor")
    )
    return _list(request, page, "audit")


@require_safe
@room(Permission.EVENTS_READ)
def dead_letters(request: StaffRequest) -> HttpResponse:
    """Show deliveries that failed for good."""
    page = build_dead_letters(request.actor, cursor=_asked(request, "cursor"))
    return _list(request, page, "letter")


@require_POST
@room(Permission.STAFF_MANAGE)
def resend(request: StaffRequest, letter_id: int) -> HttpResponse:
    """Queue a failed delivery anew."""
    row = send_again(request.actor.merchant_id, letter_id)
    record(
        request.actor, "dead_letter.resent", row.subject_kind, row.subject_id,
        now=utcnow(), event=row.name,
    )  # fmt: skip
    messages.success(request, _("已重新发送，几秒后刷新即可看到结果。"))
    return redirect("console:dead-letters")


def _list(request: StaffRequest, page: ListPage, kind: str) -> HttpResponse:
    template = f"console/trail/{kind}_row.html"
    context = {"page": page, "row_template": template}
    if "HX-Request" in request.headers and request.GET.get("cursor"):
        rows = {"rows": page.rows, "next_url": page.next_url, "span": len(page.columns)}
        return render(request, "ui/components/rows.html", {**context, **rows})
    return render(request, f"console/trail/{kind}s.html", context)


def _asked(request: StaffRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:200]
