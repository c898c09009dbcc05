"""The worker process: jobs, sweeps and projections in one event loop with a few threads.

Every part may die at any moment. A worker shows that it lives by a lock that PostgreSQL drops with
its connection; jobs of a worker without one are put back at once (docs/adr/0001).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.db_cleanup import close_db_connections
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from anxin.kernel import (
    housekeeping,  # noqa: F401  (registers its sweeps)
    jobs,
    measures,
    streams,
)
from anxin.kernel.outbox import STREAM_CHANNEL

logger = logging.getLogger(__name__)

T = TypeVar("T")

# The class of the advisory locks by which workers show that they live (sql/housekeeping.sql).
WORKER_LOCKS = 0x616E78
# A worker writes its heartbeat this often. It decides nothing once the lock is held; it covers
# the moment between a worker's registration and its lock.
HEARTBEAT_SECONDS = 2.0
RECOVERY_SECONDS = 1.0
FOLD_SECONDS = 0.5
SWEEP_THREADS = 2
GRACE_SECONDS = 5.0


async def run_worker(stop: asyncio.Event, *, concurrency: int = 4) -> None:
    """Work until ``stop`` is set. Raise when the database is lost: the supervisor starts anew."""
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=concurrency + 2)
    worker_app = app.with_connector(connector)
    async with worker_app.open_async():
        worker = Worker(
            worker_app,
            queues=[jobs.DELIVERIES, jobs.BACKGROUND],
            concurrency=concurrency,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            # Only our own recovery may forget a worker: it puts its jobs back first.
            stalled_worker_timeout=10 * 365 * 86_400,
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=False,
            task_middleware=[close_db_connections, _measure],
        )
        await _run_all(worker, stop)


async def _run_all(worker: Worker, stop: asyncio.Event) -> None:
    sweeps = ThreadPoolExecutor(SWEEP_THREADS, thread_name_prefix="sweep")
    folding = ThreadPoolExecutor(1, thread_name_prefix="fold")
    tasks = [
        asyncio.create_task(worker.run(), name="jobs"),  # type: ignore[no-untyped-call]  # theirs
        asyncio.create_task(_stay_known(worker), name="lock"),
        asyncio.create_task(_fold(folding), name="projections"),
        *[
            asyncio.create_task(_sweep(sweep, sweeps), name=sweep.name)
            for sweep in jobs.SWEEPS.values()
        ],
    ]
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stopping}:
            task.result()
            raise RuntimeError(f"the worker's part {task.get_name()!r} ended")
    finally:
        stopping.cancel()
        worker.stop()  # type: ignore[no-untyped-call]  # theirs
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for executor in (sweeps, folding):
            executor.shutdown(wait=True, cancel_futures=True)


def _measure(call_next: Callable[[], Any], context: Any, _worker: Any) -> Any:
    started = time.perf_counter()
    outcome = "failed"
    try:
        result = call_next()
        outcome = "done"
        return result
    except exceptions.JobRetry:
        outcome = "again"
        raise
    finally:
        seconds = time.perf_counter() - started
        measures.JOBS.labels(context.job.queue, outcome).observe(seconds)


# --- staying known, and forgetting the dead ------------------------------------------------------


async def _stay_known(worker: Worker) -> None:
    """Hold this worker's lock for as long as it lives, and put back the jobs of dead ones."""
    connect = psycopg.AsyncConnection.connect(**connector_params(), autocommit=True)
    async with await connect as held:
        while worker.worker_id is None:
            await asyncio.sleep(0.01)
        await held.execute(
            "select pg_advisory_lock(%s, %s)", [WORKER_LOCKS, worker.worker_id % 2**31]
        )
        while True:
            put_back = await put_back_jobs_of_the_dead(held, worker.worker_id)
            if put_back:
                measures.JOBS_PUT_BACK.inc(put_back)
                logger.warning("put back %d jobs of workers that died", put_back)
            await asyncio.sleep(RECOVERY_SECONDS)


