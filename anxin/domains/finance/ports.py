"""What finance needs from those who move money, in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from anxin.domains.finance.data import BookEntry, ProviderRefund, ProviderState
from anxin.kernel.errors import Unavailable
from anxin.kernel.money import Money

__all__ = [
    "Misbehaviour",
    "OutcomeUnknown",
    "ProviderDown",
    "ProviderRefund",
    "ProviderRefused",
    "ProviderState",
    "RefundProvider",
    "RehearsalProvider",
]


class ProviderRefused(Exception):
    """The provider will not make this refund; no money moved.

    ``version`` is the place of this refusal among the provider's words about the number.
    """

    def __init__(self, because: str, *, version: int = 0) -> None:
        super().__init__(because)
        self.because = because
        self.version = version


class ProviderDown(Unavailable):
    """The provider did not take the order; nothing happened; the same call may be made again."""

    code = "provider_down"


class OutcomeUnknown(Unavailable):
    """The order was sent and no answer came: ask with ``find`` before repeating."""

    code = "outcome_unknown"


class RefundProvider(Protocol):
    """Someone who moves money back, for the merchant that is being acted for.

    Every call answers or raises within ten seconds.
    """

    def refund(self, refund_no: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        """Send money back. The same number again is the same refund and sends nothing more.

        A number that failed may be sent again: it is tried anew, and money still moves at most
        once. Raise ProviderRefused (never), ProviderDown (nothing happened) or OutcomeUnknown.
        """
        ...

    def find(self, refund_no: str) -> ProviderRefund | None:
        """Return what became of a number, None if it never arrived. Raise ProviderDown."""
        ...


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """What a rehearsal provider is told to do wrong, for one merchant."""

    slow_seconds: float = 0
    is_down: bool = False
    refuses_always: bool = False
    # Counted down with every refund: refuse it; do it but lose the answer.
    fail_next: int = 0
    lose_next: int = 0
    # Answer "pending" and finish after so many seconds; None finishes at once.
    pending_seconds: int | None = None
    pending_fails: bool = False
    duplicates_callbacks: bool = False
    reorders_callbacks: bool = False
    corrupts_amount: bool = False
    drops_callbacks: bool = False


@runtime_checkable
class RehearsalProvider(Protocol):
    """A provider whose book can be read and who misbehaves on demand: sandboxes only."""

    def book(self, limit: int = 1000) -> Sequence[BookEntry]:
        """Return the merchant's newest entries, newest first."""
        ...

    def misbehaviour(self) -> Misbehaviour:
        """Return what it is told to do wrong for the merchant."""
        ...

    def misbehave(self, wanted: Misbehaviour) -> None:
        """Do this wrong for the merchant from now on."""
        ...

    def bounce(self, refund_no: str) -> None:
        """Bring money back that had been refunded, and say so by callback. Raise NotFound."""
        ...
