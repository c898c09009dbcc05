"""How a refund, and each of its parts, moves. Succeeded is undone only by a bounce."""

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
    BOUNCE = "bounce"
    REOPEN = "reopen"


_S, _R = RefundState, RefundAction
REFUND = Lifecycle[RefundState, RefundAction](
    {
        (_S.HELD, _R.APPROVE): _S.REQUESTED,
        (_S.HELD, _R.REFUSE): _S.REFUSED,
        (_S.REQUESTED, _R.SUCCEED): _S.SUCCEEDED,
        (_S.REQUESTED, _R.FAIL): _S.FAILED,
        (_S.FAILED, _R.RETRY): _S.REQUESTED,
        # A provider that had said no may say yes after all.
        (_S.FAILED, _R.SUCCEED): _S.SUCCEEDED,
        (_S.SUCCEEDED, _R.BOUNCE): _S.FAILED,
        # It bounced and is on its way anew; we only heard of the end of that.
        (_S.SUCCEEDED, _R.REOPEN): _S.REQUESTED,
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
    VOID = "void"


class PartAction(StrEnum):
    """What can happen to a part."""

    SEND = "send"
    ACCEPT = "accept"
    LOSE = "lose"
    SUCCEED = "succeed"
    FAIL = "fail"
    POSTPONE = "postpone"
    RETRY = "retry"
    BOUNCE = "bounce"
    CANCEL = "cancel"


_P, _A = PartState, PartAction
PART = Lifecycle[PartState, PartAction](
    {
        (_P.RESERVED, _A.SEND): _P.SENDING,
        # The refund was refused by a person before anything was sent.
        (_P.RESERVED, _A.CANCEL): _P.VOID,
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
        # A callback may come between two sendings: what it says counts.
        (_P.RESERVED, _A.ACCEPT): _P.PENDING,
        (_P.RESERVED, _A.SUCCEED): _P.SUCCEEDED,
        (_P.RESERVED, _A.FAIL): _P.FAILED,
        (_P.FAILED, _A.RETRY): _P.RESERVED,
        # The provider changed its mind; the money is reserved anew first.
        (_P.FAILED, _A.ACCEPT): _P.PENDING,
        (_P.FAILED, _A.SUCCEED): _P.SUCCEEDED,
        (_P.SUCCEEDED, _A.BOUNCE): _P.FAILED,
        # A newer word overtook the bounce before it: the last word counts, whatever came first.
        (_P.SUCCEEDED, _A.ACCEPT): _P.PENDING,
    }
)
