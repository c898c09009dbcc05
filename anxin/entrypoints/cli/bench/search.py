"""How fast words are found in a full database, by merchants of all sizes."""

from __future__ import annotations

import time
from typing import Any

from anxin.entrypoints.cli.bench.filling import MERCHANTS, QUERIES
from anxin.entrypoints.cli.bench.place import Place, adopt, percentile

# Merchants from the largest (a seventh of everything) to the smallest.
_ASKERS = (1, 2, 5, 10, 25, MERCHANTS)


def measure(place: Place, *, rounds: int = 5) -> dict[str, Any]:
    """Return percentiles of the search, hits' texts and names included, and the index's size."""
    from anxin.domains.conversations.public import search_messages
    from anxin.kernel.actors import Actor, MerchantId
    from anxin.kernel.tenancy import acting_for

    adopt(place)
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
    with place.connect() as connection:
        size = connection.execute(
            "select pg_relation_size('message_words') / 1048576, "
            "(select count(*) from conversations_message)"
        ).fetchone()
    assert size is not None, "an aggregate gives one row"
    return {
        "messages": size[1],
        "p50_ms": round(percentile(every, 0.5), 1),
        "p95_ms": round(percentile(every, 0.95), 1),
        "max_ms": round(max(every), 1),
        "slowest_query": slowest,
        "slowest_query_p50_ms": round(percentile(took[slowest], 0.5), 1),
        "hits": hits,
        "searches": len(every),
        "index_mb": size[0],
    }
