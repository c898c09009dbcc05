"""How a refund, and each of its parts, moves. Succeeded is undone only by a reversal."""

from __future__ import annotations

from enum import StrEnum

from anxin.kernel.lifecycle import Lifecycle


class RefundState(StrEnum):
    """Where a refund is."""

    HELD = "held"
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"


class RefundAction(StrEnum):
    """What can happen to a refund."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SUCCEED = "succeed"
    FAIL = "fail"
    RETRY = "retry"


REFUND = Lifecycle[RefundState, RefundAction](
    {
        (RefundState.HELD, RefundAction.APPROVE): RefundState.REQUESTED,
        (RefundState.HELD, RefundAction.REFUSE): RefundState.REFUSED,
        (RefundState.REQUESTED, RefundAction.SUCCEED): RefundState.SUCCEEDED,
        (RefundState.REQUESTED, RefundAction.FAIL): RefundState.FAILED,
        (RefundState.FAILED, RefundAction.RETRY): RefundState.REQUESTED,
    }
)


class PartState(StrEnum):
    """Where one part is. UNKNOWN: sent, no answer; it counts as spent until reconciled."""

    RESERVED = "reserved"
    SENDING = "sending"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PartAction(StrEnum):
    """What can happen to a part."""

    SEND = "send"
    ACCEPT = "accept"
    LOSE = "lose"
    SUCCEED = "succeed"
    FAIL = "fail"
    POSTPONE = "postpone"
    RETRY = "retry"


_P, _A = PartState, PartAction
PART = Lifecycle[PartState, PartAction](
    {
        (_P.RESERVED, _A.SEND): _P.SENDING,
        (_P.SENDING, _A.ACCEPT): _P.PENDING,
        (_P.SENDING, _A.LOSE): _P.UNKNOWN,
        (_P.SENDING, _A.SUCCEED): _P.SUCCEEDED,
        (_P.SENDING, _A.FAIL): _P.FAILED,
        # The provider said that nothing happened: the same number is sent again later.
        (_P.SENDING, _A.POSTPONE): _P.RESERVED,
        (_P.PENDING, _A.SUCCEED): _P.SUCCEEDED,
        (_P.PENDING, _A.FAIL): _P.FAILED,
        (_P.PENDING, _A.LOSE): _P.UNKNOWN,
        (_P.UNKNOWN, _A.SUCCEED): _P.SUCCEEDED,
        (_P.UNKNOWN, _A.FAIL): _P.FAILED,
        (_P.UNKNOWN, _A.ACCEPT): _P.PENDING,
        # Asked for, the provider does not know the number: nothing happened.
        (_P.UNKNOWN, _A.POSTPONE): _P.RESERVED,
        (_P.FAILED, _A.RETRY): _P.RESERVED,
    }
)
