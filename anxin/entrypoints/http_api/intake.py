"""POST /api/v1/messages without Django's detour: decode, check, commit together, answer.

Requests that arrive while a batch commits make up the next batch (group commit), so one flush of
the disk serves many of them. Nothing is answered before it is durable.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import msgspec
import psycopg

from anxin.domains.conversations.data import MAX_ATTACHMENTS, MAX_TEXT, InboundMessage
from anxin.domains.conversations.public import check_files
from anxin.domains.customers.public import AddressInvalid, normalise
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.entrypoints.http_api.auth import program_of
from anxin.entrypoints.http_api.group_commit import Batcher, QueueFull
from anxin.entrypoints.realtime.database import in_thread
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Invalid
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 128 * 1024
# A key revoked, or a store renamed, works so much longer here.
REMEMBERED_SECONDS = 5.0

Short = Annotated[str, msgspec.Meta(max_length=120)]
Address = Annotated[str, msgspec.Meta(max_length=200)]


class SenderIn(msgspec.Struct):
    """Who wrote, as the channel knows him."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name: Short = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    email: Address = ""


class AttachmentIn(msgspec.Struct):
    """A file stored before, or an address where the channel keeps it."""

    file_id: UUID | None = None
    url: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class MessageIn(msgspec.Struct):
    """The body of POST /api/v1/messages."""

    channel: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
    external_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    # A bare string is the id alone.
    sender: SenderIn | Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""
    attachments: Annotated[list[AttachmentIn], msgspec.Meta(max_length=MAX_ATTACHMENTS)] = []
    sent_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    store: Annotated[str, msgspec.Meta(max_length=40)] = ""


_BODY = msgspec.json.Decoder(MessageIn)
# Channels of our own; an outside program must not speak for them.
_RESERVED = frozenset({"portal", "manual"})
# Channels whose sender ids are addresses, written in one way.
_ADDRESSES = frozenset({"phone", "email"})


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, detail: str, **fields: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.fields = status, code, detail, fields


# --- who calls ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Caller:
    actor: Actor | None
    stores: dict[str, UUID]
    until: float


_callers: dict[str, _Caller] = {}


def _find_caller(key: str) -> _Caller:
    actor = program_of(key)  # remembered below, so not from auth's memory as well
    stores: dict[str, UUID] = {}
    if actor is not None:
        with acting_for(actor.merchant_id):
            stores = {store.slug: store.id for store in list_stores(actor.merchant_id)}
    return _Caller(actor, stores, time.monotonic() + REMEMBERED_SECONDS)


async def _caller(scope: Scope) -> tuple[Actor, dict[str, UUID]]:
    kind, _, key = _header(scope, b"authorization").partition(" ")
    key = key.strip()
    if kind.lower() != "bearer" or not key:
        raise Refused(401, "not_authenticated", "Send your key as Authorization: Bearer <key>.")
    caller = _callers.get(key)
    if caller is None or caller.until < time.monotonic():
        if len(_callers) > 4_096:
            _callers.clear()
        caller = _callers[key] = await in_thread(_find_caller, key)
    if caller.actor is None:
        raise Refused(401, "not_authenticated", "This key is unknown or revoked.")
    if not caller.actor.may(Permission.MESSAGES_WRITE):
        permission = str(Permission.MESSAGES_WRITE)
        raise Refused(403, "not_allowed", "The actor may not do this.", permission=permission)
    return caller.actor, caller.stores


def forget_callers() -> None:
    """Forget remembered keys and stores, for tests."""
    _callers.clear()


def _header(scope: Scope, name: bytes) -> str:
    for header, value in scope["headers"]:
        if header == name:
            return str(value.decode("latin-1"))
    return ""


# --- what is said ---------------------------------------------------------------------------------


async def _body(scope: Scope, receive: Receive) -> bytes:
    length = _header(scope, b"content-length")
    if length.isdigit() and int(length) > MAX_BODY:
        raise Refused(413, "too_large", "The body is larger than this server accepts.")
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refused(400, "malformed", "The body ended early.")
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise Refused(413, "too_large", "The body is larger than this server accepts.")
        if not event.get("more_body"):
            return b"".join(parts)


def _decoded(body: bytes) -> MessageIn:
    try:
        message = _BODY.decode(body)
        # What JSON can write and PostgreSQL cannot hold.
        if b"\\u" in body:
            _encodable(message)
        return message
    except msgspec.ValidationError as error:
        loc, message_text = _place(str(error))
        errors = [{"loc": ["body", *loc], "msg": message_text, "type": "value_error"}]
        detail = "The request does not have the expected shape."
        raise Refused(422, "invalid", detail, errors=errors) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Refused(400, "malformed", "The body is not valid JSON.") from error


def _encodable(message: MessageIn) -> None:
    if b"\\u0000" in msgspec.json.encode(message):
        raise Refused(422, "invalid", "A text holds a NUL character.")


def _place(text: str) -> tuple[list[str], str]:
    """Split msgspec's "Expected … - at `$.sender.id`" into where and what."""
    what, _, where = text.partition(" - at `$")
    return [part for part in where.rstrip("`").split(".") if part], what


