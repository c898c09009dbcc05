"""Group commit of inbound messages: one transaction for all that came while the last one ran."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg

from anxin.domains.conversations.data import InboundMessage, Received
from anxin.domains.conversations.public import (
    RECEIVE_SQL,
    receive_row,
    receive_values,
    received,
)
from anxin.entrypoints.realtime.database import dsn
from anxin.kernel.clock import utcnow

# One transaction takes so many, so that two share what 64 clients send; the queue holds so many
# more before we ask to come back later.
BATCH = 32
QUEUE = 4_096
# One core of the database is busy with one batch; a second goes out when so many wait already.
FLIGHTS = 2
ANOTHER_AT = 8
_ATTEMPTS = 4

Row = tuple[str, ...]
Waiting = tuple[Row, "asyncio.Future[Received]"]


class QueueFull(Exception):
    """Too many messages wait to be stored."""


class Batcher:
    """While batches commit the next one fills; no timer, so nobody waits when it is quiet."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._flights = [_Flight(self._waiting) for _ in range(FLIGHTS)]

    def submit(self, message: InboundMessage) -> asyncio.Future[Received]:
        """Return where the message will have gone. Raise QueueFull."""
        if len(self._waiting) >= QUEUE:
            raise QueueFull
        future: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        # Words are split here, while the batch before is with the database.
        self._waiting.append((receive_row(message, utcnow()), future))
        first, *others = self._flights
        first.start()
        if len(self._waiting) >= ANOTHER_AT:
            for flight in others:
                flight.start()
        return future

    async def close(self) -> None:
        """Commit what waits and give the connections back."""
        for flight in self._flights:
            await flight.close()


class _Flight:
    """One connection, and the batches that go over it one after the other.

    Two may be under way at once: ``conversations_receive`` locks in key order.
    """

    def __init__(self, waiting: list[Waiting]) -> None:
        self._waiting = waiting
        self._running: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None

    def start(self) -> None:
        """Take what waits, unless already at it."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Commit what waits and give the connection back."""
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _run(self) -> None:
        await asyncio.sleep(0)
        while batch := self._waiting[:BATCH]:
            del self._waiting[:BATCH]
            await self._commit(batch)

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            answers = await self._store([row for row, _ in batch])
        except Exception as error:
            if len(batch) > 1 and self._is_connected():
                # One of them cannot be stored, or collided: each gets its own answer.
                for one in batch:
                    await self._commit([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _store(self, rows: list[Row]) -> list[Received]:
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._execute(rows)
            except (
                psycopg.errors.UniqueViolation,
                psycopg.errors.SerializationFailure,
                psycopg.errors.DeadlockDetected,
            ):
                # The same message came to another process in this moment: tried again, alone.
                if len(rows) > 1:
                    raise
            except psycopg.OperationalError:
                # A lost connection may hide that the batch was stored; repeating is harmless.
                if self._is_connected():
                    raise
        return await self._execute(rows)

    def _is_connected(self) -> bool:
        return self._connection is not None and not self._connection.closed

    async def _execute(self, rows: list[Row]) -> list[Received]:
        if not self._is_connected():
            self._connection = await psycopg.AsyncConnection.connect(
                dsn(), autocommit=True, prepare_threshold=0
            )
        assert self._connection is not None, "connected above"
        cursor = await self._connection.execute(RECEIVE_SQL, receive_values(rows, utcnow()))
        return [received(row) for row in await cursor.fetchall()]
