"""Words of money going back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from anxin.kernel.money import Money

RefundId = NewType("RefundId", UUID)


class SourceKind(StrEnum):
    """What gives rise to a refund."""

    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Source:
    """What gave rise to a refund. There is at most one refund a source."""

    kind: SourceKind
    id: UUID


@dataclass(frozen=True, slots=True)
class PaidTender:
    """One payment of an order and what of it is still there to give back, in minor units."""

    payment_id: UUID
    tender: str
    currency: str
    captured_minor: int
    # Succeeded, in flight and unknown refunds together: an unknown outcome counts as spent.
    spent_minor: int = 0

    @property
    def free_minor(self) -> int:
        """Return what can still go back."""
        return self.captured_minor - self.spent_minor


@dataclass(frozen=True, slots=True)
class PartAmount:
    """How much of a refund goes back to which payment."""

    payment_id: UUID
    amount_minor: int


class ProviderState(StrEnum):
    """How far a provider has come with a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """What a provider says of one refund number.

    ``version`` grows with every change of the provider's mind about this number, so that words
    that overtake each other on the way can be put in order. A provider that does not count gives
    the time of the change in milliseconds.
    """

    state: ProviderState
    reference: str
    amount: Money
    version: int
    because: str = ""


@dataclass(frozen=True, slots=True)
class ProviderNotice:
    """One callback, verified: ``key`` is the provider's id of it, the same when it is repeated."""

    key: str
    part_no: str
    said: ProviderRefund
    body: str = ""


class NoticeOutcome(StrEnum):
    """What became of something a provider said."""

    APPLIED = "applied"
    REPEATED = "repeated"
    # Newer words were heard before, or the state is known already.
    STALE = "stale"
    UNKNOWN_NUMBER = "unknown_number"
    # Not applied, a person must look:
    AMOUNT_DIFFERS = "amount_differs"
    NEVER_SENT = "never_sent"
    WAS_VOID = "was_void"
    OVER_CAPTURED = "over_captured"
    # No answer to tell of:
    REFUSED = "refused"
    DOWN = "down"
    NO_ANSWER = "no_answer"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class RefundPartData:
    """The share of a refund that goes to one payment. ``part_no`` is the provider's key.

    ``flag`` is the NoticeOutcome a person must look at, empty when there is none.
    """

    part_no: str
    payment_id: UUID
    tender: str
    amount_minor: int
    state: str
    reference: str
    attempts: int
    last_error: str
    flag: str = ""
    next_look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundData:
    """One refund as people see it."""

    id: RefundId
    number: str
    source: Source
    order_id: UUID
    amount_minor: int
    currency: str
    state: str
    held_because: str
    requested_at: datetime
    finished_at: datetime | None
    requested_by_id: str
    approved_by_id: str
    refused_because: str = ""
    # Staff who had a hand in what gave rise to it.
    involved_ids: frozenset[str] = frozenset()
    parts: tuple[RefundPartData, ...] = ()

    @property
    def amount(self) -> Money:
        """Return the whole amount."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What of an order's money was captured, is on its way back, and is back, in minor units."""

    currency: str
    captured_minor: int
    reserved_minor: int
    refunded_minor: int

    @property
    def free_minor(self) -> int:
        """Return what can still go back."""
        return self.captured_minor - self.reserved_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class ProviderWordData:
    """One thing a provider said of a part, and what became of it."""

    part_no: str
    how: str
    state: str
    amount_minor: int | None
    outcome: str
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One published fact about a refund and who made it true; ``what`` is the event's name."""

    what: str
    by_kind: str
    by_id: str
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a journal. Debit positive, credit negative, in minor units."""

    journal_id: UUID
    kind: str
    account: str
    amount_minor: int
    currency: str
    at: datetime
    refund_id: UUID | None
    order_id: UUID | None


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """The sum of an account in one currency."""

    account: str
    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Return debits less credits."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One number in a provider's own book: the witness of how often money moved."""

    number: str
    payment_reference: str
    amount: Money
    state: ProviderState
    version: int
    times_seen: int
    moved_count: int
    bounced_count: int
    updated_at: datetime


class DifferenceKind(StrEnum):
    """How our parts and a provider's book can disagree."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    AMOUNT = "amount"
    STATE = "state"
    MOVED_TWICE = "moved_twice"


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement between our parts and a provider's book."""

    kind: DifferenceKind
    number: str
    refund_id: RefundId | None
    our_state: str
    our_amount: Money | None
    their_state: str
    their_amount: Money | None
