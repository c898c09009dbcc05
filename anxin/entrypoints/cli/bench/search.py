"""How fast words are found in a full database, by merchants of all sizes."""

from __future__ import annotations

import argparse
import time

import psycopg

from anxin.entrypoints.cli.bench.filling import MERCHANTS, QUERIES, fill
from anxin.entrypoints.cli.bench.measuring import percentile

# Merchants from the largest (a seventh of everything) to the smallest.
_ASKERS = (1, 2, 5, 10, 25, MERCHANTS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--conversations", type=int, default=100_000, help="ten messages each")


def run(args: argparse.Namespace) -> dict[str, object]:
    """Return percentiles of the search, hits' texts and names included, and the index's size."""
    stored = fill(args.ground.database_url, args.conversations)
    with psycopg.connect(args.ground.database_url, autocommit=True) as connection:
        size = connection.execute("select pg_relation_size('message_words') / 1048576").fetchone()
    return {
        "conversations": stored.conversations,
        "messages": stored.messages,
        **measure(args.rounds),
        "index MiB": size[0] if size else None,
    }


def measure(rounds: int) -> dict[str, object]:
    """Search as many merchants for many words, and return percentiles."""
    from anxin.domains.conversations.public import search_messages
    from anxin.kernel.actors import Actor, MerchantId
    from anxin.kernel.tenancy import acting_for

    took: dict[str, list[float]] = {query: [] for query in QUERIES}
    hits = 0
    for _ in range(rounds):
        for number in _ASKERS:
            merchant = MerchantId(number)
            with acting_for(merchant):
                for query in QUERIES:
                    started = time.perf_counter()
                    page = search_messages(Actor.system(merchant), query)
                    took[query].append((time.perf_counter() - started) * 1000)
                    hits += len(page.items)
    every = [value for values in took.values() for value in values]
    slowest = max(took, key=lambda query: percentile(took[query], 0.5))
    return {
        "p50 ms": round(percentile(every, 0.5), 1),
        "p95 ms": round(percentile(every, 0.95), 1),
        "max ms": round(max(every), 1),
        f"slowest ({slowest}): p50 ms": round(percentile(took[slowest], 0.5), 1),
        "searches": len(every),
        "hits": hits,
    }
