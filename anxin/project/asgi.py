"""The web process's first fork: hot intake, live pages, and Django for everything else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.db import connections

from anxin.entrypoints import realtime
from anxin.entrypoints.http_api import intake
from anxin.kernel import measures
from anxin.project.bridge import Bridge, Receive, Scope, Send
from anxin.project.wsgi import application as django

AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# Django's threads. Python runs one at a time; the others wait for the database.
THREADS = 8
MAX_WAITING = 512

_INTAKE = "/api/v1/messages"


class Router:
    """Sends each connection to the application that serves it."""

    def __init__(self, django: Bridge) -> None:
        self._bridge = django
        self._parts: dict[str, AsgiApp] = {"intake": intake.app, "django": django}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (or the process's life, for ``lifespan``)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await realtime.app(scope, receive, send)
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
        """Start and stop what the parts keep running."""
        await receive()
        await intake.startup()
        await realtime.startup()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await realtime.shutdown()
        await intake.shutdown()
        await asyncio.to_thread(self._bridge.close, connections.close_all)
        await send({"type": "lifespan.shutdown.complete"})


def build() -> Router:
    """Return the application of one web process."""
    return Router(
        Bridge(
            django,
            threads=THREADS,
            max_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            max_waiting=MAX_WAITING,
        )
    )
