"""Refund pages: list, one refund, and the buttons approve, refuse, retry."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.finance.data import RefundId
from anxin.domains.finance.public import approve_refund, refuse_refund, retry_refund
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.console.refunds.pages import (
    STATES,
    build_refund_list,
    build_refund_page,
)
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, NotAllowed


@require_safe
@room(Permission.REFUNDS_READ)
def refunds(request: StaffRequest) -> HttpResponse:
    """Show the list; with a cursor only the next rows."""
    state = request.GET.get("state", "")
    page = build_refund_list(
        request.actor,
        state=state if state in STATES else "",
        flagged=request.GET.get("flagged") == "1",
        cursor=request.GET.get("cursor", ""),
    )
    if "HX-Request" in request.headers and request.GET.get("cursor"):
        rows = {
            "rows": page.rows,
            "row_template": "console/refunds/row.html",
            "next_url": page.next_url,
            "span": len(page.columns),
        }
        return render(request, "ui/components/rows.html", rows)
    return render(request, "console/refunds/list.html", {"page": page})


@require_safe
@room(Permission.REFUNDS_READ)
def refund(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Show one refund."""
    page = build_refund_page(request.actor, RefundId(refund_id))
    return render(request, "console/refunds/page.html", {"page": page})


@require_POST
@room(Permission.REFUNDS_APPROVE)
def approve(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Approve a held refund."""
    return _do(
        request,
        refund_id,
        lambda: approve_refund(request.actor, RefundId(refund_id), now=utcnow()),
        _("已批准，正在退款。"),
    )


@require_POST
@room(Permission.REFUNDS_APPROVE)
def refuse(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Refuse a held refund."""
    because = request.POST.get("because", "").replace("\0", "").strip()
    return _do(
        request,
        refund_id,
        lambda: refuse_refund(request.actor, RefundId(refund_id), because=because, now=utcnow()),
        _("已拒绝，预留的金额重新可用。"),
    )


@require_POST
@room(Permission.REFUNDS_OPERATE)
def retry(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Send the failed parts again."""
    return _do(
        request,
        refund_id,
        lambda: retry_refund(request.actor, RefundId(refund_id), now=utcnow()),
        _("已重新发送。"),
    )


def _do(request: StaffRequest, refund_id: UUID, act: Callable[[], None], done: str) -> HttpResponse:
    """Act, say what came of it, and show the refund as it is now."""
    try:
        act()
    except Conflict as refusal:
        messages.error(request, _REFUSALS.get(refusal.code, _changed)())
    except NotAllowed as refusal:
        messages.error(request, _REFUSALS.get(refusal.code, _above_limit)())
    else:
        messages.success(request, done)
    return redirect("console:refund", refund_id=refund_id)


def _changed() -> str:
    return _("没有执行：这笔退款的状态刚刚变了，下面是现在的情况。")


def _above_captured() -> str:
    return _("没有执行：这些钱在此期间已经用于别的退款，可退余额不够了。")


def _own_request() -> str:
    return _("没有执行：这笔退款的售后申请您经手过，需要另一个人批准。")


def _above_limit() -> str:
    return _("没有执行：金额超过了您的审批额度。")


_REFUSALS = {
    "above_captured": _above_captured,
    "own_request": _own_request,
    "above_limit": _above_limit,
}
