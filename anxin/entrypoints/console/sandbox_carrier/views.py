"""Pages of the sandbox carrier and the sandbox sender."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anxin.domains.deliveries.ports import CarrierMood, RehearsalCarrier
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.console.sandbox_carrier.forms import MoodForm
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.errors import NotFound
from anxin.kernel.plugs import plugged
from anxin.kernel.ports import RehearsalCodeSender

_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@room(Permission.SANDBOX_USE)
def sandbox_carrier(request: StaffRequest) -> HttpResponse:
    """Show the carrier's book and how it behaves; change how it behaves."""
    carrier = _carrier()
    form = MoodForm.of(carrier.mood())
    if request.method == "POST":
        form = MoodForm(request.POST)
        if form.is_valid():
            carrier.set_mood(form.wanted())
            messages.success(request, _("已生效。"))
            return redirect("console:sandbox-carrier")
    return render(
        request,
        "console/sandbox_carrier/page.html",
        {
            "form": form,
            "book": carrier.parcels(_SHOWN),
            "is_good": carrier.mood() == CarrierMood(),
        },
        status=422 if form.is_bound else 200,
    )


@require_GET
@room(Permission.SANDBOX_USE)
def parcels(request: StaffRequest) -> HttpResponse:
    """Show the carrier's book as it is now, for the open page."""
    book = _carrier().parcels(_SHOWN)
    return render(request, "console/sandbox_carrier/parcels.html", {"book": book})


@require_POST
@room(Permission.SANDBOX_USE)
def move(request: StaffRequest) -> HttpResponse:
    """Move a parcel one step, or let the courier fail."""
    if number := request.POST.get("advance", ""):
        _carrier().advance(number[:60])
        messages.success(request, _("已前进一步。"))
    elif number := request.POST.get("fail", ""):
        _carrier().fail(number[:60], "")
        messages.success(request, _("快递员已报告取件失败。"))
    return redirect("console:sandbox-carrier")


@require_POST
@room(Permission.SANDBOX_USE)
def behave(request: StaffRequest) -> HttpResponse:
    """Let the carrier do everything right again."""
    _carrier().set_mood(CarrierMood())
    messages.success(request, _("已恢复正常。"))
    return redirect("console:sandbox-carrier")


@require_GET
@room(Permission.SANDBOX_USE)
def codes(request: StaffRequest) -> HttpResponse:
    """Show the sign-in codes that would have been sent."""
    sender = plugged("code_sender")
    if not isinstance(sender, RehearsalCodeSender):
        raise NotFound("this installation has a real sender")
    return render(request, "console/sandbox_carrier/codes.html", {"sent": sender.sent(_SHOWN)})


def _carrier() -> RehearsalCarrier:
    carrier = plugged("carrier")
    if not isinstance(carrier, RehearsalCarrier):
        raise NotFound("this installation has a real carrier")
    return carrier
