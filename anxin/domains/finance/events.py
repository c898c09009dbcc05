"""Facts of money going back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from anxin.domains.finance.data import RefundId
from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RefundEvent(Event):
    """Something about one refund. ``source_kind`` and ``source_id`` say what gave rise to it."""

    subject: ClassVar[str] = "refund_id"
    refund_id: RefundId
    source_kind: str
    source_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RefundHeld(RefundEvent):
    """A refund waits for a second person."""


@dataclass(frozen=True, kw_only=True)
class RefundRequested(RefundEvent):
    """Money is reserved and may be sent."""


@dataclass(frozen=True, kw_only=True)
class RefundSucceeded(RefundEvent):
    """The money is back."""

    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class RefundFailed(RefundEvent):
    """The money did not go back; a person must look."""

    because: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundRefused(RefundEvent):
    """A second person said no."""


@dataclass(frozen=True, kw_only=True)
class RefundReversed(RefundEvent):
    """Money that was back came back to us: the refund failed after all, a person must look."""

    because: str = ""
