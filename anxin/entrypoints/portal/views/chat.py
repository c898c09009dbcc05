"""The buyer's conversation: a page of its own, and the inside of the shop's chat widget."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID, uuid4

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.conversations.data import ConversationData, ConversationId, MessageData
from anxin.domains.conversations.public import (
    FileUnknown,
    MessageEmpty,
    MessageTooLong,
    conversations_of_customer,
    latest_messages,
    mark_seen,
    messages_after,
    write_as_buyer,
)
from anxin.domains.customers.data import IdentityKind
from anxin.domains.customers.public import ensure_customer
from anxin.domains.merchants.data import StoreData
from anxin.domains.merchants.public import widget_origins
from anxin.entrypoints.portal.files import file_url, take_file
from anxin.entrypoints.portal.labels import EVENT_WORDS
from anxin.entrypoints.portal.visiting import PortalRequest, at_store, home_url
from anxin.entrypoints.realtime.tokens import read_buyer, sign_buyer
from anxin.entrypoints.realtime.topics import message_json
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.csp import allow_framing
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow

P = ParamSpec("P")
_VISITOR_SALT = "anxin.portal.visitor"
_NEW_VISITORS_PER_MINUTE = 30
_PAGE = 60


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and by what he showed it."""

    actor: Actor
    by_token: bool


ChatView = Callable[Concatenate[PortalRequest, Writer, P], HttpResponse]


def for_writer(view: ChatView[P]) -> Callable[..., HttpResponse]:
    """Let in who shows a token, or the buyer of the session (then against forged forms)."""

    @wraps(view)
    def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        writer = _writer_of(request)
        if writer is None:
            return refusals.session_expired(home_url(request.store))
        if not writer.by_token and (forged := _forged(request)):
            return forged
        return view(request, writer, *args, **kwargs)

    return csrf_exempt(at_store(guarded))


def _writer_of(request: PortalRequest) -> Writer | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        held = read_buyer(token)
        if held is None or held.merchant_id != request.store.merchant_id:
            return None
        return Writer(held.actor, True)
    return Writer(request.buyer.writer, False) if request.buyer else None


def _forged(request: HttpRequest) -> HttpResponse | None:
    """Check the CSRF token by hand: the view is exempt for those who show a token."""
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    answer: HttpResponse | None = check.process_view(request, lambda _: HttpResponse(), (), {})
    return answer


@require_safe
@at_store
def chat(request: PortalRequest) -> HttpResponse:
    """Show the conversation; ``?embed=1`` in the widget's frame, ``?token=`` says who writes."""
    is_embedded = request.GET.get("embed") == "1"
    response = render(
        request,
        "portal/chat_embed.html" if is_embedded else "portal/chat.html",
        {
            "store": request.store,
            "buyer": request.buyer,
            "is_embedded": is_embedded,
            "config": chat_config(request, is_embedded=is_embedded),
        },
    )
    if is_embedded:
        allow_framing(response, widget_origins(request.store.merchant_id, request.store.id))
    return response


def chat_config(request: PortalRequest, *, is_embedded: bool) -> dict[str, Any]:
    """Return what chat.js needs to know; ``startChat(element, options)`` takes it as it is."""
    store, token = request.store, request.GET.get("token", "")
    held = read_buyer(token) if token else None
    who = "visitor"
    if held is not None and held.merchant_id == store.merchant_id:
        who = str(held.customer_id)
    elif request.buyer is not None:
        who, token = str(request.buyer.writes_as), _token(store, request.buyer.writer)
    else:
        token = ""
    return {
        "store": store.slug,
        "storeName": store.name,
        "who": who,
        "token": token,
        "bySession": request.buyer is not None and held is None,
        "urls": {
            "messages": reverse("portal:chat_messages", args=[store.slug]),
            "files": reverse("portal:chat_files", args=[store.slug]),
            "visit": reverse("portal:chat_visit", args=[store.slug]),
            "request": reverse("portal:request", args=[store.slug, UUID(int=0)]),
        },
        "isEmbedded": is_embedded,
        "language": "en" if (get_language() or "").startswith("en") else "zh-CN",
        "words": _words(),
        "events": {code: str(words) for code, words in EVENT_WORDS.items()},
    }


def _token(store: StoreData, actor: Actor) -> str:
    return sign_buyer(actor.merchant_id, UUID(actor.id), store_id=store.id, name=actor.name)


@require_POST
@csrf_exempt
@at_store
def visit(request: PortalRequest) -> HttpResponse:
    """Answer a fresh token: for the session's buyer, or for an anonymous visitor, known again.

    A visitor keeps what ``visitor`` says; with it his thread is found again after weeks. The
    customer is made here, so pages ask only when he writes.
    """
    if request.buyer is not None and not _body(request).get("visitor"):
        return JsonResponse(
            {
                "token": _token(request.store, request.buyer.writer),
                "who": str(request.buyer.writes_as),
            }
        )
    store, now = request.store, utcnow()
    visitor = _known_visitor(store, str(_body(request).get("visitor", "")))
    if visitor is None:
        if _is_flood(request):
            return refusals.spoken(gettext("请求太频繁，请稍后再试。"), 429)
        visitor = uuid4().hex
    name = gettext("访客 %(number)s") % {"number": visitor[:4].upper()}
    system = Actor.system(store.merchant_id)
    customer_id = ensure_customer(system, IdentityKind.CHAT, visitor, name, now=now)
    actor = Actor.buyer(store.merchant_id, customer_id, name)
    kept = signing.dumps([store.merchant_id, visitor], salt=_VISITOR_SALT)
    return JsonResponse({"token": _token(store, actor), "visitor": kept, "who": str(customer_id)})


