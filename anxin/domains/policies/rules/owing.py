"""Who must do what by when, once a remedy is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from anxin.domains.policies.data import (
    AppliedClause,
    Deadline,
    DeadlineTerm,
    Duty,
    Facts,
    Party,
    Policy,
    Remedy,
)
from anxin.domains.policies.rules.citing import holds_for_request
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
        if holds_for_request(term.applies, facts):
            code = term.deadline.code
            rival = best.get(code)
            if rival is None or _is_better(term.deadline, rival.deadline):
                best[code] = term
    found = []
    for term in best.values():
        deadline = term.deadline
        cited.append(term.said)
        if deadline.starts_on == ASKED:
            deadline = replace(
                deadline, due_at=due_after(facts.asked_at, deadline, facts.zone).astimezone(UTC)
            )
        found.append(deadline)
    return tuple(found)


def duties_of(policy: Policy, remedy: Remedy | None, *, is_adverse: bool) -> tuple[Duty, ...]:
    """Return what must be done besides: for this remedy, or after an adverse decision."""
    return tuple(
        Duty(term.code, term.owner, term.clause.id)
        for term in policy.duties
        if term.is_for_adverse == is_adverse and (not term.remedies or remedy in term.remedies)
    )


def _is_better(one: Deadline, rival: Deadline) -> bool:
    mine, other = _hours(one), _hours(rival)
    return mine < other if one.owner is Party.SELLER else mine > other


def _hours(deadline: Deadline) -> int:
    return deadline.hours or 24 * (deadline.days or 0)
