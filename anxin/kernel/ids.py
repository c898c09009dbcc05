"""Identifiers: UUIDv7 made here, so that rows sort by birth without a database sequence."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """Return a UUIDv7 (RFC 9562) that sorts after every earlier one of this process.

    The 12 bits after the time count within the millisecond; a clock that jumps back does not
    break the order.
    """
    global _last  # noqa: PLW0603  (one counter a process is the point)
    with _lock:
        tick = (time.time_ns() * 4096) // 1_000_000
        _last = tick if tick > _last else _last + 1
        milliseconds, counter = divmod(_last, 4096)
    noise = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (counter << 64) | (2 << 62) | noise)
