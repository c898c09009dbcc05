"""The real web process's application on a loopback port, in a thread of the test."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from websockets.sync.client import ClientConnection, connect

from anxin.project.asgi import build


class Server:
    """One uvicorn with hot intake, live pages and Django."""

    def __init__(self, port: int = 0) -> None:
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.port: int = self.listener.getsockname()[1]
        config = uvicorn.Config(
            build(), loop="uvloop", http="httptools", ws="websockets-sansio", lifespan="on",
            ws_per_message_deflate=False, log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self.listener]}, daemon=True
        )
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it and wait for the end."""
        self._server.should_exit = True
        self._thread.join(10)


@contextmanager
def serving(port: int = 0) -> Iterator[Server]:
    """Serve while the block runs."""
    server = Server(port)
    try:
        yield server
    finally:
        server.stop()


class Page:
    """What a browser's script does with its live connection."""

    def __init__(self, port: int, *, cookie: str = "", origin: str = "") -> None:
        headers = {"Cookie": cookie} if cookie else {}
        opened = connect(
            f"ws://127.0.0.1:{port}/ws/",
            additional_headers=headers,
            origin=origin or None,  # type: ignore[arg-type]
            compression=None,
        )
        self._socket: ClientConnection = opened.__enter__()

    def say(self, **frame: Any) -> None:
        """Send a frame."""
        self._socket.send(json.dumps(frame))

    def hear(self, kind: str, timeout: float = 5) -> dict[str, Any]:
        """Return the next frame of a kind, skipping others."""
        until = time.monotonic() + timeout
        while True:
            frame: dict[str, Any] = json.loads(self._socket.recv(max(0, until - time.monotonic())))
            if frame["type"] == kind:
                return frame

    def messages(self, up_to: int, timeout: float = 5) -> list[dict[str, Any]]:
        """Return messages as they come until one has the number ``up_to``."""
        items: list[dict[str, Any]] = []
        while not items or items[-1]["seq"] < up_to:
            items += self.hear("messages", timeout)["items"]
        return items

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def close_code(self, timeout: float = 5) -> int | None:
        """Wait for the other side to close and return its code."""
        try:
            while True:
                self._socket.recv(timeout)
        except Exception:
            pass
        return self._socket.close_code
