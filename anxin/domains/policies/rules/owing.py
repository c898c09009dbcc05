"""Who must do what by when, once a remedy is chosen."""

from __future__ import annotations

from datetime import UTC

from anxin.domains.policies.data import (
    AppliedClause,
    Deadline,
    DeadlineTerm,
    Duty,
    Effect,
    Facts,
    FactsUsed,
    Party,
    Policy,
    Remedy,
)
from anxin.domains.policies.rules.citing import cite, holds_for_request
from anxin.domains.policies.rules.clock import due_after

ASKED = "asked"


def deadlines_of(
    facts: Facts, policy: Policy, remedy: Remedy, cited: list[AppliedClause]
) -> tuple[Deadline, ...]:
    """Return the best deadline of each code: the seller's shortest, the buyer's longest."""
    best: dict[str, DeadlineTerm] = {}
    for term in policy.deadlines:
        if term.remedies and remedy not in term.remedies:
            continue
        if not holds_for_request(term.applies, facts):
            continue
        rival = best.get(term.code)
        if rival is None or _is_better(term, rival):
            best[term.code] = term
    for term in best.values():
        used: FactsUsed = (("time", term.hours or term.days or 0),)
        cited.append(cite(policy, term.clause, Effect.SETS_DEADLINE, f"deadline.{term.code}", used))
    return tuple(_deadline(facts, term) for term in best.values())


def duties_of(policy: Policy, remedy: Remedy | None, *, is_adverse: bool) -> tuple[Duty, ...]:
    """Return what must be done besides: for this remedy, or after an adverse decision."""
    return tuple(
        Duty(term.code, term.owner, term.clause.id)
        for term in policy.duties
        if term.is_for_adverse == is_adverse and (not term.remedies or remedy in term.remedies)
    )


def _is_better(term: DeadlineTerm, rival: DeadlineTerm) -> bool:
    mine, other = _hours(term), _hours(rival)
    return mine < other if term.owner is Party.SELLER else mine > other


def _hours(term: DeadlineTerm) -> int:
    return term.hours if term.hours is not None else 24 * (term.days or 0)


def _deadline(facts: Facts, term: DeadlineTerm) -> Deadline:
    deadline = Deadline(
        term.code, term.owner, term.starts_on, None, term.clause.id, term.hours, term.days
    )
    if term.starts_on != ASKED:
        return deadline
    due = due_after(facts.asked_at, deadline, facts.zone).astimezone(UTC)
    return Deadline(
        term.code, term.owner, term.starts_on, due, term.clause.id, term.hours, term.days
    )
