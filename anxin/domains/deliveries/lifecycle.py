"""How a pickup moves; carrier events move it and may come late, twice or out of order."""

from __future__ import annotations

from enum import StrEnum

from anxin.kernel.lifecycle import Lifecycle


class PickupState(StrEnum):
    """Where an ordered pickup is."""

    REQUESTED = "requested"
    BOOKED = "booked"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PickupAction(StrEnum):
    """What can happen to a pickup."""

    BOOK = "book"
    COLLECT = "collect"
    DELIVER = "deliver"
    FAIL = "fail"
    CANCEL = "cancel"


_S, _A = PickupState, PickupAction
PICKUP = Lifecycle[PickupState, PickupAction](
    {
        (_S.REQUESTED, _A.BOOK): _S.BOOKED,
        (_S.REQUESTED, _A.FAIL): _S.FAILED,
        (_S.REQUESTED, _A.CANCEL): _S.CANCELLED,
        (_S.BOOKED, _A.COLLECT): _S.COLLECTED,
        # Events come out of order: delivered may overtake collected.
        (_S.BOOKED, _A.DELIVER): _S.DELIVERED,
        (_S.BOOKED, _A.FAIL): _S.FAILED,
        (_S.BOOKED, _A.CANCEL): _S.CANCELLED,
        (_S.COLLECTED, _A.DELIVER): _S.DELIVERED,
        # News that a courier failed may overtake, or be mended by, the news that he came.
        (_S.FAILED, _A.COLLECT): _S.COLLECTED,
        (_S.FAILED, _A.DELIVER): _S.DELIVERED,
    }
)
