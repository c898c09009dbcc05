"""May this line be taken back, for this reason, now? Asked of one line at a time.

The order is meaning: how many units there are and where, then what kind of goods, then their
state, then time. The first answer that closes the matter is given.
"""

from __future__ import annotations

from anxin.domains.policies.data import (
    AppliedClause,
    Effect,
    ExclusionKind,
    Facts,
    FactsUsed,
    Ground,
    LineFacts,
    Policy,
    ReasonCode,
    Remedy,
    Verdict,
)
from anxin.domains.policies.rules.citing import cite, holds_for_line
from anxin.domains.policies.rules.conditions import judge_condition
from anxin.domains.policies.rules.timing import Judged, judge_time

FAULTS = frozenset(
    {
        ReasonCode.QUALITY_DEFECT,
        ReasonCode.DAMAGED_IN_TRANSIT,
        ReasonCode.WRONG_ITEM,
        ReasonCode.MISSING_ITEM,
        ReasonCode.NOT_AS_DESCRIBED,
    }
)
_RETURN = (Remedy.RETURN_REFUND,)
_REFUND = (Remedy.REFUND_ONLY,)


def judge_line(facts: Facts, line: LineFacts, policy: Policy, cited: list[AppliedClause]) -> Judged:
    """Return the verdict on one line; the clauses applied are added to ``cited``."""
    shipped = line.shipped - line.claimed
    unshipped = line.bought - line.shipped - line.cancelled
    if not 0 < line.asked <= shipped + unshipped:
        return _refuse_quantity(line, policy, cited, max(0, shipped + unshipped))
    if line.asked <= unshipped and (line.asked > shipped or _means_unshipped(facts)):
        return _before_shipment(facts, line, policy, cited)
    if facts.reason is ReasonCode.NOT_WANTED_BEFORE_SHIPMENT and shipped:
        return _refuse_shipped(line, policy, cited)
    if line.asked > shipped:
        cited.append(
            cite(
                policy, policy.house.before_shipment, Effect.SENDS_TO_REVIEW, "stages.review",
                (("asked", line.asked), ("shipped", shipped), ("unshipped", unshipped)),
                (line.line_id,),
            )
        )  # fmt: skip
        return Judged(Verdict.REVIEW, (Ground.UNITS_IN_DIFFERENT_STAGES,), _RETURN)
    return _shipped(facts, line, policy, cited)


def _means_unshipped(facts: Facts) -> bool:
    if facts.reason in {ReasonCode.NOT_WANTED_BEFORE_SHIPMENT, ReasonCode.NOT_RECEIVED}:
        return True
    return facts.wanted is Remedy.REFUND_ONLY and facts.reason not in FAULTS


def _refuse_quantity(
    line: LineFacts, policy: Policy, cited: list[AppliedClause], available: int
) -> Judged:
    used: FactsUsed = (
        ("sku", line.sku), ("asked", line.asked), ("bought", line.bought),
        ("taken", line.claimed + line.cancelled), ("available", available),
    )  # fmt: skip
    clause = policy.house.quantity
    cited.append(cite(policy, clause, Effect.DECLINES, "quantity.declines", used, (line.line_id,)))
    ground = Ground.MORE_THAN_AVAILABLE if line.asked > 0 else Ground.NOTHING_ASKED
    return Judged(Verdict.DECLINE, (ground,))


def _refuse_shipped(line: LineFacts, policy: Policy, cited: list[AppliedClause]) -> Judged:
    used: FactsUsed = (("shipped", line.shipped), ("bought", line.bought))
    clause = policy.house.before_shipment
    cited.append(cite(policy, clause, Effect.DECLINES, "shipped.declines", used, (line.line_id,)))
    return Judged(Verdict.DECLINE, (Ground.ALREADY_SHIPPED,))


def _before_shipment(
    facts: Facts, line: LineFacts, policy: Policy, cited: list[AppliedClause]
) -> Judged:
    used: FactsUsed = (("asked", line.asked), ("sku", line.sku))
    clause = policy.house.before_shipment
    cited.append(cite(policy, clause, Effect.ALLOWS, "unshipped.allows", used, (line.line_id,)))
    return Judged(Verdict.ALLOW, (Ground.NOT_SHIPPED_YET,), _REFUND)


def _shipped(facts: Facts, line: LineFacts, policy: Policy, cited: list[AppliedClause]) -> Judged:
    if facts.reason is ReasonCode.NOT_RECEIVED:
        clause = policy.house.tracing
        cited.append(
            cite(policy, clause, Effect.SENDS_TO_REVIEW, "tracing.review", (), (line.line_id,))
        )
        return Judged(Verdict.REVIEW, (Ground.PARCEL_TO_TRACE,), _REFUND)
    if facts.reason in FAULTS:
        return judge_time(facts, line, policy, cited, ())
    if facts.reason is ReasonCode.OTHER:
        return _other(facts, line, policy, cited)
    return _withdrawal(facts, line, policy, cited)


def _other(facts: Facts, line: LineFacts, policy: Policy, cited: list[AppliedClause]) -> Judged:
    """Whoever may withdraw without a reason may do so with one; the rest a person judges."""
    tried: list[AppliedClause] = []
    judged = _withdrawal(facts, line, policy, tried)
    if judged.verdict is Verdict.ALLOW:
        cited.extend(tried)
        return judged
    clause = policy.house.judgement
    cited.append(cite(policy, clause, Effect.SENDS_TO_REVIEW, "other.review", (), (line.line_id,)))
    return Judged(Verdict.REVIEW, (Ground.REASON_NEEDS_JUDGEMENT,), _RETURN)


def _withdrawal(
    facts: Facts, line: LineFacts, policy: Policy, cited: list[AppliedClause]
) -> Judged:
    notes: tuple[Ground, ...] = ()
    if line.exclusion is not ExclusionKind.NONE:
        excluded, notes = _judge_exclusion(facts, line, policy, cited)
        if excluded:
            return Judged(Verdict.DECLINE, (Ground.EXCLUDED_GOODS,))
    if line.conditions:
        state = judge_condition(line, policy, cited)
        if state is Verdict.DECLINE:
            return Judged(Verdict.DECLINE, (Ground.NOT_INTACT,))
        if state is Verdict.REVIEW:
            notes += (Ground.CONDITION_TO_JUDGE,)
    return judge_time(facts, line, policy, cited, notes)


def _judge_exclusion(
    facts: Facts, line: LineFacts, policy: Policy, cited: list[AppliedClause]
) -> tuple[bool, tuple[Ground, ...]]:
    """Return whether the goods are excluded; a waiver binds (CN-18c), proof is ours (CN-08)."""
    terms = [
        term
        for term in policy.exclusions
        if line.exclusion in term.kinds and holds_for_line(term.applies, facts, line.category)
    ]
    at = (line.line_id,)
    used: FactsUsed = (("sku", line.sku), ("kind", policy.words[f"kind.{line.exclusion}"]))
    for term in terms:
        if term.is_waiver:
            cited.append(cite(policy, term.clause, Effect.CLEARS, "exclusion.waived", used, at))
            return False, ()
    for term in terms:
        if term.after and term.after.isdisjoint(line.conditions):
            continue
        if term.needs_confirmation and not line.exclusion_confirmed:
            cited.append(
                cite(policy, term.clause, Effect.CLEARS, "exclusion.unconfirmed", used, at)
            )
            return False, (Ground.EXCLUSION_NOT_CONFIRMED,)
        words = "exclusion.confirmed" if term.needs_confirmation else "exclusion.declines"
        cited.append(cite(policy, term.clause, Effect.DECLINES, words, used, at))
        return True, ()
    return False, ()
