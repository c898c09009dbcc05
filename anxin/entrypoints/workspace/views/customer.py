"""The right pane, and the audited look at what is masked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from anxin.domains.commerce.data import OrderId
from anxin.domains.commerce.public import reveal_receiver
from anxin.domains.conversations.data import ConversationId
from anxin.domains.customers.public import reveal_identity
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.workspace.context import build_context
from anxin.kernel.clock import utcnow


@room(Permission.CONVERSATIONS_READ)
def context(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Show everything about the person behind a conversation."""
    page = build_context(request.actor, ConversationId(conversation_id))
    link = request.build_absolute_uri(page.portal_path) if page.portal_path else ""
    return render(request, "workspace/context.html", {"page": page, "portal_link": link})


@require_POST
@room(Permission.CUSTOMERS_REVEAL)
def reveal_address(request: StaffRequest, identity_id: UUID) -> HttpResponse:
    """Answer one address in full; who looked is written down."""
    return _fresh({"text": reveal_identity(request.actor, identity_id, now=utcnow())})


@require_POST
@room(Permission.CUSTOMERS_REVEAL)
def reveal_order_receiver(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Answer whom an order goes to, in full; who looked is written down."""
    found = reveal_receiver(request.actor, OrderId(order_id), now=utcnow())
    return _fresh({"text": " ".join([found.name, found.phone, found.address])})


def _fresh(told: dict[str, str]) -> HttpResponse:
    response = JsonResponse(told)
    response["Cache-Control"] = "no-store"
    return response
