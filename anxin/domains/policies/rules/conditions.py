"""Are the goods still intact, by the standard of their kind (CN-09, CN-10)?"""

from __future__ import annotations

from anxin.domains.policies.data import (
    AppliedClause,
    Condition,
    Effect,
    LineFacts,
    Policy,
    StandardTerm,
    Verdict,
    Words,
)
from anxin.domains.policies.rules.citing import cite


def judge_condition(line: LineFacts, policy: Policy, cited: list[AppliedClause]) -> Verdict:
    """Return decline when a declared condition ends the right, review when a person must look.

    Opening the package to inspect keeps goods intact; a merchant may be content with less.
    """
    group = policy.groups.get(line.category, line.category)
    terms = [term for term in policy.standards if not term.groups or group in term.groups]
    waivers = [term for term in terms if term.is_waiver]
    declared = set(line.conditions)
    for term in waivers:
        waived = declared & (term.broken_by | term.judged)
        if waived:
            cited.append(_cited(policy, term, Effect.CLEARS, "standard.waived", line, waived))
            declared -= waived
    standards = [term for term in terms if not term.is_waiver]
    for term in standards:
        if broken := declared & term.broken_by:
            cited.append(_cited(policy, term, Effect.DECLINES, "standard.declines", line, broken))
            return Verdict.DECLINE
    for term in standards:
        if judged := declared & term.judged:
            effect = Effect.SENDS_TO_REVIEW
            cited.append(_cited(policy, term, effect, "standard.review", line, judged))
            return Verdict.REVIEW
    return Verdict.ALLOW


def _cited(
    policy: Policy,
    term: StandardTerm,
    effect: Effect,
    words: str,
    line: LineFacts,
    found: set[Condition],
) -> AppliedClause:
    names = [policy.words[f"condition.{condition}"] for condition in sorted(found)]
    said = Words("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    used = (("sku", line.sku), ("condition", said))
    return cite(policy, term.clause, effect, words, used, (line.line_id,))
