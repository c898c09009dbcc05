"""How often one caller may call: a token bucket a key, kept in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import ceil

# Above this many callers the buckets that are full again are dropped.
_MANY = 10_000


class RateLimiter:
    """Allows ``per_minute`` calls a minute for each caller, in bursts of up to as many."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_for(self, caller: str) -> int:
        """Take one call and return 0, or return the seconds until the next one is allowed."""
        if self.per_minute <= 0:
            return 0
        rate, now = self.per_minute / 60, self._clock()
        with self._lock:
            left, at = self._buckets.get(caller, (float(self.per_minute), now))
            left = min(self.per_minute, left + (now - at) * rate)
            allowed = left >= 1
            self._buckets[caller] = (left - 1 if allowed else left, now)
            if len(self._buckets) > _MANY:
                self._drop_full(now, rate)
        return 0 if allowed else max(1, ceil((1 - left) / rate))

    def _drop_full(self, now: float, rate: float) -> None:
        full = [
            caller
            for caller, (left, at) in self._buckets.items()
            if left + (now - at) * rate >= self.per_minute
        ]
        for caller in full:
            del self._buckets[caller]
