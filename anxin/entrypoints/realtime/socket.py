"""One page's connection: what it follows, what it has been told, and what it may say."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import msgspec

from anxin.domains.conversations.data import ConversationId
from anxin.entrypoints.realtime import sign_in
from anxin.entrypoints.realtime.database import in_thread
from anxin.entrypoints.realtime.gaps import GapReader
from anxin.entrypoints.realtime.hub import Hub, Message
from anxin.entrypoints.realtime.topics import Following, follow, message_json
from anxin.kernel.actors import Actor
from anxin.kernel.errors import DomainError
from anxin.kernel.live import announce
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

QUEUE = 100
MAX_FRAME = 8_192
MAX_TOPICS = 50
SIGN_IN_SECONDS = 10.0
# Somebody who was dismissed, or signed out, keeps his live page no longer than this.
RECHECK_SECONDS = 60.0
TYPING_PAUSE = 1.0

# Close codes: 1008 is the standard's "policy violation", 1013 "try again later".
NOT_SIGNED_IN = 4401
FOREIGN_PAGE = 4403
TOO_SLOW = 1013
BAD_FRAME = 1008


class Frame(msgspec.Struct):
    """What a page says."""

    op: str
    topic: str = ""
    after: int | None = None
    conversation: str = ""
    token: str = ""


_FRAME = msgspec.json.Decoder(Frame)


@dataclass(slots=True, eq=False)
class Place:
    """How far a socket has been told of one topic."""

    following: Following
    sent: int = 0
    is_reading: bool = False
    has_more: bool = False
    typed_at: float = 0.0


class Socket:
    """Reads frames, keeps places, and sends from a bounded queue."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, hub: Hub, gaps: GapReader
    ) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self.hub, self.gaps = hub, gaps
        self.headers: sign_in.Headers = dict(scope["headers"])
        self.scheme = scope.get("scheme", "ws")
        self.actor: Actor | None = None
        self.places: dict[str, Place] = {}
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(QUEUE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._close_code = 0
        self._session = ""

    # --- life -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        await self._receive()
        own = sign_in.is_own_page(self.headers, self.scheme)
        self._session = (sign_in.session_key(self.headers) or "") if own else ""
        if self._session:
            self.actor = await in_thread(sign_in.staff_of_session, self._session)
        await self._send({"type": "websocket.accept"})
        if self.actor is not None:
            self._greet()
        background = [self._spawn(self._pump()), self._spawn(self._watch())]
        reader = asyncio.ensure_future(self._read())
        try:
            # The pump ends when the socket is to be closed, the reader when the page has gone.
            await asyncio.wait({reader, background[0]}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reader.cancel()
            self._leave_all()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(reader, *self._tasks, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            await self._take(event.get("text") or event.get("bytes") or "")

    async def _pump(self) -> None:
        while True:
            text = await self._queue.get()
            if text is None:
                await self._send({"type": "websocket.close", "code": self._close_code})
                return
            await self._send({"type": "websocket.send", "text": text})

    async def _watch(self) -> None:
        """Close what does not sign in, and what has lost its right."""
        await asyncio.sleep(SIGN_IN_SECONDS)
        while self.actor is not None:
            await asyncio.sleep(RECHECK_SECONDS)
            if self._session and not self.actor.is_buyer:
                self.actor = await in_thread(sign_in.staff_of_session, self._session)
        self.close(NOT_SIGNED_IN)

    def close(self, code: int) -> None:
        """End the connection after what has been queued; at once when the queue is full."""
        if self._close_code:
            return
        self._close_code = code
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
        self._queue.put_nowait(None)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # --- what the page says -----------------------------------------------------------------------

    async def _take(self, raw: str | bytes) -> None:
        if len(raw) > MAX_FRAME:
            self.close(BAD_FRAME)
            return
        try:
            frame = _FRAME.decode(raw)
        except (msgspec.MsgspecError, UnicodeError):
            self.say({"type": "error", "code": "malformed"})
            return
        try:
            await self._obey(frame)
        except DomainError as error:
            self.say({"topic": frame.topic, "type": "error", "code": error.code})

    async def _obey(self, frame: Frame) -> None:
        if frame.op == "ping":
            self.say({"type": "pong"})
        elif frame.op == "sign_in":
            await self._sign_in(frame.token)
        elif self.actor is None:
            self.say({"topic": frame.topic, "type": "error", "code": "not_signed_in"})
        elif frame.op == "subscribe":
            await self._subscribe(self.actor, frame)
        elif frame.op == "unsubscribe":
            self._leave(frame.topic)
        elif frame.op == "typing":
            self._typing(self.actor, f"conversation:{frame.conversation}")
        else:
            self.say({"type": "error", "code": "unknown_op"})

    async def _sign_in(self, token: str) -> None:
        buyer = await in_thread(sign_in.buyer_of_token, token, self.headers, self.scheme)
        if buyer is None:
            self.close(
                NOT_SIGNED_IN if sign_in.is_own_page(self.headers, self.scheme) else FOREIGN_PAGE
            )
            return
        # A person of the staff who tries the shop in the same browser is the buyer there.
        self._leave_all()
        self.actor = buyer.actor
        self._greet()

    def _greet(self) -> None:
        assert self.actor is not None, "greeted after signing in"
        self.say({"type": "ready", "kind": str(self.actor.kind), "id": self.actor.id})

    async def _subscribe(self, by: Actor, frame: Frame) -> None:
        if len(self.places) >= MAX_TOPICS:
            self.say({"topic": frame.topic, "type": "error", "code": "too_many_topics"})
            return
        following = await in_thread(follow, by, frame.topic)
        after = following.last_seq if frame.after is None else max(0, frame.after)
        place = Place(following, after)
        self.places[following.topic] = place
        # First listen, then look: what comes in between is told twice to us, once to the page.
        self.hub.join((by.merchant_id, following.topic), self)
        self.say(
            {
                "topic": following.topic,
                "type": "subscribed",
                "seq": after,
                "last_seq": following.last_seq,
            }
        )
        if following.conversation_id is not None:
            self._catch_up(place)
            self._spawn(self._tell(by, following.topic, "presence", state="joined"))

    def _typing(self, by: Actor, topic: str) -> None:
        place = self.places.get(topic)
        if place is None or time.monotonic() - place.typed_at < TYPING_PAUSE:
            return
        place.typed_at = time.monotonic()
        self._spawn(self._tell(by, topic, "typing"))

    async def _tell(self, by: Actor, topic: str, kind: str, **more: Any) -> None:
        who = {"kind": str(by.kind), "id": by.id, "name": by.name}
        await in_thread(_announce, by, topic, type=kind, who=who, **more)

    def _leave(self, topic: str) -> None:
        if self.places.pop(topic, None) and self.actor is not None:
            self.hub.leave((self.actor.merchant_id, topic), self)
            if topic.startswith("conversation:"):
                gone = asyncio.ensure_future(
                    self._tell(self.actor, topic, "presence", state="left")
                )
                _LAST_WORDS.add(gone)
                gone.add_done_callback(_forget)

    def _leave_all(self) -> None:
        for topic in tuple(self.places):
            self._leave(topic)

    # --- what the page hears ----------------------------------------------------------------------

    def hear(self, topic: str, message: Message) -> None:
        """Take news of a topic; never blocks."""
        place = self.places.get(topic)
        if place is None or self.actor is None:
            return
        kind = message["type"]
        if kind in {"typing", "presence"}:
            self._hear_person(self.actor, topic, message)
        elif place.following.conversation_id is None:
            self.say({"topic": topic, **message})
        else:
            if "seq" in message or kind == "resync":
                self._catch_up(place)
            if "seq" not in message or kind == "resync":
                self.say({"topic": topic, **message})

    def _hear_person(self, by: Actor, topic: str, message: Message) -> None:
        who = message["who"]
        if who["id"] == by.id:
            return
        if message.get("state") == "joined":
            self._spawn(self._tell(by, topic, "presence", state="here"))
        # Which colleagues look at a customer's conversation is not his business.
        if by.is_buyer and message["type"] == "presence":
            return
        if by.is_buyer:
            message = {**message, "who": {"kind": who["kind"], "name": who["name"]}}
        self.say({"topic": topic, **message})

    def _catch_up(self, place: Place) -> None:
        place.has_more = True
        if not place.is_reading:
            place.is_reading = True
            self._spawn(self._read_on(place))

    async def _read_on(self, place: Place) -> None:
        try:
            while place.has_more and self.actor is not None:
                place.has_more = False
                await self._read_gap(self.actor, place)
        finally:
            place.is_reading = False

    async def _read_gap(self, by: Actor, place: Place) -> None:
        conversation: ConversationId | None = place.following.conversation_id
        assert conversation is not None, "only conversations have numbers"
        answer = await self.gaps.read((by, conversation, place.sent))
        topic = place.following.topic
        if isinstance(answer, DomainError):
            self._leave(topic)
            self.say({"topic": topic, "type": "error", "code": answer.code})
        elif answer:
            place.sent = answer[-1].seq
            place.has_more = True  # A long gap comes in parts; one more look finds it empty.
            self.say(
                {
                    "topic": topic,
                    "type": "messages",
                    "items": [message_json(message) for message in answer],
                    "seq": place.sent,
                }
            )

    def say(self, message: Message) -> None:
        """Queue a message for the page; a page that does not keep up is let go."""
        if self._close_code:
            return
        if self._queue.full():
            self.close(TOO_SLOW)
            return
        self._queue.put_nowait(msgspec.json.encode(message).decode())


_LAST_WORDS: set[asyncio.Future[None]] = set()


def _forget(done: asyncio.Future[None]) -> None:
    _LAST_WORDS.discard(done)
    if not done.cancelled() and done.exception() is not None:
        logger.info("live pages: a goodbye was lost: %s", done.exception())


def _announce(by: Actor, topic: str, **news: Any) -> None:
    with acting_for(by.merchant_id):
        announce(by.merchant_id, topic, **news)
