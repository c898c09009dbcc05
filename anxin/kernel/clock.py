"""The one place that reads the clock; only entry points and jobs call it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told_time", default=None)


def utcnow() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def told(moment: datetime) -> Iterator[None]:
    """Let jobs of this thread believe that it is ``moment``: sample data that lived a year."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
