"""``anxin worker``: one worker process: deliveries of events, timers, figures."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable

from anxin.project import children


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at the same time")


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop."""
    with children.prepared():
        from anxin.kernel.worker import run_worker

        children.freeze()
        asyncio.run(_work(run_worker, arguments.concurrency))
    return 0


async def _work(run_worker: Callable[..., Awaitable[None]], concurrency: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run_worker(stop, concurrency=concurrency)
