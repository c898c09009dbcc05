"""Decisions about money going back: who gets which part, who may approve, what a word means.

Pure. Why it is so: docs/adr/0002-money.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid5

from anxin.domains.commerce.data import Tender
from anxin.domains.finance.data import (
    BookEntry,
    Difference,
    DifferenceKind,
    NoticeOutcome,
    PaidTender,
    PartAmount,
    ProviderRefund,
    ProviderState,
    RefundId,
)
from anxin.domains.finance.lifecycle import PART, PartAction, PartState, RefundState
from anxin.kernel.errors import Conflict, Invalid
from anxin.kernel.money import Money, share_of

# Who gets the cent that two tenders deserve equally: money before vouchers. Published in the ADR.
REMAINDER_ORDER = (
    Tender.WECHAT_PAY,
    Tender.ALIPAY,
    Tender.CARD,
    Tender.PAYPAL,
    Tender.BANK,
    Tender.CASH,
    Tender.OTHER,
    Tender.GIFT_CARD,
    Tender.POINTS,
)
_PLACE = {str(tender): place for place, tender in enumerate(REMAINDER_ORDER)}

# Money in these states is neither back nor free: an unknown outcome counts as spent (P1).
RESERVING = frozenset({PartState.RESERVED, PartState.SENDING, PartState.PENDING, PartState.UNKNOWN})

# How long a sending may be without a record before it counts as lost: three times the ten seconds
# that a provider has for an answer.
SENDING_LEASE = timedelta(seconds=30)
_FIRST_LOOK_SECONDS, _LAST_LOOK_SECONDS = 2, 3600


class AboveCaptured(Conflict):
    """More would go back than was paid and is still there."""

    code = "above_captured"


class AmountNotPositive(Invalid):
    """A refund is more than nothing."""

    code = "amount_not_positive"


class CurrencyDiffers(Invalid):
    """The refund is in another currency than the payment."""

    code = "currency_differs"


# --- splitting ----------------------------------------------------------------------------------


def split_over_payments(amount: Money, tenders: Sequence[PaidTender]) -> tuple[PartAmount, ...]:
    """Return who gets how much of ``amount``: pro rata to what each tender paid, exactly.

    Every cent goes to the tender that is furthest behind its share of all that goes back (earlier
    refunds included), so that the parts depend on the cumulative amount alone: several partial
    refunds together give what one would have given, and end exactly at each tender's capture. No
    part is above what its tender has left. Points and gift cards are tenders like any other, given
    back in kind at the value frozen when they were used. Parts come in REMAINDER_ORDER; those of
    nothing are left out. Source: CN-13.

    Raise AmountNotPositive, CurrencyDiffers or AboveCaptured.
    """
    if amount.minor <= 0:
        raise AmountNotPositive(amount_minor=amount.minor)
    if any(tender.currency != amount.currency for tender in tenders):
        raise CurrencyDiffers(currency=amount.currency)
    free = sum(tender.free_minor for tender in tenders)
    if amount.minor > free:
        raise AboveCaptured(free_minor=free, asked_minor=amount.minor, currency=amount.currency)
    ordered = sorted(tenders, key=_in_order)
    levels = _levels(ordered, sum(tender.spent_minor for tender in ordered) + amount.minor)
    return tuple(
        PartAmount(tender.payment_id, level - tender.spent_minor)
        for tender, level in zip(ordered, levels, strict=True)
        if level > tender.spent_minor
    )


def _in_order(tender: PaidTender) -> tuple[int, UUID]:
    return _PLACE.get(tender.tender, len(_PLACE)), tender.payment_id


def _levels(tenders: Sequence[PaidTender], spent_after: int) -> list[int]:
    """Return what each tender will have given back once ``spent_after`` is back in all.

    Highest averages (Sainte-Laguë) with what is already back as floor and what was captured as
    ceiling; unlike rounding each share by itself, no level ever falls when the total grows.
    """
    low, high = 0, sum(tender.captured_minor for tender in tenders)
    whole = high
    # The highest common water level at which not more than spent_after is back.
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_at_level(tenders, middle, whole)) <= spent_after:
            low = middle
        else:
            high = middle - 1
    levels = _at_level(tenders, low, whole)
    for _ in range(spent_after - sum(levels)):  # fewer than there are tenders
        behind = min(
            (i for i, tender in enumerate(tenders) if levels[i] < tender.captured_minor),
            key=lambda i: Fraction(2 * levels[i] + 1, tenders[i].captured_minor),
        )
        levels[behind] += 1
    return levels


def _at_level(tenders: Sequence[PaidTender], level: int, whole: int) -> list[int]:
    return [
        min(
            tender.captured_minor,
            max(tender.spent_minor, share_of(level, tender.captured_minor, whole)),
        )
        for tender in tenders
    ]


# --- approving ----------------------------------------------------------------------------------


def needs_approval(amount: Money, above_minor: int) -> bool:
    """Return whether a second person must agree: above the merchant's threshold, not at it."""
    return amount.minor > above_minor


