"""What finance needs from those who move money, in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from anxin.kernel.errors import Unavailable
from anxin.kernel.money import Money


class ProviderState(StrEnum):
    """How far a provider has come with a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """What a provider says of one refund number."""

    state: ProviderState
    reference: str
    amount: Money
    because: str = ""


class ProviderRefused(Exception):
    """The provider will never make this refund."""


class ProviderDown(Unavailable):
    """The provider did not take the order; nothing happened; the same call may be made again."""

    code = "provider_down"


class OutcomeUnknown(Unavailable):
    """The order was sent and no answer came: ask with ``find`` before repeating."""

    code = "outcome_unknown"


class RefundProvider(Protocol):
    """Someone who moves money back. Every call answers or raises within ten seconds."""

    def refund(self, refund_no: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        """Send money back. The same number again is the same refund and sends nothing more.

        Raise ProviderRefused (never), ProviderDown (nothing happened) or OutcomeUnknown.
        """
        ...

    def find(self, refund_no: str) -> ProviderRefund | None:
        """Return what became of a number, None if it never arrived. Raise ProviderDown."""
        ...