async def _inbound(
    message: MessageIn, by: Actor, stores: dict[str, UUID], now: datetime
) -> InboundMessage:
    if message.channel in _RESERVED:
        raise Refused(422, "channel_reserved", "This channel name is our own.", at="channel")
    store_id = stores.get(message.store) if message.store else None
    if message.store and store_id is None:
        raise Refused(422, "store_unknown", "There is no such store.", store=message.store)
    sender = SenderIn(message.sender) if isinstance(message.sender, str) else message.sender
    is_address = message.channel in _ADDRESSES
    if not message.text.strip() and not message.attachments:
        raise Refused(422, "message_empty", "A message needs a text or an attachment.")
    files = tuple(a.file_id for a in message.attachments if a.file_id)
    if files:
        await in_thread(_check_files, by, files)
    links = tuple(a.url for a in message.attachments if a.url and not a.file_id)
    if not all(link.startswith(("https://", "http://")) for link in links):
        raise Refused(422, "invalid", "An attachment's url must be an http(s) address.")
    return InboundMessage(
        by.merchant_id, by.kind, by.id, message.channel, message.external_id, message.text,
        message.sent_at.astimezone(UTC) if message.sent_at else now,
        sender_id=_normal(message.channel, sender.id) if is_address else sender.id,
        sender_name=sender.name.strip(),
        phone=_normal("phone", sender.phone), email=_normal("email", sender.email),
        store_id=store_id, file_ids=files, links=links,
    )  # fmt: skip


def _check_files(by: Actor, files: tuple[UUID, ...]) -> None:
    with acting_for(by.merchant_id):
        check_files(by, files)


def _normal(channel: str, address: str) -> str:
    if not address:
        return ""
    try:
        return normalise(channel, address)
    except AddressInvalid as error:
        raise Refused(422, error.code, str(error), at=f"sender.{channel}") from error


# --- the process's batcher ---------------------------------------------------------------------

_batcher: Batcher | None = None


async def startup() -> None:
    """Make the batcher of this process. Called once, inside its event loop."""
    global _batcher  # noqa: PLW0603  (one batcher a process)
    _batcher = Batcher()


async def shutdown() -> None:
    """Commit what waits."""
    global _batcher
    batcher, _batcher = _batcher, None
    if batcher is not None:
        await batcher.close()


# --- the application ------------------------------------------------------------------------------


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Take one message in."""
    try:
        status, answer = await _take(scope, receive)
    except Refused as refusal:
        await _refuse(scope, send, refusal)
        return
    except Invalid as error:
        await _refuse(scope, send, Refused(422, error.code, str(error), **error.fields))
        return
    except QueueFull:
        detail = "Too many messages at once; try again."
        await _refuse(scope, send, Refused(503, "unavailable", detail))
        return
    except psycopg.DataError:
        detail = "A value is out of range or not storable."
        await _refuse(scope, send, Refused(422, "invalid", detail))
        return
    except psycopg.OperationalError:
        logger.exception("intake: the database did not answer")
        detail = "The message was not stored; send it again."
        await _refuse(scope, send, Refused(503, "unavailable", detail))
        return
    except Exception:
        logger.exception("intake failed")
        detail = "Something went wrong on our side; it was recorded."
        await _refuse(scope, send, Refused(500, "internal", detail))
        return
    await _answer(send, status, answer, b"application/json")


async def _take(scope: Scope, receive: Receive) -> tuple[int, bytes]:
    if _batcher is None:
        await startup()
    assert _batcher is not None, "startup() makes it"
    by, stores = await _caller(scope)
    message = _decoded(await _body(scope, receive))
    inbound = await _inbound(message, by, stores, utcnow())
    stored = await _batcher.submit(inbound)
    answer = {
        "message_id": stored.message_id,
        "conversation_id": stored.conversation_id,
        "customer_id": stored.customer_id,
        "seq": stored.seq,
        "is_new": stored.is_new,
    }
    return (201 if stored.is_new else 200), msgspec.json.encode(answer)


async def _refuse(scope: Scope, send: Send, refusal: Refused) -> None:
    fields = dict(refusal.fields)
    errors = fields.pop("errors", None)
    body = {
        "type": f"urn:anxin:problem:{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "instance": scope["path"],
        "fields": fields,
        **({"errors": errors} if errors else {}),
    }
    text = json.dumps(body, ensure_ascii=False, default=str).encode()
    more = [(b"retry-after", b"1")] if refusal.status == 503 else []
    if refusal.status == 401:
        more.append((b"www-authenticate", b"Bearer"))
    if refusal.status == 413:
        more.append((b"connection", b"close"))
    await _answer(send, refusal.status, text, b"application/problem+json", more)


async def _answer(
    send: Send,
    status: int,
    body: bytes,
    media_type: bytes,
    more: list[tuple[bytes, bytes]] | None = None,
) -> None:
    length = str(len(body)).encode()
    headers = [(b"content-type", media_type), (b"content-length", length), *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
