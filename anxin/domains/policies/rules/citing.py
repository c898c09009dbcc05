"""Citing a clause with the facts it was applied to, and asking whether a term applies."""

from __future__ import annotations

from dataclasses import replace

from anxin.domains.policies.data import (
    ANYWHERE,
    AppliedClause,
    Applies,
    Clause,
    Effect,
    Facts,
    FactsUsed,
    Policy,
)


def cite(
    policy: Policy,
    clause: Clause,
    effect: Effect,
    words: str,
    facts_used: FactsUsed = (),
    line_ids: tuple[str, ...] = (),
) -> AppliedClause:
    """Return the clause as applied, to be told in the policy's words named ``words``."""
    return AppliedClause(
        clause.id,
        effect,
        clause.sources,
        clause.article,
        facts_used,
        line_ids,
        policy.words[words],
    )


def holds_for_line(applies: Applies, facts: Facts, category: str) -> bool:
    """Return whether a term holds for goods of a category in this request."""
    if applies is ANYWHERE:
        return True
    return (not applies.categories or category in applies.categories) and _holds(applies, facts)


def holds_for_request(applies: Applies, facts: Facts) -> bool:
    """Return whether a term holds for every line of this request."""
    if applies is ANYWHERE:
        return True
    if applies.categories and not all(ln.category in applies.categories for ln in facts.lines):
        return False
    return _holds(applies, facts)


def _holds(applies: Applies, facts: Facts) -> bool:
    return (
        (not applies.reasons or facts.reason in applies.reasons)
        and (not applies.tiers or facts.tier in applies.tiers)
        and (not applies.channels or facts.channel in applies.channels)
        and (not applies.regions or facts.region in applies.regions)
    )


def merged(clauses: list[AppliedClause]) -> tuple[AppliedClause, ...]:
    """Return the clauses in order, the same thing said of several lines said once."""
    kept: dict[tuple[str, Effect, FactsUsed], AppliedClause] = {}
    for clause in clauses:
        key = (clause.clause_id, clause.effect, clause.facts_used)
        first = kept.get(key)
        kept[key] = (
            clause if first is None else replace(first, line_ids=first.line_ids + clause.line_ids)
        )
    return tuple(kept.values())