async def put_back_jobs_of_the_dead(held: psycopg.AsyncConnection[Any], own_id: int | None) -> int:
    """Put back what dead workers were doing and forget them; return the number of jobs."""
    cursor = await held.execute(
        "select id from procrastinate_workers where id is distinct from %s"
        " and last_heartbeat < now() - make_interval(secs => %s)"
        " and not kernel_worker_lives(id)",
        [own_id, HEARTBEAT_SECONDS * 1.5],
    )
    dead = [row[0] for row in await cursor.fetchall()]
    async with held.transaction():
        # A job without a worker is one whose worker was forgotten by somebody else.
        cursor = await held.execute(
            "select procrastinate_retry_job_v2(id, now(), null, null, null) from ("
            " select id from procrastinate_jobs where status = 'doing'"
            " and (worker_id is null or worker_id = any(%s)) order by id for update skip locked"
            ") as doing",
            [dead],
        )
        put_back = cursor.rowcount
        await held.execute("delete from procrastinate_workers where id = any(%s)", [dead])
    return put_back


# --- sweeps --------------------------------------------------------------------------------------


async def _sweep(sweep: jobs.Sweep, executor: ThreadPoolExecutor) -> None:
    while True:
        started = time.monotonic()
        await _in_thread(executor, lambda: run_sweep(sweep))
        await asyncio.sleep(max(0.05, sweep.seconds - (time.monotonic() - started)))


def run_sweep(sweep: jobs.Sweep) -> bool:
    """Run one sweep unless another worker is at it; return whether it ran."""
    if not _try_lock(sweep.name):
        return False
    try:
        with measures.SWEEPS.labels(sweep.name).time():
            sweep.run()
    except Exception:
        # One sweep's bug must not stop the others, nor its own next turn.
        measures.SWEEP_FAILURES.labels(sweep.name).inc()
        logger.exception("sweep %s", sweep.name)
    finally:
        _unlock(sweep.name)
    return True


def _try_lock(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _unlock(name: str) -> None:
    # A connection that was lost has lost its lock too.
    with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [name])


# --- projections ---------------------------------------------------------------------------------


async def _fold(executor: ThreadPoolExecutor) -> None:
    """Advance every projection when the stream says so, and every half second."""
    listening = psycopg.AsyncConnection.connect(**connector_params(), autocommit=True)
    async with await listening as told:
        await told.execute(f"listen {STREAM_CHANNEL}")
        while True:
            await _in_thread(executor, fold_due)
            async for _ in told.notifies(timeout=FOLD_SECONDS, stop_after=1):
                await asyncio.sleep(0.05)


# When each projection may fold again, on the monotonic clock.
_resting: dict[str, float] = {}


def rest_after(busy_seconds: float, patience_seconds: float) -> float:
    """Return how long a projection pauses: longer the busier it was, up to its patience.

    One batch of many facts is cheaper than ten of few, and those who take messages in need the
    processor more.
    """
    return min(patience_seconds, max(0.05, 4 * busy_seconds))


def fold_due() -> int:
    """Fold a batch of every projection that has rested; return how many events were folded."""
    total = 0
    for name in streams.PROJECTIONS:
        began = time.monotonic()
        if began >= _resting.get(name, 0):
            total += _fold_batch(name)
            busy = time.monotonic() - began
            patience = streams.PATIENCE.get(name, FOLD_SECONDS)
            _resting[name] = began + busy + rest_after(busy, patience)
    return total


def _fold_batch(name: str) -> int:
    try:
        folded = streams.advance(name)
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        # Also a value that a column does not take: it must not end the worker with its jobs.
        # It stays where it is and is tried again; the others go on.
        logger.exception("projection %s", name)
        return 0
    measures.FOLDED.labels(name).inc(folded)
    return folded


async def _in_thread(executor: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    def guarded() -> T:
        close_old_connections()
        try:
            return call()
        except (DatabaseError, InterfaceError):
            connections.close_all()
            raise

    return await asyncio.get_running_loop().run_in_executor(executor, guarded)
