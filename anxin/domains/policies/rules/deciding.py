"""The decision, in order: paid? each line; what is offered; evidence; limits; deadlines; duties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from anxin.domains.policies.data import (
    AppliedClause,
    Decision,
    Effect,
    Evidence,
    Facts,
    FactsUsed,
    FreightPayer,
    Ground,
    LineFacts,
    LineOutcome,
    Offer,
    OrderState,
    Policy,
    Remedy,
    Verdict,
)
from anxin.domains.policies.rules.amounts import Freight, cite_freight, freight_of, offer
from anxin.domains.policies.rules.citing import cite, holds_for_request, merged
from anxin.domains.policies.rules.lines import FAULTS, judge_line
from anxin.domains.policies.rules.owing import deadlines_of, duties_of
from anxin.domains.policies.rules.timing import Judged
from anxin.kernel.money import Money

_RANK = {Verdict.DECLINE: 0, Verdict.REVIEW: 1, Verdict.ALLOW: 2}
# Nobody can grant these, whatever his limits: there is nothing to give back.
_IMPOSSIBLE = frozenset({Ground.MORE_THAN_AVAILABLE, Ground.NOTHING_ASKED, Ground.ORDER_NOT_PAID})
_NEEDS_A_PERSON = frozenset(
    {
        Ground.PARTLY_DECLINED,
        Ground.REMEDY_NOT_PROMISED,
        Ground.EVIDENCE_MISSING,
        Ground.ABOVE_AUTOMATIC_LIMIT,
        Ground.UNITS_IN_DIFFERENT_STAGES,
    }
)


def decide(facts: Facts, policy: Policy) -> Decision:
    """Return what the policy says to these facts, with every clause that played a part.

    The same facts and policy always give an equal decision.
    """
    cited: list[AppliedClause] = []
    if not facts.lines:
        cited.append(cite(policy, policy.house.quantity, Effect.DECLINES, "nothing.declines"))
        return _decline(facts, policy, [], cited, (Ground.NOTHING_ASKED,))
    if facts.order_state in {OrderState.UNPAID, OrderState.CANCELLED}:
        cited.append(cite(policy, policy.house.paid, Effect.DECLINES, "unpaid.declines"))
        unpaid = Judged(Verdict.DECLINE, (Ground.ORDER_NOT_PAID,))
        return _decline(facts, policy, [unpaid] * len(facts.lines), cited, unpaid.reasons)
    judged = [judge_line(facts, line, policy, cited) for line in facts.lines]
    reasons = _reasons(judged)
    if all(one.verdict is Verdict.DECLINE for one in judged):
        return _decline(facts, policy, judged, cited, reasons)
    return _offer(facts, policy, judged, cited, reasons)


def decide_best(facts: Facts, policies: Sequence[Policy]) -> Decision:
    """Return the decision under the first policy, or under a later one that is better.

    The first is the version in force when the order was placed (EDGE_CASES 17).
    """
    first, *later = (decide(facts, policy) for policy in policies)
    best = first
    for other in later:
        if _goodness(other) > _goodness(best):
            best = other
    if best is first:
        return first
    return replace(best, reasons=(*best.reasons, Ground.NEWER_POLICY_IS_BETTER))


def _goodness(decision: Decision) -> tuple[int, int, bool, int]:
    """Return how good a decision is for the buyer: outcome, money, freight, less to prove."""
    return (
        _RANK[decision.verdict],
        max((offer.total_minor for offer in decision.offers), default=0),
        decision.freight_payer is FreightPayer.SELLER,
        -sum(missing.needed - missing.given for missing in decision.evidence_missing),
    )


def _reasons(judged: list[Judged]) -> tuple[Ground, ...]:
    found = dict.fromkeys(ground for one in judged for ground in one.reasons)
    verdicts = [one.verdict for one in judged]
    if Verdict.DECLINE in verdicts and any(verdict is not Verdict.DECLINE for verdict in verdicts):
        found[Ground.PARTLY_DECLINED] = None
    return tuple(found)


def _decline(
    facts: Facts,
    policy: Policy,
    judged: list[Judged],
    cited: list[AppliedClause],
    reasons: tuple[Ground, ...],
) -> Decision:
    freight = freight_of(facts, policy)
    return Decision(
        verdict=Verdict.DECLINE,
        reasons=reasons,
        offers=(),
        freight_payer=None,
        lines=_outcomes(facts, judged),
        clauses=merged(cited),
        deadlines=(),
        duties=duties_of(policy, None, is_adverse=True),
        evidence_missing=(),
        policy_version=policy.version,
        window_ends_at=_window_end(judged),
        if_granted=_granted(facts, judged, freight, Remedy.RETURN_REFUND),
    )


def _offer(
    facts: Facts,
    policy: Policy,
    judged: list[Judged],
    cited: list[AppliedClause],
    reasons: tuple[Ground, ...],
) -> Decision:
    freight, notes = freight_of(facts, policy), list(reasons)
    offers = _offers(facts, policy, judged, freight, cited)
    chosen = _choose(facts, policy, offers, cited, notes)
    cite_freight(facts, policy, freight, chosen, cited)
    missing = _evidence_missing(facts, policy, cited, notes)
    _check_limit(facts, policy, chosen, cited, notes)
    verdict = _verdict(judged, notes)
    deadlines = deadlines_of(facts, policy, chosen.remedy, cited)
    allowed = verdict is Verdict.ALLOW
    return Decision(
        verdict=verdict,
        reasons=tuple(notes),
        offers=offers,
        freight_payer=chosen.freight_payer,
        lines=_outcomes(facts, judged),
        clauses=merged(cited) if len(judged) > 1 else tuple(cited),
        deadlines=deadlines,
        duties=duties_of(policy, chosen.remedy, is_adverse=False),
        evidence_missing=missing,
        policy_version=policy.version,
        window_ends_at=_window_end(judged),
        if_granted=None if allowed else _granted(facts, judged, freight, chosen.remedy),
    )


def _offers(
    facts: Facts,
    policy: Policy,
    judged: list[Judged],
    freight: Freight,
    cited: list[AppliedClause],
) -> tuple[Offer, ...]:
    """Return an offer for each remedy that is promised for some line, the wanted one first."""
    keeps = facts.reason in FAULTS and _may_keep(facts, policy, cited)
    found = []
    for remedy in Remedy:
        lines = [
            line
            for line, one in zip(facts.lines, judged, strict=True)
            if one.verdict is not Verdict.DECLINE
            and (remedy in one.remedies or (keeps and remedy is Remedy.REFUND_ONLY))
        ]
        if lines:
            found.append(offer(facts, remedy, lines, freight))
    return tuple(sorted(found, key=lambda one: one.remedy is not facts.wanted))


def _may_keep(facts: Facts, policy: Policy, cited: list[AppliedClause]) -> bool:
    goods = sum(max(0, line.refundable_minor) for line in facts.lines)
    for term in policy.keeps:
        limit = term.limits_minor.get(facts.currency, -1)
        if goods <= limit and holds_for_request(term.applies, facts):
            used: FactsUsed = (("limit", Money(limit, facts.currency)),)
            cited.append(cite(policy, term.clause, Effect.ALLOWS, "keep.allows", used))
            return True
    return False


def _choose(
    facts: Facts,
    policy: Policy,
    offers: tuple[Offer, ...],
    cited: list[AppliedClause],
    notes: list[Ground],
) -> Offer:
    """Return the offer that answers the wish, or the first, saying that a person must judge.

    Who would send goods back is content to keep them: a refund alone answers both wishes.
    """
    first = offers[0]
    fits = facts.wanted in {None, first.remedy} or first.remedy is Remedy.REFUND_ONLY
    if not fits:
        clause = policy.house.returning
        cited.append(cite(policy, clause, Effect.SENDS_TO_REVIEW, "returning.review"))
        notes.append(Ground.REMEDY_NOT_PROMISED)
    elif len(offers) > 1 and len(first.lines) < len({a.line_id for o in offers for a in o.lines}):
        clause = policy.house.before_shipment
        cited.append(cite(policy, clause, Effect.SENDS_TO_REVIEW, "parts.review"))
        notes.append(Ground.UNITS_IN_DIFFERENT_STAGES)
    return first


def _evidence_missing(
    facts: Facts, policy: Policy, cited: list[AppliedClause], notes: list[Ground]
) -> tuple[Evidence, ...]:
    terms = [term for term in policy.evidence if holds_for_request(term.applies, facts)]
    if not terms:
        return ()
    least = min(terms, key=lambda term: term.photos)
    if facts.photos >= least.photos:
        return ()
    used: FactsUsed = (("needed", least.photos), ("given", facts.photos))
    cited.append(cite(policy, least.clause, Effect.ASKS_EVIDENCE, "evidence.asks", used))
    notes.append(Ground.EVIDENCE_MISSING)
    return (Evidence("photos", least.photos, facts.photos, least.clause.id),)


def _check_limit(
    facts: Facts, policy: Policy, chosen: Offer, cited: list[AppliedClause], notes: list[Ground]
) -> None:
    """Ask whether this may be approved without a person: the highest applicable limit counts."""
    terms = [
        term
        for term in policy.approvals
        if facts.currency in term.limits_minor
        and (not term.remedies or chosen.remedy in term.remedies)
        and holds_for_request(term.applies, facts)
    ]
    if not terms:
        clause = policy.house.judgement
        cited.append(cite(policy, clause, Effect.SENDS_TO_REVIEW, "limit.none"))
        notes.append(Ground.ABOVE_AUTOMATIC_LIMIT)
        return
    best = max(terms, key=lambda term: term.limits_minor[facts.currency])
    limit = best.limits_minor[facts.currency]
    within = chosen.goods_minor <= limit
    used: FactsUsed = (
        ("goods", Money(chosen.goods_minor, facts.currency)),
        ("limit", Money(limit, facts.currency)),
    )
    effect, words = (
        (Effect.ALLOWS, "limit.allows") if within else (Effect.SENDS_TO_REVIEW, "limit.review")
    )
    cited.append(cite(policy, best.clause, effect, words, used))
    if not within:
        notes.append(Ground.ABOVE_AUTOMATIC_LIMIT)


def _verdict(judged: list[Judged], notes: list[Ground]) -> Verdict:
    if any(one.verdict is not Verdict.ALLOW for one in judged):
        return Verdict.REVIEW
    return Verdict.ALLOW if _NEEDS_A_PERSON.isdisjoint(notes) else Verdict.REVIEW


def _granted(
    facts: Facts, judged: list[Judged], freight: Freight, otherwise: Remedy
) -> Offer | None:
    lines: list[LineFacts] = [
        line
        for line, one in zip(facts.lines, judged, strict=True)
        if _IMPOSSIBLE.isdisjoint(one.reasons)
    ]
    return offer(facts, facts.wanted or otherwise, lines, freight) if lines else None


def _outcomes(facts: Facts, judged: list[Judged]) -> tuple[LineOutcome, ...]:
    return tuple(
        LineOutcome(line.line_id, one.verdict, one.reasons)
        for line, one in zip(facts.lines, judged, strict=True)
    )


def _window_end(judged: list[Judged]) -> datetime | None:
    ends = [one.window_ends_at for one in judged if one.window_ends_at is not None]
    return min(ends) if ends else None