@dataclass(frozen=True, slots=True)
class ApprovalVerdict:
    """Whether somebody may approve, and if not, because of which code."""

    is_allowed: bool
    because: str = ""


def may_approve(amount: Money, *, limit_minor: int, is_own_request: bool) -> ApprovalVerdict:
    """Return whether a person with this limit may approve: never what he asked for himself.

    Whoever opened, granted or inspected the request behind a refund asked for it.
    """
    if is_own_request:
        return ApprovalVerdict(False, "own_request")
    if amount.minor > limit_minor:
        return ApprovalVerdict(False, "above_limit")
    return ApprovalVerdict(True)


# --- hearing ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What is known of a part when its provider says something. ``free_minor`` of its payment."""

    state: PartState
    amount: Money
    attempts: int
    heard_version: int
    free_minor: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a provider's word means: the move to make, if any, and what became of the word."""

    outcome: NoticeOutcome
    action: PartAction | None = None


_WORDS = {
    ProviderState.PENDING: PartAction.ACCEPT,
    ProviderState.SUCCEEDED: PartAction.SUCCEED,
    ProviderState.FAILED: PartAction.FAIL,
}


def judge(part: PartFacts, said: ProviderRefund) -> Judgement:
    """Return what to do about a provider's word. Any order of the same words ends the same."""
    if said.amount != part.amount:
        return Judgement(NoticeOutcome.AMOUNT_DIFFERS)
    if part.state is PartState.VOID:
        return Judgement(NoticeOutcome.WAS_VOID)
    if part.attempts == 0:
        return Judgement(NoticeOutcome.NEVER_SENT)
    if said.version <= part.heard_version:
        return Judgement(NoticeOutcome.STALE)
    action = _WORDS[said.state]
    if part.state is PartState.SUCCEEDED and action is PartAction.FAIL:
        action = PartAction.BOUNCE
    if not PART.allows(part.state, action):
        return Judgement(NoticeOutcome.STALE)
    reserves_anew = part.state is PartState.FAILED
    if reserves_anew and part.amount.minor > part.free_minor:
        return Judgement(NoticeOutcome.OVER_CAPTURED)
    return Judgement(NoticeOutcome.APPLIED, action)


def balance_change(before: PartState, after: PartState, amount_minor: int) -> tuple[int, int]:
    """Return by how much a move changes what is reserved and what is refunded of the payment."""
    reserved = (after in RESERVING) - (before in RESERVING)
    refunded = (after is PartState.SUCCEEDED) - (before is PartState.SUCCEEDED)
    return reserved * amount_minor, refunded * amount_minor


def state_from_parts(parts: Collection[PartState]) -> RefundState:
    """Return where a refund that was sent is, from its parts alone."""
    if all(part is PartState.SUCCEEDED for part in parts):
        return RefundState.SUCCEEDED
    if any(part is PartState.FAILED for part in parts):
        return RefundState.FAILED
    return RefundState.REQUESTED