def _known_visitor(store: StoreData, kept: str) -> str | None:
    try:
        merchant_id, visitor = signing.loads(kept, salt=_VISITOR_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(visitor) if merchant_id == store.merchant_id else None


def _is_flood(request: HttpRequest) -> bool:
    key = f"portal.visitors:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 60)
    try:
        return bool(cache.incr(key) > _NEW_VISITORS_PER_MINUTE)
    except ValueError:  # ran out between the two
        return False


@for_writer
def messages(request: PortalRequest, writer: Writer) -> HttpResponse:
    """Answer the thread, or take a message in."""
    if request.method == "POST":
        return _write(request, writer)
    return _thread(request, writer)


def _thread(request: PortalRequest, writer: Writer) -> HttpResponse:
    """Answer what came after a number, or the last messages of the newest conversation."""
    known = conversations_of_customer(writer.actor, UUID(writer.actor.id), 10)
    newest = max(known, key=lambda one: one.last_message_at, default=None)
    if newest is None:
        return JsonResponse({"conversation": None, "items": [], "last_seq": 0})
    wanted = request.GET.get("conversation", "")
    found = next((one for one in known if str(one.id) == wanted), None)
    after = request.GET.get("after", "")
    if found is not None and after.isdigit():
        items = messages_after(writer.actor, found.id, int(after))
    elif found is not None and request.GET.get("before", "").isdigit():
        items = latest_messages(
            writer.actor, found.id, before=int(request.GET["before"]), limit=_PAGE
        )
    else:
        found = newest
        items = latest_messages(writer.actor, found.id, limit=_PAGE)
    return JsonResponse(_thread_json(request.store, found, items, newest.id))


def _thread_json(
    store: StoreData,
    conversation: ConversationData,
    items: list[MessageData],
    newest: ConversationId,
) -> dict[str, Any]:
    return {
        "conversation": str(conversation.id),
        "newest": str(newest),
        "state": str(conversation.state),
        "agent": conversation.assignee_name,
        "last_seq": max([one.seq for one in items], default=0),
        "first_seq": min([one.seq for one in items], default=0),
        "items": [message_out(store, one) for one in items],
    }


def message_out(store: StoreData, message: MessageData) -> dict[str, Any]:
    """Return a message as the live line sends it, with addresses for its attachments."""
    told = message_json(message)
    for one in told["attachments"]:
        one["url"] = file_url(store, UUID(one["id"]))
    return told


def _write(request: PortalRequest, writer: Writer) -> HttpResponse:
    body = _body(request)
    if "seen" in body:
        return _seen(writer, body)
    client_id = str(body.get("client_id", ""))[:80]
    try:
        file_ids = [UUID(str(one)) for one in body.get("file_ids", [])]
    except (ValueError, TypeError):
        client_id = ""
    if not client_id:
        return refusals.spoken(gettext("消息没有发出，请刷新页面后重试。"), 422)
    try:
        received = write_as_buyer(
            writer.actor,
            str(body.get("text", "")).replace("\x00", ""),
            client_id=client_id,
            store_id=request.store.id,
            file_ids=file_ids,
            now=utcnow(),
        )
    except MessageEmpty:
        return refusals.spoken(gettext("请先输入内容。"), 422)
    except MessageTooLong:
        return refusals.spoken(gettext("内容太长了，请分成几条发送。"), 422)
    except FileUnknown:
        return refusals.spoken(gettext("附件已失效，请重新添加。"), 422)
    return JsonResponse(
        {
            "id": str(received.message_id),
            "conversation": str(received.conversation_id),
            "seq": received.seq,
            "is_new": received.is_new,
        },
        status=201 if received.is_new else 200,
    )


def _seen(writer: Writer, body: dict[str, Any]) -> HttpResponse:
    """Remember how far he has read, so that the agent knows."""
    try:
        conversation, seq = UUID(str(body.get("conversation"))), int(body["seen"])
    except (ValueError, TypeError):
        return HttpResponse(status=422)
    mark_seen(writer.actor, ConversationId(conversation), seq)
    return HttpResponse(status=204)


@for_writer
def files(request: PortalRequest, writer: Writer) -> HttpResponse:
    """Take an attachment in, before the message that carries it."""
    return take_file(request, writer.actor, request.store, images_only=False)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _words() -> dict[str, str]:
    return {
        "hello": gettext(
            "您好，请问有什么可以帮您？消息会送到人工客服，您随时可以离开，回来还能接着聊。"
        ),
        "placeholder": gettext("输入消息…"),
        "send": gettext("发送"),
        "attach": gettext("添加图片或文件"),
        "sending": gettext("发送中…"),
        "waiting": gettext("没有网络，恢复后自动发送"),
        "failed": gettext("没有发出"),
        "retry": gettext("重新发送"),
        "drop": gettext("删除"),
        "me": gettext("我"),
        "staff": gettext("客服"),
        "typing": gettext("客服正在输入…"),
        "typingShort": gettext("正在输入…"),
        "older": gettext("查看更早的消息"),
        "loading": gettext("正在打开对话…"),
        "closed": gettext("本次对话已结束，再次发送消息会开始新的对话。"),
        "yesterday": gettext("昨天"),
        "newMessages": gettext("有新消息"),
        "file": gettext("文件"),
        "remove": gettext("移除"),
        "tooBig": gettext("文件超过 20 MB，请压缩后再发送。"),
        "notSent": gettext("文件没有上传成功，请重试。"),
        "noLoad": gettext("暂时打不开对话，请检查网络。"),
        "viewRequest": gettext("查看进度"),
    }
