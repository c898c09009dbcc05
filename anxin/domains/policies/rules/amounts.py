"""What each remedy comes to: lines as frozen on the order, and freight both ways."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.domains.policies.data import (
    AppliedClause,
    Effect,
    Facts,
    FactsUsed,
    FreightPayer,
    FreightTerm,
    LineAmount,
    LineFacts,
    Offer,
    Policy,
    Remedy,
)
from anxin.domains.policies.rules.citing import cite, holds_for_request
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Freight:
    """The best the policy says of freight, question by question, and the term that says it."""

    return_by: FreightTerm
    outbound_by: FreightTerm
    waived_by: FreightTerm


def freight_of(facts: Facts, policy: Policy) -> Freight:
    """Return who pays which way for this cause. Each question takes its own best promise."""
    terms = [term for term in policy.freight if holds_for_request(term.applies, facts)]
    assert terms, "the law has a freight term for every reason"
    return Freight(
        return_by=next((t for t in terms if t.return_payer is FreightPayer.SELLER), terms[0]),
        outbound_by=next((t for t in terms if t.refunds_outbound), terms[0]),
        waived_by=next((t for t in terms if not t.deducts_waived), terms[0]),
    )


def offer(facts: Facts, remedy: Remedy, lines: list[LineFacts], freight: Freight) -> Offer:
    """Return the remedy added up. The total is never below zero (EDGE_CASES 10)."""
    amounts = tuple(_amount(line) for line in lines)
    goods = sum(amount.refund_minor for amount in amounts)
    back = _outbound_back(facts, remedy, freight) if len(lines) == len(facts.lines) else 0
    payer = freight.return_by.return_payer
    owes = remedy is Remedy.RETURN_REFUND
    waived = facts.waived_freight_minor if owes and _loses_waiver(facts, freight) else 0
    waived = min(max(0, waived), goods + back)
    pickup = facts.pickup_fee_minor if owes and payer is FreightPayer.BUYER else 0
    pickup = min(max(0, pickup), goods + back - waived)
    return Offer(
        remedy,
        amounts,
        goods,
        back,
        waived,
        pickup,
        goods + back - waived - pickup,
        facts.currency,
        payer if owes else FreightPayer.SELLER,
    )


def cite_freight(
    facts: Facts, policy: Policy, freight: Freight, chosen: Offer, cited: list[AppliedClause]
) -> None:
    """Add the clauses that decided who pays which way."""
    if chosen.remedy is Remedy.RETURN_REFUND:
        term = freight.return_by
        words = f"freight.return_{term.return_payer}"
        used: FactsUsed = ()
        if chosen.pickup_deducted_minor:
            words = "freight.pickup"
            used = (("fee", Money(chosen.pickup_deducted_minor, facts.currency)),)
        cited.append(cite(policy, term.clause, Effect.SETS_FREIGHT, words, used))
    if chosen.freight_refund_minor:
        used = (("freight", Money(chosen.freight_refund_minor, facts.currency)),)
        clause = freight.outbound_by.clause
        if not freight.outbound_by.refunds_outbound:  # before shipment nothing was carried
            clause = policy.house.before_shipment
        cited.append(cite(policy, clause, Effect.SETS_FREIGHT, "freight.outbound_back", used))
    if chosen.freight_deducted_minor:
        used = (("freight", Money(chosen.freight_deducted_minor, facts.currency)),)
        clause = freight.waived_by.clause
        cited.append(cite(policy, clause, Effect.SETS_FREIGHT, "freight.threshold_lost", used))


def _amount(line: LineFacts) -> LineAmount:
    return LineAmount(
        line.line_id,
        line.sku,
        line.asked,
        line.price_minor,
        line.discount_minor,
        line.tax_minor,
        max(0, line.refundable_minor),
    )


def _outbound_back(facts: Facts, remedy: Remedy, freight: Freight) -> int:
    """Freight is refunded with the last of the order: it carried the rest as well."""
    if not facts.is_rest_of_order:
        return 0
    nothing_was_sent = all(line.shipped == 0 for line in facts.lines)
    if freight.outbound_by.refunds_outbound or (remedy is Remedy.REFUND_ONLY and nothing_was_sent):
        return max(0, facts.outbound_freight_left_minor)
    return 0


def _loses_waiver(facts: Facts, freight: Freight) -> bool:
    return facts.is_threshold_lost and freight.waived_by.deducts_waived
