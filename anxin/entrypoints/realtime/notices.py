"""From PostgreSQL's notices to the hub: one LISTEN connection a process, made again when lost."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from anxin.entrypoints.realtime.database import dsn
from anxin.entrypoints.realtime.hub import Hub, Key, Message
from anxin.kernel.actors import MerchantId
from anxin.kernel.live import LIVE_CHANNEL

logger = logging.getLogger(__name__)

# The inbox is told this often at most; a storm of messages is one notice with many ids.
INBOX_PAUSE = 0.1
INBOX_IDS = 200
# How the connection is known in pg_stat_activity.
APPLICATION = "anxin-live"
_QUIET_CHECK = 30.0
_SHORTEST_WAIT, _LONGEST_WAIT = 0.1, 5.0


class Notices:
    """Listens as long as the process lives."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.listening = asyncio.Event()
        self._inbox: dict[MerchantId, dict[str, int]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; returns when PostgreSQL has confirmed, or after five seconds."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            await asyncio.wait_for(self.listening.wait(), 5)
        except TimeoutError:
            logger.warning("live pages: no connection to the database yet")

    async def stop(self) -> None:
        """Stop listening."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        wait = _SHORTEST_WAIT
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                logger.warning("live pages: lost the database, trying again: %s", error)
            wait = _SHORTEST_WAIT if self.listening.is_set() else min(wait * 2, _LONGEST_WAIT)
            self.listening.clear()
            await asyncio.sleep(wait)

    async def _listen(self) -> None:
        address = make_conninfo(dsn(), application_name=APPLICATION)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            await connection.execute(f"listen {LIVE_CHANNEL}")
            self.listening.set()
            # What was said while nobody listened is lost: everyone looks for himself.
            for topic, listener in self.hub.everyone():
                listener.hear(topic, {"type": "resync"})
            while True:
                async for notice in connection.notifies(timeout=_QUIET_CHECK):
                    self.take(notice.payload)
                await connection.execute("select 1")

    def take(self, payload: str) -> None:
        """Hand one notice on: a batch of received messages, or one topic's news."""
        notice = json.loads(payload)
        if "messages" in notice:
            for merchant, conversation, seq in notice["messages"]:
                self._publish(merchant, f"conversation:{conversation}", {"seq": seq})
                self._inbox_changed(merchant, conversation, seq)
            return
        merchant, topic = notice.pop("merchant"), notice.pop("topic")
        if topic == "inbox" and "conversation" in notice:
            self._inbox_changed(merchant, notice["conversation"], notice.get("seq", 0))
        else:
            self._publish(merchant, topic, notice)

    def _publish(self, merchant: int, topic: str, ids: dict[str, Any]) -> None:
        message: Message = {"type": "changed", **ids}
        self.hub.publish((MerchantId(merchant), topic), message)

    def _inbox_changed(self, merchant: int, conversation: str, seq: int) -> None:
        key: Key = (MerchantId(merchant), "inbox")
        waiting = self._inbox.get(key[0])
        if waiting is None:
            if not self.hub.members(key):
                return
            waiting = self._inbox[key[0]] = {}
            asyncio.get_running_loop().call_later(INBOX_PAUSE, self._tell_inbox, key)
        waiting[conversation] = seq

    def _tell_inbox(self, key: Key) -> None:
        changed = self._inbox.pop(key[0], {})
        latest = list(changed.items())[-INBOX_IDS:]
        self.hub.publish(
            key,
            {
                "type": "changed",
                "conversations": [{"id": id_, "seq": seq} for id_, seq in latest],
                "more": len(changed) > len(latest),
            },
        )
