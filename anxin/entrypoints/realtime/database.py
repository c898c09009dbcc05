"""How asynchronous entry points reach the database: a few threads for Django, and a plain DSN."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from django.db import close_old_connections, connections
from psycopg.conninfo import make_conninfo

from anxin.kernel.tenancy import acting_for

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 4
_PLAIN = ("dbname", "user", "password", "host", "port", "options", "application_name",
          "connect_timeout", "sslmode", "sslrootcert")  # fmt: skip

_pool: ThreadPoolExecutor | None = None


def dsn() -> str:
    """Return the address of Django's default database, with the same role."""
    params: dict[str, Any] = connections["default"].get_connection_params()
    return make_conninfo(**{key: params[key] for key in _PLAIN if params.get(key)})


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run Django code in one of the few threads that keep a database connection."""
    global _pool  # noqa: PLW0603  (one pool a process)
    if _pool is None:
        _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="realtime")

    def call() -> R:
        close_old_connections()
        with acting_for(None):
            return function(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_pool, call)


async def close_threads() -> None:
    """Close the threads and their connections."""
    global _pool
    pool, _pool = _pool, None
    if pool is None:
        return
    everyone = threading.Barrier(THREADS)

    def close() -> None:
        # Whoever waits here cannot take a second turn, so each thread comes by once.
        with suppress(threading.BrokenBarrierError):
            everyone.wait(5)
        connections.close_all()

    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(pool, close) for _ in range(THREADS)))
    pool.shutdown(wait=False)
