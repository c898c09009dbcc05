"""Was it asked in time? The best promise that is still open counts (EDGE_CASES 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from anxin.domains.policies.data import (
    AppliedClause,
    Effect,
    Facts,
    FactsUsed,
    Ground,
    LineFacts,
    Policy,
    ReasonCode,
    Remedy,
    Verdict,
    WindowTerm,
)
from anxin.domains.policies.rules.citing import cite, holds_for_line
from anxin.domains.policies.rules.clock import Period, Receipt, period_after, receipt_of

# Longer than any run of days off the State Council has arranged (nine days, spring 2026).
_LONGEST_ROLL = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one line."""

    verdict: Verdict
    reasons: tuple[Ground, ...]
    remedies: tuple[Remedy, ...] = ()
    window_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Window:
    """A promise, and the period it comes to for this parcel."""

    term: WindowTerm
    period: Period


def judge_time(
    facts: Facts,
    line: LineFacts,
    policy: Policy,
    cited: list[AppliedClause],
    notes: tuple[Ground, ...],
) -> Judged:
    """Return the verdict by time. ``notes`` are the reasons found before; some need a person."""
    terms = [t for t in policy.windows if holds_for_line(t.applies, facts, line.category)]
    assert terms, "the law has a period for every reason that comes here"
    receipt = receipt_of(line.delivery or facts.delivery)
    if receipt.at is None or facts.asked_at < receipt.at:
        return _not_started(facts, line, policy, cited, notes, terms, receipt)
    windows = [
        _Window(t, period_after(receipt.at, t.days, t.roll, facts.zone, policy.days_off))
        for t in terms
    ]
    best = max(windows, key=lambda window: window.period.ends_at)
    if facts.asked_at <= best.period.ends_at:
        open_ones = [w.term for w in windows if facts.asked_at <= w.period.ends_at]
        _tell(facts, line, policy, cited, receipt.at, best, Effect.ALLOWS, "allows")
        return _allowed(facts, notes, open_ones, best.period.ends_at)
    return _too_late(facts, line, policy, cited, receipt.at, windows, best)


def _not_started(
    facts: Facts,
    line: LineFacts,
    policy: Policy,
    cited: list[AppliedClause],
    notes: tuple[Ground, ...],
    terms: list[WindowTerm],
    receipt: Receipt,
) -> Judged:
    best = max(terms, key=lambda term: term.days)
    evidence = receipt.evidence if receipt.at is None else "asked_before"
    at = (line.line_id,)
    cited.append(cite(policy, policy.house.receipt, Effect.CLEARS, f"clock.{evidence}", (), at))
    used: FactsUsed = (("days", best.days),)
    words = f"{_kind(facts)}.not_started"
    cited.append(cite(policy, best.clause, Effect.ALLOWS, words, used, at))
    return _allowed(facts, (*notes, Ground.PERIOD_NOT_STARTED), terms, None)


def _allowed(
    facts: Facts, notes: tuple[Ground, ...], terms: list[WindowTerm], ends_at: datetime | None
) -> Judged:
    within = (
        Ground.WITHIN_WITHDRAWAL_PERIOD
        if _kind(facts) == "withdrawal"
        else Ground.WITHIN_DEFECT_PERIOD
    )
    verdict = Verdict.REVIEW if Ground.CONDITION_TO_JUDGE in notes else Verdict.ALLOW
    return Judged(verdict, (*notes, within), _remedies(facts, terms), ends_at)


def _too_late(
    facts: Facts,
    line: LineFacts,
    policy: Policy,
    cited: list[AppliedClause],
    received_at: datetime,
    windows: list[_Window],
    best: _Window,
) -> Judged:
    """Return what follows a period that is over. Whatever one promise leaves open stays open."""
    remedies = _remedies(facts, [window.term for window in windows])
    ends_at = best.period.ends_at
    for window in windows:
        if _may_still_run(window, facts):
            effect = Effect.SENDS_TO_REVIEW
            _tell(facts, line, policy, cited, received_at, window, effect, "unknown")
            return Judged(Verdict.REVIEW, (Ground.HOLIDAYS_UNKNOWN,), remedies, ends_at)
    followed = [window for window in windows if window.term.review_days is not None]
    if not followed:
        _tell(facts, line, policy, cited, received_at, best, Effect.DECLINES, "declines")
        over = Ground.WITHDRAWAL_PERIOD_OVER
        if _kind(facts) == "defect":
            over = Ground.DEFECT_PERIOD_OVER
        return Judged(Verdict.DECLINE, (over,), (), ends_at)
    after = max(followed, key=lambda window: window.term.review_days or 0)
    term, days = after.term, after.term.review_days or 0
    repair = period_after(received_at, days, term.roll, facts.zone, policy.days_off)
    is_owed = facts.asked_at <= repair.ends_at
    ground = Ground.EXCHANGE_OR_REPAIR_DUE if is_owed else Ground.DEFECT_PERIOD_OVER
    words = "repair" if is_owed else "review"
    _tell(facts, line, policy, cited, received_at, after, Effect.SENDS_TO_REVIEW, words)
    return Judged(Verdict.REVIEW, (ground,), remedies, ends_at)


def _may_still_run(window: _Window, facts: Facts) -> bool:
    """Return whether days off we do not know could carry the period up to the request."""
    period = window.period
    return not period.are_days_off_known and facts.asked_at <= period.ends_at + _LONGEST_ROLL


def _tell(
    facts: Facts,
    line: LineFacts,
    policy: Policy,
    cited: list[AppliedClause],
    received_at: datetime,
    window: _Window,
    effect: Effect,
    words: str,
) -> None:
    place, period, term = ZoneInfo(facts.zone), window.period, window.term
    used: FactsUsed = (
        ("received_day", received_at.astimezone(place).date()),
        ("days", term.days),
        ("last_day", period.last_day),
        ("asked_at", facts.asked_at.astimezone(place)),
    )
    at = (line.line_id,)
    words = f"{_kind(facts)}.{words}"
    if term.review_days is not None:
        used = (*used, ("review_days", term.review_days))
    cited.append(cite(policy, term.clause, effect, words, used, at))
    if period.last_day != period.counted_day:
        rolled: FactsUsed = (("counted_day", period.counted_day), ("last_day", period.last_day))
        clause = policy.house.rolling
        cited.append(cite(policy, clause, Effect.SETS_DEADLINE, "rolling.sets", rolled, at))


def _kind(facts: Facts) -> str:
    withdraws = facts.reason in {ReasonCode.NO_REASON, ReasonCode.OTHER}
    return "withdrawal" if withdraws else "defect"


def _remedies(facts: Facts, terms: list[WindowTerm]) -> tuple[Remedy, ...]:
    """Return what the open promises give; what never arrived cannot be sent back."""
    if facts.reason is ReasonCode.MISSING_ITEM:
        return (Remedy.REFUND_ONLY,)
    return tuple(remedy for remedy in Remedy if any(remedy in term.remedies for term in terms))
