"""What the widget loads: its script, its frame, and a token for whoever writes in it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.customers.public import get_customer
from anxin.domains.merchants.data import Permission, StoreData
from anxin.domains.merchants.public import store_at, widget_origins
from anxin.entrypoints.portal.views.chat import chat_config
from anxin.entrypoints.portal.views.chat import visit as visit_unnamed
from anxin.entrypoints.portal.visiting import PortalRequest, at_store
from anxin.entrypoints.realtime.tokens import sign_buyer
from anxin.entrypoints.ui.csp import allow_framing
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.widget.identity import IdentityRefused, customer_of, secret_of, word_of
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound

_LOADER = Path(__file__).parent / "static" / "widget" / "loader.js"
_FIVE_MINUTES = "public, max-age=300"


@require_safe
@at_store
def loader(request: PortalRequest) -> HttpResponse:
    """Answer the one script of the shop's page, with the store it speaks for."""
    told = {"store": request.store.slug, "name": request.store.name}
    text = _loader_text().replace("__STORE__", json.dumps(told).replace("<", "\\u003c"))
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = _FIVE_MINUTES
    # Shops whose own policy wants it may load the script across origins.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _loader_text() -> str:
    return _LOADER.read_text("utf-8")


@require_safe
@at_store
def frame(request: PortalRequest) -> HttpResponse:
    """Show the conversation inside a shop's page that may carry it."""
    store = request.store
    allowed = widget_origins(store.merchant_id, store.id)
    origin = _origin(request.GET.get("origin", ""))
    own = f"{request.scheme}://{request.get_host()}"
    request.theme = request.GET.get("theme", "auto")  # type: ignore[attr-defined]
    language = "en" if request.GET.get("lang", "").lower().startswith("en") else "zh-hans"
    with translation.override(language):
        if origin not in {own, *allowed}:
            return render(request, "widget/refused.html", {"store": store}, status=403)
        config = chat_config(request, is_embedded=True)
        config["urls"]["visit"] = f"/widget/{store.slug}/visit/"
        config["owner"] = origin
        context = {"store": store, "buyer": None, "config": config}
        response = render(request, "widget/frame.html", context)
    allow_framing(response, allowed)
    response["Cache-Control"] = "no-store"
    return response


def _origin(text: str) -> str:
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else ""


@csrf_exempt
@require_POST
def visit(request: HttpRequest, store: str) -> HttpResponse:
    """Answer a token for the buyer whom the shop names, else for a visitor, known again."""
    identity = _body(request).get("identity")
    if not identity:
        answer: HttpResponse = visit_unnamed(request, store)
        return answer
    return _visit_named(request, store)


@at_store
def _visit_named(request: PortalRequest) -> HttpResponse:
    store, now = request.store, utcnow()
    try:
        word = word_of(store, str(_body(request)["identity"]), now)
    except IdentityRefused as error:
        return JsonResponse({"code": error.code, **error.fields}, status=403)
    return JsonResponse(_named(store, customer_of(store, word, now)))


def _named(store: StoreData, customer_id: Any) -> dict[str, str]:
    by = Actor.buyer(store.merchant_id, customer_id)
    name = get_customer(by, customer_id).name
    token = sign_buyer(store.merchant_id, customer_id, store_id=store.id, name=name)
    return {"token": token, "who": str(customer_id)}


@room(Permission.STAFF_MANAGE)
def install(request: StaffRequest, store: str) -> HttpResponse:
    """Show an administrator the script tag, who may carry it, and the secret for signing."""
    found = store_at(store)
    if found.merchant_id != request.actor.merchant_id:
        raise NotFound(store=store)
    context = {
        "store": found,
        "script": request.build_absolute_uri(f"/widget/{found.slug}.js"),
        "origins": widget_origins(found.merchant_id, found.id),
        "secret": secret_of(found),
    }
    return render(request, "widget/install.html", context)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
