"""How many ordinary API writes a second the real web process takes, each durable."""

from __future__ import annotations

import argparse
import json
import threading
import time
from http.client import HTTPConnection
from uuid import uuid4

from anxin.domains.merchants import public as merchants
from anxin.entrypoints.cli.bench import Ground
from anxin.entrypoints.cli.bench.measuring import percentile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=16)


def run(args: argparse.Namespace) -> dict[str, object]:
    """Return writes a second beside durable one-row inserts of the same disk."""
    ground: Ground = args.ground
    merchant = merchants.found_merchant("bench")
    key = merchants.issue_key(merchant, "bench", ["*"])
    limit = ground.insert_limit(clients=args.connections)
    took: list[float] = []
    with ground.serve() as served:
        port = int(served.base_url.rsplit(":", 1)[1])
        _write(HTTPConnection("127.0.0.1", port, timeout=30), key)
        threads = [
            threading.Thread(target=_writer, args=(port, key, args.seconds, took))
            for _ in range(args.connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return {
        "limit: one-row inserts per second": round(limit.per_second),
        "writes per second": round(len(took) / args.seconds),
        "share of the limit": round(len(took) / args.seconds / limit.per_second, 3),
        "p50 ms": round(percentile(took, 0.5), 1),
        "p99 ms": round(percentile(took, 0.99), 1),
        "target per second": 150,
    }


def _writer(port: int, key: str, seconds: float, took: list[float]) -> None:
    http = HTTPConnection("127.0.0.1", port, timeout=30)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        _write(http, key)
        took.append((time.perf_counter() - started) * 1000)
    http.close()


def _write(http: HTTPConnection, key: str) -> None:
    """Create a product, as a program would: with a key that makes it safe to repeat."""
    number = uuid4().hex
    body = {"products": [{"sku": number, "name": "bench", "price_minor": 1_000}]}
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": number,
    }
    http.request("POST", "/api/v1/products", json.dumps(body), headers)
    answer = http.getresponse()
    text = answer.read()
    if answer.status not in {200, 201}:
        raise RuntimeError(f"POST /products answered {answer.status}: {text[:200]!r}")
