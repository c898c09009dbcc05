"""How many messages a second are taken in durably over HTTP, beside what the database can take.

The limit is pgbench calling the same function with ready-made batches of 32: what remains when
HTTP, JSON, checking, word splitting and waiting for each other cost nothing.
"""

# messages: data (what people of the sample write)
from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import time
from collections.abc import Coroutine
from typing import Any

import psycopg
import uvloop

from anxin.entrypoints.cli.bench import Ground
from anxin.entrypoints.cli.bench.filling import MERCHANTS, fill, sentence
from anxin.entrypoints.cli.bench.measuring import percentile

Driven = tuple[float, list[float], int]
SENDERS = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--web", type=int, default=1, help="web processes")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--conversations", type=int, default=1_000, help="stored before")


def run(args: argparse.Namespace) -> dict[str, object]:
    """Return the rate, its percentiles and the limit."""
    ground: Ground = args.ground
    stored = fill(ground.database_url, args.conversations)
    keys = _keys(ground)
    with ground.serve(web=args.web) as served:
        port = int(served.base_url.rsplit(":", 1)[1])
        _run(_drive(port, keys, 2, args.connections))
        before = _messages(ground)
        rate, latencies, failures = _run(_drive(port, keys, args.seconds, args.connections))
        kept = _messages(ground) - before
    limit = _limit(ground, max(3, int(args.seconds / 2)))
    return {
        "accepted per second": round(rate),
        "p50 ms": round(percentile(latencies, 0.5), 1),
        "p99 ms": round(percentile(latencies, 0.99), 1),
        "refused or failed": failures,
        "answered 201": len(latencies),
        "found in the database": kept,
        "connections": args.connections,
        "web processes": args.web,
        "messages stored before": stored.messages,
        "limit: pgbench, batches of 32, per second": round(limit),
        "share of the limit": round(rate / limit, 2) if limit else None,
    }


def _run(work: Coroutine[Any, Any, Driven]) -> Driven:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _messages(ground: Ground) -> int:
    with psycopg.connect(ground.database_url, autocommit=True) as connection:
        found = connection.execute("select count(*) from conversations_message").fetchone()
    return int(found[0]) if found else 0


def _keys(ground: Ground) -> list[str]:
    from anxin.domains.merchants.data import Permission
    from anxin.domains.merchants.public import hash_of_key
    from anxin.kernel.ids import uuid7

    keys = [f"anxin_bench_{n}_{os.urandom(16).hex()}" for n in range(1, MERCHANTS + 1)]
    with psycopg.connect(ground.database_url, autocommit=True) as connection:
        connection.execute("delete from merchants_apikey")
        for merchant, key in enumerate(keys, start=1):
            connection.execute(
                "insert into merchants_apikey (id, merchant_id, name, prefix, key_hash, scopes, "
                "is_active) values (%s, %s, 'bench', 'anxin_bench', %s, %s, true)",
                [uuid7(), merchant, hash_of_key(key), [str(Permission.MESSAGES_WRITE)]],
            )
    return keys


# --- the client -----------------------------------------------------------------------------------


async def _drive(
    port: int, keys: list[str], seconds: float, connections: int
) -> tuple[float, list[float], int]:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    requests = _Requests(port, keys)
    started = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: _Client(requests, until), "127.0.0.1", port)
        for _ in range(connections)
    ]
    clients = [client for _, client in opened]
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - started
    latencies = [value for client in clients for value in client.latencies]
    return len(latencies) / took, latencies, sum(client.failed for client in clients)


class _Requests:
    """Requests made beforehand; only the message's own id is new each time."""

    def __init__(self, port: int, keys: list[str]) -> None:
        self.dice = random.Random()  # noqa: S311  (load, no secrets)
        self.ready = [self._make(port, self.dice.choice(keys)) for _ in range(20_000)]

    def next(self) -> bytes:
        head, tail = self.dice.choice(self.ready)
        return head + b"%024x" % self.dice.getrandbits(96) + tail

    def _make(self, port: int, key: str) -> tuple[bytes, bytes]:
        body = {
            "channel": "wechat",
            "sender": {"id": f"u{self.dice.randrange(SENDERS)}", "name": "顾客"},
            "text": sentence(self.dice),
            "sent_at": "2026-11-11T00:00:00+08:00",
            "external_id": "0" * 24,
        }
        text = json.dumps(body, ensure_ascii=False).encode()
        head = (
            f"POST /api/v1/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n\r\n"
        ).encode()
        return head + text[:-26], text[-2:]


class _Client(asyncio.Protocol):
    """One connection that sends the next message when the last one is answered."""

    def __init__(self, requests: _Requests, until: float) -> None:
        self.requests, self.until = requests, until
        self.latencies: list[float] = []
        self.failed = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self.requests.next())

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, found, body = self._held.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if not found or length is None or len(body) < int(length[1]):
            return
        now = time.perf_counter()
        if head.startswith(b"HTTP/1.1 201"):
            self.latencies.append((now - self._sent) * 1000)
        else:
            self.failed += 1
        self._held = b""
        if now < self.until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


# --- the limit ------------------------------------------------------------------------------------

_BATCH = 32
_SCRIPT = """
select count(*) from (
    select array_agg(1 + (random() * 49)::int::bigint) m, array_agg('program'::text) k,
           array_agg('limit'::text) i, array_agg('wechat'::text) c,
           array_agg(md5(random()::text)) e, array_agg(null::uuid) n,
           array_agg('u' || (random() * 19999)::int) s, array_agg('顾客'::text) w,
           array_agg(''::text) z,
           array_agg('我昨天在你们店买的红色运动鞋开线了,订单号202611110001,想申请退款'::text) t,
           array_agg('1.我 1.昨天 1.你们 1.红色 1.运动 1.运动鞋 1.开线 1.申请 1.退款'::text) v,
           array_agg('{{}}'::text) f, array_agg(now()) d,
           array_agg({id}) a, array_agg({id}) b, array_agg({id}) g, array_agg({id}) h,
           array_agg({id}) o, array_agg({id}) p, array_agg({id}) q
    from generate_series(1, {batch})
) x, conversations_receive(now(), m, k, i, c, e, n, s, w, z, z, n, t, t, v, f, f, d,
                           a, b, g, h, o, p, q);
"""


def _limit(ground: Ground, seconds: int) -> float:
    with psycopg.connect(ground.database_url) as connection:
        is_new = connection.info.server_version >= 180000
    script = _SCRIPT.format(id="uuidv7()" if is_new else "gen_random_uuid()", batch=_BATCH)
    # pgbench ends a statement at each semicolon, not at each line.
    return ground.pgbench(script.strip(), clients=2, seconds=seconds).per_second * _BATCH
