"""Background work: delivery of events to listeners, and sweeps that run every few seconds.

Procrastinate carries the deliveries and stands behind this module alone (docs/adr/0001).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anxin.kernel import events
from anxin.kernel.actors import MerchantId
from anxin.kernel.errors import Unavailable
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for

DELIVERIES = "deliveries"
BACKGROUND = "background"


# An outside service that is down is asked again after 1, 2, 4 … seconds, ten times in all
# (a quarter of an hour), and so is our own database: a deadlock or a lost connection undid all the
# listener did. What fails for another reason is a bug and stays visible as failed.
_PASSING = [Unavailable, OperationalError, InterfaceError]


@app.task(
    queue=DELIVERIES,
    name="deliver",
    retry=RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions=_PASSING),
)
def deliver(merchant_id: int, event_id: str, listener: str) -> None:
    """Hand one recorded event to one listener."""
    merchant = MerchantId(merchant_id)
    with acting_for(merchant):
        row = RecordedEvent.objects.get(pk=UUID(event_id))
        events.call(row.name, row.payload, row.occurred_at, listener, merchant)


_inline: ContextVar[deque[tuple[int, str, str]] | None] = ContextVar("inline", default=None)


@contextmanager
def delivering_inline() -> Iterator[None]:
    """Run deliveries in this process right after they commit, instead of queueing them.

    For loading sample data and for tests that follow a process to its end.
    """
    token = _inline.set(deque())
    try:
        yield
    finally:
        _inline.reset(token)


def _deliver_soon(waiting: deque[tuple[int, str, str]], delivery: tuple[int, str, str]) -> None:
    waiting.append(delivery)
    if len(waiting) == 1:  # otherwise an outer call is at work and comes to this one
        try:
            while waiting:
                deliver(*waiting[0])
                waiting.popleft()
        finally:
            waiting.clear()


def defer_delivery(row: RecordedEvent, listener: str) -> None:
    """Queue the delivery in the running transaction.

    The lock keeps deliveries of one subject to one listener in order, retries included.
    """
    waiting = _inline.get()
    if waiting is not None:
        delivery = (row.merchant_id, str(row.pk), listener)
        transaction.on_commit(lambda: _deliver_soon(waiting, delivery))
        return
    deliver.configure(lock=f"{row.merchant_id}:{row.subject_id}:{listener}").defer(
        merchant_id=row.merchant_id, event_id=str(row.pk), listener=listener
    )


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something that looks for due work every few seconds, on one worker at a time."""

    name: str
    seconds: float
    run: Callable[[], Any]


SWEEPS: dict[str, Sweep] = {}


def every(seconds: float) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Run the decorated function about every ``seconds`` in the worker, never twice at once."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        name = f"{function.__module__}.{function.__qualname__}"
        SWEEPS[name] = Sweep(name, seconds, function)
        return function

    return register
