"""How an after-sales request moves. Legs (parcel, inspection, money) keep their own state."""

from __future__ import annotations

from enum import StrEnum

from anxin.kernel.lifecycle import Lifecycle


class State(StrEnum):
    """Where a request is."""

    REVIEWING = "reviewing"
    AUTHORIZED = "authorized"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    NEGOTIATING = "negotiating"
    SETTLING = "settling"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Action(StrEnum):
    """What can happen to a request."""

    AUTHORIZE = "authorize"
    DECLINE = "decline"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    ACCEPT_INSPECTION = "accept_inspection"
    DISPUTE_INSPECTION = "dispute_inspection"
    AGREE = "agree"
    SETTLE_NOW = "settle_now"
    CLOSE = "close"
    BOUNCE = "bounce"


_S, _A = State, Action
REQUEST = Lifecycle[State, Action](
    {
        (_S.REVIEWING, _A.AUTHORIZE): _S.AUTHORIZED,
        (_S.REVIEWING, _A.SETTLE_NOW): _S.SETTLING,
        (_S.REVIEWING, _A.DECLINE): _S.DECLINED,
        (_S.REVIEWING, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.DECLINED, _A.APPEAL): _S.REVIEWING,
        (_S.AUTHORIZED, _A.DISPATCH): _S.IN_TRANSIT,
        # The parcel can be there before any carrier told us that it left.
        (_S.AUTHORIZED, _A.RECEIVE): _S.RECEIVED,
        (_S.AUTHORIZED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.AUTHORIZED, _A.EXPIRE): _S.EXPIRED,
        (_S.IN_TRANSIT, _A.RECEIVE): _S.RECEIVED,
        (_S.RECEIVED, _A.ACCEPT_INSPECTION): _S.SETTLING,
        (_S.RECEIVED, _A.DISPUTE_INSPECTION): _S.NEGOTIATING,
        (_S.NEGOTIATING, _A.AGREE): _S.SETTLING,
        (_S.SETTLING, _A.CLOSE): _S.CLOSED,
        # The bank sent the money back to us: it is owed again.
        (_S.CLOSED, _A.BOUNCE): _S.SETTLING,
    }
)
