"""After-sales on a buyer's behalf: goods and reason, the offer, done."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from anxin.domains.aftersales.public import get_request
from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.public import get_conversation
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.refusals import spoken
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.workspace.opening import Asked, build_offer, build_opening, open_for_buyer
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, Invalid

FIRST, SECOND, DONE = (f"workspace/opening/{name}.html" for name in ("goods", "offer", "done"))


@room(Permission.REQUESTS_OPEN)
def choose(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Show the goods of an order; ``POST`` comes back from the offer and keeps what was said."""
    order_id = _order_id(request)
    if order_id is None:
        return spoken(gettext("请先关联订单。"), 422)
    one = get_conversation(request.actor, ConversationId(conversation_id))
    asked = Asked.of(order_id, request.POST) if request.method == "POST" else None
    page = build_opening(request.actor, one, order_id, asked)
    return render(request, FIRST, {"page": page, "conversation": one})


@require_POST
@room(Permission.REQUESTS_OPEN)
def preview(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Show what would be decided, in the way the buyer sees it."""
    one = get_conversation(request.actor, ConversationId(conversation_id))
    order_id = _order_id(request)
    if order_id is None:
        return spoken(gettext("请先关联订单。"), 422)
    try:
        asked = Asked.of(order_id, request.POST)
        if not asked.items:
            return spoken(gettext("请至少选择一件商品。"), 409)
        if not asked.reason:
            return spoken(gettext("请选择原因。"), 409)
        page = build_offer(request.actor, asked, utcnow())
    except (Invalid, ValueError):
        return spoken(gettext("请检查所选的商品和数量。"), 409)
    return render(request, SECOND, {"page": page, "conversation": one})


@require_POST
@room(Permission.REQUESTS_OPEN)
def confirm(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Open the request; units that went elsewhere meanwhile are refused with a sentence."""
    one = get_conversation(request.actor, ConversationId(conversation_id))
    order_id = _order_id(request)
    if order_id is None:
        return spoken(gettext("请先关联订单。"), 422)
    try:
        asked = Asked.of(order_id, request.POST)
        request_id = open_for_buyer(request.actor, one, asked, utcnow())
    except (Conflict, Invalid, ValueError):
        words = gettext("没有提交：商品数量刚刚发生了变化，或订单没有可退的款项。")
        return spoken(words, 409)
    made = get_request(request.actor, request_id)
    response = render(request, DONE, {"made": made})
    told = {"request-opened": {"id": str(made.id)}}
    response["HX-Trigger"] = json.dumps(told)
    return response


def _order_id(request: StaffRequest) -> UUID | None:
    given = request.POST.get("order") or request.GET.get("order") or ""
    try:
        return UUID(given)
    except ValueError:
        return None
