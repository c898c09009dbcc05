"""Ledger pages: the journal with totals by account, and the reconciliation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.finance.public import recheck_part
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.console.ledger.pages import build_ledger_page, build_reconciliation
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow
from anxin.kernel.plugs import plugged


@require_safe
@room(Permission.REFUNDS_READ)
def ledger(request: StaffRequest) -> HttpResponse:
    """Show the journal; with a cursor only the next rows."""
    page = build_ledger_page(
        request.actor,
        account=request.GET.get("account", "")[:60],
        cursor=request.GET.get("cursor", ""),
    )
    if "HX-Request" in request.headers and request.GET.get("cursor"):
        rows = {
            "rows": page.rows,
            "row_template": "console/ledger/row.html",
            "next_url": page.next_url,
            "span": len(page.columns),
        }
        return render(request, "ui/components/rows.html", rows)
    return render(request, "console/ledger/journal.html", {"page": page})


@require_safe
@room(Permission.REFUNDS_READ)
def reconciliation(request: StaffRequest) -> HttpResponse:
    """Show where our parts and the provider's book disagree."""
    page = build_reconciliation(request.actor, plugged("refund_provider"))
    return render(request, "console/ledger/reconciliation.html", {"page": page})


@require_POST
@room(Permission.REFUNDS_OPERATE)
def recheck(request: StaffRequest) -> HttpResponse:
    """Have the provider asked once more about one number."""
    recheck_part(request.actor, request.POST.get("number", "")[:120], now=utcnow())
    messages.success(request, _("正在向服务商查询，几秒后刷新即可看到结果。"))
    return redirect("console:reconciliation")
