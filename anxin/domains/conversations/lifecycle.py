"""Whose turn a conversation is, and how it moves."""

from __future__ import annotations

from enum import StrEnum

from anxin.domains.conversations.data import ConversationState as S
from anxin.kernel.lifecycle import Lifecycle


class Action(StrEnum):
    """What happens to a conversation."""

    RECEIVE = "receive"
    REPLY = "reply"
    CLOSE = "close"
    REOPEN = "reopen"


CONVERSATION = Lifecycle[S, Action](
    {
        (S.WAITING_US, Action.RECEIVE): S.WAITING_US,
        (S.WAITING_CUSTOMER, Action.RECEIVE): S.WAITING_US,
        (S.WAITING_US, Action.REPLY): S.WAITING_CUSTOMER,
        (S.WAITING_CUSTOMER, Action.REPLY): S.WAITING_CUSTOMER,
        (S.WAITING_US, Action.CLOSE): S.CLOSED,
        (S.WAITING_CUSTOMER, Action.CLOSE): S.CLOSED,
        (S.CLOSED, Action.REOPEN): S.WAITING_US,
    }
)
