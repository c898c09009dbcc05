"""Keys of programs: issued, shown once, revoked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.merchants.data import KeyId, Permission
from anxin.domains.merchants.public import create_key, revoke_key
from anxin.entrypoints.console.settings.forms import KeyForm, say
from anxin.entrypoints.console.settings.labels import PERMISSION_GROUPS
from anxin.entrypoints.console.settings.pages import build_keys
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid, NotAllowed


@require_safe
@room(Permission.STAFF_MANAGE)
def keys(request: StaffRequest) -> HttpResponse:
    """Show the keys."""
    return render(request, "console/settings/keys.html", _page(request, KeyForm()))


@never_cache
@require_POST
@room(Permission.STAFF_MANAGE)
def issue(request: StaffRequest) -> HttpResponse:
    """Issue a key and show it, this once: in the open dialog, or without scripts in the page."""
    form = KeyForm(request.POST)
    new = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            new = create_key(request.actor, data["name"], data["scopes"], now=utcnow())
        except (Invalid, NotAllowed) as refusal:
            say(form, refusal)
    template = "key_dialog" if "HX-Request" in request.headers else "keys"
    context = {**_page(request, form), "new": new, "is_open": True}
    status = 422 if form.errors else 200
    return render(request, f"console/settings/{template}.html", context, status=status)


@require_POST
@room(Permission.STAFF_MANAGE)
def revoke(request: StaffRequest, key_id: UUID) -> HttpResponse:
    """Stop a key for good."""
    revoke_key(request.actor, KeyId(key_id), now=utcnow())
    messages.success(request, _("密钥已吊销，几秒之内失效。"))
    return redirect("console:settings-keys")


def _page(request: StaffRequest, form: KeyForm) -> dict[str, object]:
    chosen = set(form.data.getlist("scopes")) if form.is_bound else set()  # type: ignore[attr-defined]
    groups = [
        (title, [(one, str(one) in chosen) for one in group]) for title, group in PERMISSION_GROUPS
    ]
    return {"form": form, "groups": groups, "rows": build_keys(request.actor)}
