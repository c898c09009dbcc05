"""One conversation: its messages, answers and notes, whose it is, and its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from anxin.domains.commerce.public import find_order, get_order
from anxin.domains.conversations.data import ConversationData, ConversationId
from anxin.domains.conversations.public import (
    AnotherIsOpen,
    FileUnknown,
    MessageEmpty,
    MessageTooLong,
    OutdatedView,
    TakenByOther,
    assign_conversation,
    close_conversation,
    fill_quick_reply,
    get_conversation,
    latest_messages,
    link_order,
    mark_seen,
    messages_after,
    release_conversation,
    reopen_conversation,
    send_reply,
    take_conversation,
    write_note,
)
from anxin.domains.merchants.data import Permission, permissions_of
from anxin.domains.merchants.public import list_staff
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.workspace.thread import PAGE, build_thread, head_json, message_out
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow
from anxin.kernel.lifecycle import MoveRefused


@room(Permission.CONVERSATIONS_READ)
def thread(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Answer the conversation's head and last messages; ``?part=head`` the head alone."""
    if request.GET.get("part") == "head":
        one = get_conversation(request.actor, ConversationId(conversation_id))
        return _fresh(JsonResponse({"conversation": head_json(request.actor, one)}))
    return _fresh(JsonResponse(build_thread(request.actor, ConversationId(conversation_id))))


@room(Permission.CONVERSATIONS_READ)
def messages(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Answer messages before or after a number, or take a reply or a note in."""
    found = ConversationId(conversation_id)
    if request.method == "POST":
        return _write(request, found)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if after.isdigit():
        items = messages_after(request.actor, found, int(after))
    else:
        number = int(before) if before.isdigit() else None
        items = latest_messages(request.actor, found, before=number, limit=PAGE)
    told = {
        "messages": [message_out(one) for one in items],
        "has_earlier": bool(items) and items[0].seq > 1,
    }
    return _fresh(JsonResponse(told))


def _write(request: StaffRequest, conversation_id: ConversationId) -> HttpResponse:
    body = body_of(request)
    text = str(body.get("text", "")).replace("\x00", "")
    client_id = str(body.get("client_id", ""))
    seen = body.get("seen_seq")
    try:
        file_ids = [UUID(str(one)) for one in body.get("file_ids", [])]
    except (ValueError, TypeError):
        return refusals.spoken(gettext("附件已失效，请重新添加。"), 422)
    try:
        if body.get("is_note"):
            written = write_note(
                request.actor, conversation_id, text, client_id=client_id, file_ids=file_ids,
                now=utcnow(),
            )  # fmt: skip
        else:
            written = send_reply(
                request.actor, conversation_id, text, client_id=client_id,
                seen_seq=seen if isinstance(seen, int) else 0, file_ids=file_ids, now=utcnow(),
            )  # fmt: skip
    except OutdatedView as error:
        unseen = [message_out(one) for one in error.unseen]
        return JsonResponse({"code": error.code, "unseen": unseen}, status=409)
    except MessageEmpty:
        return refusals.spoken(gettext("请先输入内容。"), 422)
    except MessageTooLong:
        return refusals.spoken(gettext("内容太长了，请分成几条发送。"), 422)
    except FileUnknown:
        return refusals.spoken(gettext("附件已失效，请重新添加。"), 422)
    except MoveRefused:
        return refusals.spoken(gettext("会话已关闭。要继续回复，请先重新打开。"), 422)
    return JsonResponse({"message": message_out(written)}, status=201)


@require_POST
@room(Permission.CONVERSATIONS_READ)
def seen(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Remember how far the conversation has been seen."""
    number = body_of(request).get("seq")
    if isinstance(number, int):
        mark_seen(request.actor, ConversationId(conversation_id), number)
    return HttpResponse(status=204)


def _assign(by: Actor, one: ConversationData, body: dict[str, Any], now: datetime) -> None:
    wanted = str(body.get("staff_id", ""))
    assignee = UUID(wanted) if wanted else None
    assign_conversation(by, one.id, assignee, held_by=one.assignee_id, now=now)


def _take(by: Actor, one: ConversationData, body: dict[str, Any], now: datetime) -> None:
    take_conversation(by, one.id, now=now)


def _release(by: Actor, one: ConversationData, body: dict[str, Any], now: datetime) -> None:
    release_conversation(by, one.id, now=now)


def _close(by: Actor, one: ConversationData, body: dict[str, Any], now: datetime) -> None:
    close_conversation(by, one.id, now=now)


def _reopen(by: Actor, one: ConversationData, body: dict[str, Any], now: datetime) -> None:
    reopen_conversation(by, one.id, now=now)


_ACTS: dict[str, Callable[[Actor, ConversationData, dict[str, Any], datetime], None]] = {
    "take": _take,
    "release": _release,
    "assign": _assign,
    "close": _close,
    "reopen": _reopen,
}


@room(Permission.CONVERSATIONS_REPLY)
def act(request: StaffRequest, conversation_id: UUID, act: str) -> HttpResponse:
    """Take, release, give away, close or reopen; ``colleagues`` lists whom it can be given to."""
    if act == "colleagues":
        staff = [
            {"id": str(one.id), "name": one.name}
            for one in list_staff(request.actor)
            if Permission.CONVERSATIONS_REPLY in permissions_of(one.duties)
        ]
        return JsonResponse({"staff": staff})
    if request.method != "POST" or act not in _ACTS:
        return refusals.spoken(gettext("找不到该内容，它可能已被删除或不属于您。"), 404)
    found = ConversationId(conversation_id)
    try:
        one = get_conversation(request.actor, found)
        _ACTS[act](request.actor, one, body_of(request), utcnow())
    except TakenByOther:
        return refusals.spoken(gettext("同事刚刚接手了这个会话。"), 409)
    except AnotherIsOpen:
        return refusals.spoken(gettext("买家已有一个更新的会话，请在那里继续。"), 409)
    except MoveRefused:
        return refusals.spoken(gettext("会话的状态刚刚变了，请看最新情况。"), 409)
    return JsonResponse(
        {"conversation": head_json(request.actor, get_conversation(request.actor, found))}
    )


@require_POST
@room(Permission.CONVERSATIONS_REPLY)
def order(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Say by id or by number which order the conversation is about; empty: none."""
    body = body_of(request)
    number, order_id = str(body.get("number", "")).strip(), str(body.get("order_id", ""))
    chosen: UUID | None = UUID(order_id) if order_id else None
    if number:
        found = find_order(request.actor, number)
        if found is None:
            return refusals.spoken(gettext("没有这个订单号，请核对后再试。"), 422)
        chosen = found.id
    link_order(request.actor, ConversationId(conversation_id), chosen, now=utcnow())
    return HttpResponse(status=204)


@require_POST
@room(Permission.CONVERSATIONS_REPLY)
def quick_reply(request: StaffRequest, conversation_id: UUID) -> HttpResponse:
    """Answer a quick reply's text with the customer, the order and the promise filled in."""
    by, one = request.actor, get_conversation(request.actor, ConversationId(conversation_id))
    values = {"customer": one.customer_name, "eta": gettext("24 小时内")}
    if one.order_id and by.may(Permission.ORDERS_READ):
        values["order"] = get_order(by, one.order_id).order_no
    text = fill_quick_reply(by, UUID(str(body_of(request).get("id"))), values=values)
    return JsonResponse({"text": text})


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object of a request; anything else is an empty one."""
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
