"""The ASGI application behind /ws/: one hub and one LISTEN connection for all its sockets."""

from __future__ import annotations

from anxin.entrypoints.realtime.database import close_threads
from anxin.entrypoints.realtime.gaps import GapReader
from anxin.entrypoints.realtime.hub import Hub
from anxin.entrypoints.realtime.notices import Notices
from anxin.entrypoints.realtime.socket import Receive, Scope, Send, Socket

NOT_HERE = 4404


class Centre:
    """What the sockets of one process share."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.gaps = GapReader()
        self.notices = Notices(self.hub)


_centre: Centre | None = None


async def startup() -> None:
    """Begin to listen. Called once a process, inside its event loop."""
    global _centre  # noqa: PLW0603  (one centre a process)
    _centre = Centre()
    await _centre.notices.start()


async def shutdown() -> None:
    """Stop listening and give the connections back."""
    global _centre
    centre, _centre = _centre, None
    if centre is not None:
        await centre.notices.stop()
    await close_threads()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one WebSocket connection."""
    if scope["path"].rstrip("/") != "/ws":
        await receive()
        await send({"type": "websocket.close", "code": NOT_HERE})
        return
    if _centre is None:
        await startup()
    assert _centre is not None, "startup() makes it"
    await Socket(scope, receive, send, _centre.hub, _centre.gaps).run()
