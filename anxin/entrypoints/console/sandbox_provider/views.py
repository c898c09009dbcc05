"""The sandbox provider's page: its book and its controls."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anxin.domains.finance.ports import Misbehaviour, RehearsalProvider
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.console.sandbox_provider.forms import MisbehaviourForm
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.errors import Conflict, NotFound
from anxin.kernel.plugs import plugged

_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@room(Permission.SANDBOX_USE)
def sandbox_refunds(request: StaffRequest) -> HttpResponse:
    """Show the book and the controls; set the controls."""
    provider = _provider()
    form = MisbehaviourForm.of(provider.misbehaviour())
    if request.method == "POST":
        form = MisbehaviourForm(request.POST)
        if form.is_valid():
            provider.misbehave(form.wanted())
            messages.success(request, _("已生效，从下一笔退款开始。"))
            return redirect("console:sandbox-refunds")
    return render(
        request,
        "console/sandbox_provider/page.html",
        {
            "form": form,
            "book": provider.book(_SHOWN),
            "is_good": provider.misbehaviour() == Misbehaviour(),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@room(Permission.SANDBOX_USE)
def bounce(request: StaffRequest) -> HttpResponse:
    """Bring refunded money back."""
    try:
        _provider().bounce(request.POST.get("number", "")[:120])
    except Conflict:
        messages.error(request, _("只有已退出的款项才能退票。"))
    else:
        messages.success(request, _("已退票，服务商会回调通知。"))
    return redirect("console:sandbox-refunds")


@require_POST
@room(Permission.SANDBOX_USE)
def behave(request: StaffRequest) -> HttpResponse:
    """Let the provider do everything right again."""
    _provider().misbehave(Misbehaviour())
    messages.success(request, _("已恢复正常。"))
    return redirect("console:sandbox-refunds")


def _provider() -> RehearsalProvider:
    provider = plugged("refund_provider")
    if not isinstance(provider, RehearsalProvider):
        raise NotFound("this installation has a real refund provider")
    return provider
