"""``anxin web``: one web process (uvicorn)."""

from __future__ import annotations

import argparse
import socket

from anxin.project import children

_GRACE_SECONDS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fd", type=int, help="serve on this open socket instead")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    with children.prepared():
        _serve(arguments)
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    import uvicorn

    from anxin.project.asgi import build

    config = uvicorn.Config(
        build(),
        host=arguments.host,
        port=arguments.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        # Compression costs each idle socket more memory than the messages would cost bandwidth.
        ws_per_message_deflate=False,
        ws_max_size=256 * 1024,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=2048,
    )
    children.freeze()
    sockets = None if arguments.fd is None else [socket.socket(fileno=arguments.fd)]
    uvicorn.Server(config).run(sockets=sockets)
