"""Which offer of a decision holds for a request."""

from __future__ import annotations

from anxin.domains.policies.data import Decision, Offer, Remedy, Verdict


def granted_offer(decision: Decision, wanted: Remedy) -> Offer | None:
    """Return what is given, or would be if the request is granted; None if nothing could be.

    What the policy allows is its own first offer: it may be better than what was asked for, such
    as money back without sending goods back. What a person must judge is what was asked for.
    """
    if decision.verdict is Verdict.ALLOW:
        return decision.offer_of(None)
    return decision.if_granted or decision.offer_of(wanted) or decision.offer_of(None)
