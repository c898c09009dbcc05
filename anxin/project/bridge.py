"""Run Django (WSGI) in threads behind an ASGI server.

A thread is taken only when the whole request is here, so slow senders hold none; the answer goes
back in one step unless it streams. Why not a library's bridge: docs/adr/0005-web-process.md.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Bodies above this lie in a temporary file while they arrive.
_IN_MEMORY = 1024 * 1024
# Parts of an answer are put together up to this size or for this long before they are sent.
_PART_BYTES = 256 * 1024
_PART_SECONDS = 0.25
_SLOW_SENDER_SECONDS = 30
# A refused body is read on for this long, because a browser shows no answer while it sends.
_DRAIN_SECONDS = 20


class Refused(Exception):
    """The request gets no thread; carries the status and reason of its answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class ClientGone(Exception):
    """The client closed the connection; nobody reads an answer."""


class Bridge:
    """An ASGI application that calls a WSGI one."""

    def __init__(
        self, wsgi: Callable[..., Iterable[bytes]], *, threads: int, max_body: int, max_waiting: int
    ) -> None:
        self._wsgi = wsgi
        self._threads = threads
        self._max_body = max_body
        self._max_waiting = max_waiting
        self._running = 0
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="django")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            body = await self._body(scope, receive)
        except Refused as refusal:
            await refuse(refusal, receive, send)
            return
        except ClientGone:
            return
        with body:
            self._running += 1
            try:
                await self._answer(environ_of(scope, body), receive, send)
            finally:
                self._running -= 1

    async def _answer(self, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        exchange = _Exchange(self._wsgi, environ, send, asyncio.get_running_loop())
        watcher = asyncio.create_task(_watch(receive, exchange))
        context = contextvars.copy_context()
        work = asyncio.get_running_loop().run_in_executor(self._executor, context.run, exchange.run)
        try:
            for message in await asyncio.shield(work):
                await send(message)
        finally:
            watcher.cancel()

    async def _body(self, scope: Scope, receive: Receive) -> IO[bytes]:
        if self._running > self._max_waiting:
            raise Refused(503, "too many requests are waiting")
        if _declared_length(scope) > self._max_body:
            raise Refused(413, f"a request may have {self._max_body} bytes at most")
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (the caller closes it)
        try:
            await self._receive_into(file, receive)
        except BaseException as error:
            file.close()
            if isinstance(error, OSError):
                raise Refused(503, "no room to take the request's body") from error
            raise
        file.seek(0)
        return cast(IO[bytes], file)

    async def _receive_into(self, file: Any, receive: Receive) -> None:
        more = True
        while more:
            try:
                message = await asyncio.wait_for(receive(), _SLOW_SENDER_SECONDS)
            except TimeoutError as error:
                raise Refused(408, "the request's body did not arrive in time") from error
            if message["type"] == "http.disconnect":
                raise ClientGone
            file.write(message.get("body", b""))
            if file.tell() > self._max_body:
                raise Refused(413, f"a request may have {self._max_body} bytes at most")
            more = message.get("more_body", False)

    def close(self, at_thread_end: Callable[[], None]) -> None:
        """Let running requests finish, then call ``at_thread_end`` in each thread and end it."""
        together = threading.Barrier(self._threads)

        def leave() -> None:
            together.wait(timeout=10)
            at_thread_end()

        for _ in range(self._threads):
            self._executor.submit(leave)
        self._executor.shutdown(wait=True)


class _Exchange:
    """One call of the WSGI application, in a thread."""

    def __init__(
        self, wsgi: Any, environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._wsgi = wsgi
        self._environ = environ
        self._send = send
        self._loop = loop
        self._head: Message | None = None
        self._head_sent = False
        self.client_gone = False

    def run(self) -> list[Message]:
        """Call the application; return what is still to be sent."""
        parts: Any = ()
        try:
            parts = self._wsgi(self._environ, self._start)
            rest = self._stream(parts)
        except Exception:
            if self._head_sent:
                raise  # the server closes the connection, so that half an answer shows as such
            logger.exception("%s %s", self._environ["REQUEST_METHOD"], self._environ["PATH_INFO"])
            return problem(500, "something went wrong on our side")
        finally:
            if close := getattr(parts, "close", None):
                close()
        last: Message = {"type": "http.response.body", "body": rest, "more_body": False}
        return [last] if self._head_sent else [self._take_head(), last]

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self._head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(k.lower().encode("latin1"), v.encode("latin1")) for k, v in headers],
        }

    def _take_head(self) -> Message:
        assert self._head is not None, "WSGI calls start_response before the first part"
        self._head_sent = True
        return self._head

    def _stream(self, parts: Iterable[bytes]) -> bytes:
        gathered: list[bytes] = []
        size, since = 0, time.monotonic()
        for part in parts:
            if self.client_gone:
                return b""
            gathered.append(part)
            size += len(part)
            if size >= _PART_BYTES or (part and time.monotonic() - since > _PART_SECONDS):
                self._send_now(b"".join(gathered))
                gathered, size, since = [], 0, time.monotonic()
        return b"".join(gathered)

    def _send_now(self, body: bytes) -> None:
        messages: list[Message] = [] if self._head_sent else [self._take_head()]
        messages.append({"type": "http.response.body", "body": body, "more_body": True})

        async def send_all() -> None:
            for message in messages:
                await self._send(message)

        asyncio.run_coroutine_threadsafe(send_all(), self._loop).result()


async def _watch(receive: Receive, exchange: _Exchange) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    exchange.client_gone = True


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Return the WSGI environment of an ASGI request whose body is complete."""
    length = body.seek(0, 2)
    body.seek(0)
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": _LogStream(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin1"), raw_value.decode("latin1")
        # "X_Y" and "X-Y" would become one variable: the first is a way to forge the second.
        if "_" in name:
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    # Chunked bodies declare no length, and Django reads only as much as is declared.
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(length)
    return environ


class _LogStream:
    def write(self, text: str) -> None:
        logger.error("%s", text.rstrip())

    def flush(self) -> None:
        pass


def problem(status: int, detail: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> list[Message]:
    """Return the messages of a problem+json answer (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "status": status, "detail": detail}).encode()
    plain = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
    ]
    return [
        {"type": "http.response.start", "status": status, "headers": [*plain, *headers]},
        {"type": "http.response.body", "body": body, "more_body": False},
    ]


async def refuse(refusal: Refused, receive: Receive, send: Send) -> None:
    """Answer with a refusal, then read on for a while what the client still sends."""
    extra = [(b"connection", b"close")]
    if refusal.status == 503:
        extra.append((b"retry-after", b"1"))
    head, body = problem(refusal.status, refusal.reason, extra)
    await send(head)
    await send({**body, "more_body": True})
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    break
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})