def next_look(looks: int, now: datetime) -> datetime:
    """Return when to look again after ``looks`` looks in vain: 2, 4, 8 … seconds, at most 1 h."""
    seconds = min(_FIRST_LOOK_SECONDS << min(looks, 20), _LAST_LOOK_SECONDS)
    return now + timedelta(seconds=seconds)


# --- book-keeping -------------------------------------------------------------------------------

# Accounts. A refund is owed once it is asked for, and paid when the provider says so.
RETURNED_SALES = "returned_sales"
REFUNDS_OWED = "refunds_owed"
_PAID_OUT = "paid_out:"


@dataclass(frozen=True, slots=True)
class Posting:
    """One journal: its kind, and account → minor units, debits positive; they add up to nothing."""

    kind: str
    lines: tuple[tuple[str, int], ...]


def posting_of_request(amount_minor: int) -> Posting:
    """Return the journal of a refund that is owed from now on."""
    return Posting("refund_owed", ((RETURNED_SALES, amount_minor), (REFUNDS_OWED, -amount_minor)))


def posting_of_refusal(amount_minor: int) -> Posting:
    """Return the journal of a refund that is not owed after all."""
    return Posting(
        "refund_refused", ((REFUNDS_OWED, amount_minor), (RETURNED_SALES, -amount_minor))
    )


def posting_of_move(
    before: PartState, after: PartState, tender: str, amount_minor: int
) -> Posting | None:
    """Return the journal of a part's move, None when no money moved."""
    refunded = balance_change(before, after, amount_minor)[1]
    if refunded == 0:
        return None
    kind = "refund_paid" if refunded > 0 else "refund_bounced"
    return Posting(kind, ((REFUNDS_OWED, refunded), (_PAID_OUT + tender, -refunded)))


def journal_id(subject: UUID, kind: str, version: int = 0) -> UUID:
    """Return the journal's id: the same fact gives the same id, so it is posted once."""
    return uuid5(subject, f"{kind}:{version}")


# --- reconciling --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OurPart:
    """One of our parts, as compared with a provider's book."""

    number: str
    refund_id: RefundId
    state: PartState
    amount: Money
    attempts: int


_SAME = {
    PartState.PENDING: ProviderState.PENDING,
    PartState.SUCCEEDED: ProviderState.SUCCEEDED,
    PartState.FAILED: ProviderState.FAILED,
}


def differences(ours: Sequence[OurPart], book: Sequence[BookEntry]) -> tuple[Difference, ...]:
    """Return where our parts and the provider's book disagree, by number.

    Parts still reserved, on their way or unknown have nothing to disagree with yet, except when
    the provider has moved money that we do not count as back.
    """
    by_number = {part.number: part for part in ours}
    known = {entry.number: entry for entry in book}
    found = [
        difference
        for number in sorted(by_number.keys() | known.keys(), reverse=True)
        if (difference := _difference(number, by_number.get(number), known.get(number)))
    ]
    return tuple(found)


def _difference(number: str, our: OurPart | None, their: BookEntry | None) -> Difference | None:
    kind = _difference_kind(our, their)
    if kind is None:
        return None
    return Difference(
        kind,
        number,
        our.refund_id if our else None,
        str(our.state) if our else "",
        our.amount if our else None,
        str(their.state) if their else "",
        their.amount if their else None,
    )


def _difference_kind(our: OurPart | None, their: BookEntry | None) -> DifferenceKind | None:
    if their is None:
        assert our is not None, "a number comes from one side or the other"
        expects = our.state in (PartState.PENDING, PartState.SUCCEEDED)
        return DifferenceKind.MISSING_THERE if expects else None
    if our is None:
        return DifferenceKind.MISSING_HERE
    if their.moved_count - their.bounced_count > 1:
        return DifferenceKind.MOVED_TWICE
    if our.amount != their.amount:
        return DifferenceKind.AMOUNT
    if _states_differ(our.state, their.state):
        return DifferenceKind.STATE
    return None


def _states_differ(ours: PartState, theirs: ProviderState) -> bool:
    expected = _SAME.get(ours)
    if expected is None:
        return theirs is ProviderState.SUCCEEDED
    return expected is not theirs
