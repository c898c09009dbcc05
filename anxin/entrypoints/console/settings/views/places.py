"""Stores, and the amount above which a refund needs a second person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anxin.domains.merchants.data import Permission, StoreId
from anxin.domains.merchants.public import (
    add_store,
    change_refund_approval,
    change_store,
    get_merchant,
    get_store,
    widget_origins,
)
from anxin.entrypoints.console.settings.forms import ApprovalForm, NewStoreForm, StoreForm, say
from anxin.entrypoints.console.settings.pages import build_stores
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, Invalid
from anxin.kernel.money import Money

_EDIT = ["GET", "HEAD", "POST"]


@require_safe
@room(Permission.STAFF_MANAGE)
def stores(request: StaffRequest) -> HttpResponse:
    """Show the stores and what holds for all of them."""
    merchant = get_merchant(request.actor)
    limit = Money(merchant.refund_approval_above_minor, merchant.currency)
    context = {"rows": build_stores(request.actor), "merchant": merchant, "limit": limit}
    return render(request, "console/settings/stores.html", context)


@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def new_store(request: StaffRequest) -> HttpResponse:
    """Open a store."""
    merchant = get_merchant(request.actor)
    initial = {"currency": merchant.currency, "region": "CN", "zone": "Asia/Shanghai"}
    form = NewStoreForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            store_id = add_store(
                request.actor, data["slug"], form.terms(), currency=data["currency"], now=utcnow()
            )
        except (Conflict, Invalid) as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("店铺已开通。"))
            return redirect("console:settings-store", store_id=store_id)
    status = 422 if form.errors else 200
    return render(request, "console/settings/store.html", {"form": form}, status=status)


@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def store(request: StaffRequest, store_id: UUID) -> HttpResponse:
    """Change a store."""
    by = request.actor
    found = get_store(by.merchant_id, store_id)
    origins = widget_origins(by.merchant_id, found.id)
    initial = {
        "name": found.name,
        "return_address": found.return_address,
        "return_contact": found.return_contact,
        "return_phone": found.return_phone,
        "region": found.region,
        "zone": found.zone,
        "widget_origins": "\n".join(origins),
    }
    form = StoreForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_store(by, StoreId(store_id), form.terms(), now=utcnow())
        except (Conflict, Invalid) as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("console:settings-store", store_id=store_id)
    loader = reverse("widget:loader", args=[found.slug])
    site = f"{request.scheme}://{request.get_host()}"
    context = {
        "form": form,
        "store": found,
        "portal_url": f"{site}/portal/{found.slug}/",
        "snippet": f'<script src="{site}{loader}" async></script>',
    }
    return render(
        request, "console/settings/store.html", context, status=422 if form.errors else 200
    )


@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def refund_approval(request: StaffRequest) -> HttpResponse:
    """Change the amount above which a refund needs a second person."""
    merchant = get_merchant(request.actor)
    initial = {"refund_approval_above": merchant.refund_approval_above_minor}
    form = ApprovalForm(merchant.currency, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        above = form.cleaned_data["refund_approval_above"]
        change_refund_approval(request.actor, above, now=utcnow())
        messages.success(request, _("已保存，从下一笔退款起生效。"))
        return redirect("console:settings-stores")
    status = 422 if form.errors else 200
    return render(request, "console/settings/refund_approval.html", {"form": form}, status=status)
