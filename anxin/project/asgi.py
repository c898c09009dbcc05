"""The web process's first fork: hot intake, live pages, and Django for everything else."""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import connections

from anxin.kernel import measures
from anxin.project.bridge import Bridge, Receive, Scope, Send
from anxin.project.wsgi import application as django

logger = logging.getLogger(__name__)

AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# Django's threads. Python runs one at a time; the others wait for the database.
THREADS = 8
MAX_WAITING = 512

_INTAKE = "/api/v1/messages"


class Router:
    """Sends each connection to the application that serves it."""

    def __init__(self, intake: AsgiApp, live: AsgiApp, django: Bridge) -> None:
        self._parts: dict[str, AsgiApp] = {"intake": intake, "live": live, "django": django}
        self._bridge = django
        self._rooms = [_module("anxin.entrypoints.http_api.intake"),
                       _module("anxin.entrypoints.realtime")]  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (or the process's life, for ``lifespan``)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await self._parts["live"](scope, receive, send)
        elif scope["method"] == "POST" and scope["path"] == _INTAKE:
            await self._measured("intake", scope, receive, send)
        else:
            await self._measured("django", scope, receive, send)

    async def _measured(self, part: str, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 0

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._parts[part](scope, receive, watched)
        finally:
            seconds = time.perf_counter() - started
            measures.REQUESTS.labels(part, str(status or 499)).observe(seconds)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop what rooms keep running: their ``startup()`` and ``shutdown()``."""
        await receive()
        await self._call_rooms("startup")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._call_rooms("shutdown")
        await asyncio.to_thread(self._bridge.close, connections.close_all)
        await send({"type": "lifespan.shutdown.complete"})

    async def _call_rooms(self, hook: str) -> None:
        for room in self._rooms:
            if function := getattr(room, hook, None):
                await function()


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        logger.exception("%s cannot be imported", name)
        return None


def _app(name: str, otherwise: AsgiApp) -> AsgiApp:
    found = getattr(_module(name), "app", None)
    if isinstance(found, ModuleType):
        found = getattr(found, "app", None)
    return found if callable(found) else otherwise


async def _closed(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1013})


def build() -> Router:
    """Return the application of one web process."""
    bridge = Bridge(
        django,
        threads=THREADS,
        max_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        max_waiting=MAX_WAITING,
    )
    return Router(
        intake=_app("anxin.entrypoints.http_api.intake", bridge),
        live=_app("anxin.entrypoints.realtime", _closed),
        django=bridge,
    )
