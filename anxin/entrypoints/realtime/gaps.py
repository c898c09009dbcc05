"""Reading what sockets have missed: asked singly, read together, one thread job a merchant."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from anxin.domains.conversations.data import MessageData
from anxin.entrypoints.realtime.database import in_thread
from anxin.entrypoints.realtime.topics import Ask, read_gaps
from anxin.kernel.actors import MerchantId
from anxin.kernel.errors import DomainError

Answer = list[MessageData] | DomainError
_AT_ONCE = 50


class GapReader:
    """Collects questions while the threads are busy, so that load makes batches, not queues."""

    def __init__(self) -> None:
        self._waiting: defaultdict[MerchantId, list[tuple[Ask, asyncio.Future[Answer]]]]
        self._waiting = defaultdict(list)
        self._running: set[asyncio.Task[None]] = set()
        self._busy: set[MerchantId] = set()

    async def read(self, ask: Ask) -> Answer:
        """Return the messages after a number, or the refusal."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        merchant = ask[0].merchant_id
        self._waiting[merchant].append((ask, future))
        if merchant not in self._busy:
            self._busy.add(merchant)
            task = asyncio.create_task(self._drain(merchant))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await future

    async def _drain(self, merchant: MerchantId) -> None:
        try:
            while batch := self._waiting[merchant][:_AT_ONCE]:
                del self._waiting[merchant][:_AT_ONCE]
                await self._answer(batch)
        finally:
            self._busy.discard(merchant)
            self._waiting.pop(merchant, None)

    async def _answer(self, batch: list[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await in_thread(read_gaps, [ask for ask, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
