"""Which state the carrier's words add up to, and when to ask him again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from anxin.domains.deliveries.lifecycle import PICKUP, PickupAction, PickupState

# What each code says of the pickup. What moves nothing is kept and shown all the same.
_ACTION_OF_CODE = {
    "failed": PickupAction.FAIL,
    "collected": PickupAction.COLLECT,
    "in_transit": PickupAction.COLLECT,
    "out_for_delivery": PickupAction.COLLECT,
    "delivered": PickupAction.DELIVER,
}
_WEIGHT = (PickupAction.FAIL, PickupAction.COLLECT, PickupAction.DELIVER)

_OFTEN_FOR = timedelta(hours=1)
_OFTEN = timedelta(minutes=1)
_SELDOM = timedelta(minutes=15)
# An unanswered booking is tried again by the listener itself first, for a quarter of an hour.
BOOK_AGAIN = timedelta(minutes=20)


def move_for(state: PickupState, codes: Iterable[str]) -> PickupAction | None:
    """Return the move that everything heard so far calls for, None when there is none.

    The heaviest word counts, whatever order they came in (P9): delivered, collected, failed.
    """
    heard = {_ACTION_OF_CODE[code] for code in codes if code in _ACTION_OF_CODE}
    if not heard:
        return None
    heaviest = max(heard, key=_WEIGHT.index)
    return heaviest if PICKUP.allows(state, heaviest) else None


def look_again_at(state: PickupState, created_at: datetime, now: datetime) -> datetime | None:
    """Return when to ask the carrier again, None when there is nothing left to hear."""
    if state is PickupState.REQUESTED:
        return now + BOOK_AGAIN
    if state not in {PickupState.BOOKED, PickupState.COLLECTED}:
        return None
    return now + (_OFTEN if now - created_at < _OFTEN_FOR else _SELDOM)
