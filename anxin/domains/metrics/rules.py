"""What a fact adds to the figures, what a value is made of, and what is alarming. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from anxin.domains.metrics.data import (
    Alarm,
    AlarmCode,
    Difference,
    Figure,
    FigureKey,
    LiveFigures,
    Measure,
    Metric,
    Sums,
)

# PRODUCT.md §17: the 3-minute response rate.
PROMPT_SECONDS = 180
# Figures are promised within 2 s; beyond this somebody must look at the worker.
STALE = timedelta(seconds=10)

Payload = Mapping[str, Any]
# What a fact does not carry itself: the store of the order it is about.
StoreOf = Callable[[str], str]

STATE_AFTER = {
    "aftersales.RequestOpened": "reviewing",
    "aftersales.RequestAuthorized": "authorized",
    "aftersales.RefundAuthorized": "settling",
    "aftersales.RequestDeclined": "declined",
    "aftersales.RequestAppealed": "reviewing",
    "aftersales.RequestWithdrawn": "withdrawn",
    "aftersales.RequestExpired": "expired",
    "aftersales.ParcelDispatched": "in_transit",
    "aftersales.ParcelReceived": "received",
    "aftersales.InspectionRecorded": "settling",
    "aftersales.InspectionFailed": "negotiating",
    "aftersales.OfferAgreed": "settling",
    "aftersales.RequestClosed": "closed",
}
# Facts about an order whose store they do not name.
ABOUT_ORDERS = frozenset({"finance.RefundSucceeded", "finance.RefundReversed"})


def hour_of(at: datetime) -> datetime:
    """Return the hour, in UTC, that ``at`` lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def figures_of(name: str, payload: Payload, at: datetime, store_of: StoreOf) -> Iterable[Figure]:
    """Return what one fact adds. Facts that no metric counts add nothing."""
    reader = _READERS.get(name)
    return () if reader is None else reader(name, payload, hour_of(at), store_of)


def _received(_: str, payload: Payload, hour: datetime, __: StoreOf) -> Iterable[Figure]:
    store, channel = payload.get("store_id") or "", payload["channel"]
    yield Figure("inquiries", hour, store, channel)
    if payload.get("opened"):
        yield Figure("conversations_opened", hour, store, channel)


def _replied(_: str, payload: Payload, hour: datetime, __: StoreOf) -> Iterable[Figure]:
    waited = payload.get("waited_seconds")
    if waited is None:
        return
    store, channel = payload.get("store_id") or "", payload["channel"]
    yield Figure("response", hour, store, channel, total=waited)
    prompt = int(waited <= PROMPT_SECONDS)
    yield Figure("three_minute_response", hour, store, channel, total=prompt)
    if payload.get("is_first"):
        yield Figure("first_response", hour, store, channel, total=waited)


def _moved(name: str, payload: Payload, hour: datetime, __: StoreOf) -> Iterable[Figure]:
    store = payload.get("store_id") or ""
    yield Figure("requests_by_state", hour, store, cut=STATE_AFTER[name])
    if name == "aftersales.RequestOpened" or payload.get("opened"):
        yield Figure("requests_opened", hour, store, cut=payload["reason"])
        yield Figure("requests_of_kind", hour, store, cut=payload["kind"])


def _refunded(_: str, payload: Payload, hour: datetime, store_of: StoreOf) -> Iterable[Figure]:
    store = store_of(payload["order_id"])
    yield Figure("refund_duration", hour, store, total=payload.get("seconds", 0))
    yield Figure(
        "refunded_amount", hour, store, cut=payload["currency"], total=payload["amount_minor"]
    )


def _reversed(_: str, payload: Payload, hour: datetime, store_of: StoreOf) -> Iterable[Figure]:
    yield Figure(
        "refunded_amount",
        hour,
        store_of(payload["order_id"]),
        cut=payload["currency"],
        count=-1,
        total=-payload["amount_minor"],
    )


_READERS: dict[str, Callable[[str, Payload, datetime, StoreOf], Iterable[Figure]]] = {
    "conversations.MessageReceived": _received,
    "conversations.ReplySent": _replied,
    "finance.RefundSucceeded": _refunded,
    "finance.RefundReversed": _reversed,
    **dict.fromkeys(STATE_AFTER, _moved),
}
COUNTED = frozenset(_READERS)


def added_up(figures: Iterable[Figure]) -> dict[FigureKey, tuple[int, int]]:
    """Return the sums of figures, one entry a key."""
    sums: dict[FigureKey, list[int]] = defaultdict(lambda: [0, 0])
    for figure in figures:
        entry = sums[figure.key]
        entry[0] += figure.count
        entry[1] += figure.total
    return {key: (count, total) for key, (count, total) in sums.items()}


def differences(kept: Sums, recounted: Sums) -> list[Difference]:
    """Return where two sums differ; a missing entry counts as nothing."""
    nothing = (0, 0)
    return [
        Difference(key, kept.get(key, nothing), recounted.get(key, nothing))
        for key in sorted(kept.keys() | recounted.keys())
        if kept.get(key, nothing) != recounted.get(key, nothing)
    ]


def value_of(metric: Metric, count: int, total: int, base: int) -> float | None:
    """Return the value of an interval, or None where there is nothing to divide by."""
    match metric.measure:
        case Measure.COUNT:
            return count
        case Measure.TOTAL:
            return total
        case Measure.MEAN | Measure.SHARE:
            return total / count if count else None
        case Measure.PER_ORDER | Measure.PART_OF:
            return count / base if base else None


def alarm_of(figures: LiveFigures) -> Alarm | None:
    """Return the one thing the room should look at, the gravest first, or None."""
    if figures.behind > STALE:
        return Alarm(AlarmCode.FIGURES_STALE, int(figures.behind.total_seconds()))
    if failed := figures.refunds_by_state.get("failed", 0):
        return Alarm(AlarmCode.REFUNDS_FAILED, failed)
    if figures.requests_overdue:
        return Alarm(AlarmCode.REQUESTS_OVERDUE, figures.requests_overdue)
    waited = seconds_waited(figures)
    return Alarm(AlarmCode.WAITING_TOO_LONG, waited) if waited > PROMPT_SECONDS else None


def seconds_waited(figures: LiveFigures) -> int:
    """Return how long the customer who waits longest has waited."""
    if figures.waiting_since is None:
        return 0
    return max(0, int((figures.at - figures.waiting_since).total_seconds()))
