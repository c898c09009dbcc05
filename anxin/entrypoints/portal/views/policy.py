"""The policy in plain words, for everyone, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from anxin.domains.policies.data import Clause, Layer, Policy, PolicyScope
from anxin.domains.policies.public import policy_in_force
from anxin.entrypoints.portal.visiting import PortalRequest, at_store, home_url
from anxin.entrypoints.portal.wording import said
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow


@require_safe
@at_store
def policy(request: PortalRequest) -> HttpResponse:
    """Show what is promised here: the merchant's own promises first, then the law's."""
    by = Actor.system(request.store.merchant_id)
    found = policy_in_force(by, PolicyScope(request.store.id), utcnow())
    context = {
        "store": request.store,
        "buyer": request.buyer,
        "policy": found,
        "chapters": chapters_of(found),
        "back_url": home_url(request.store),
    }
    return render(request, "portal/policy.html", context)


def chapters_of(policy: Policy) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the clauses by what buyers ask: title, then (words, where written, is promise)."""
    terms: list[tuple[str, Sequence[Any]]] = [
        (gettext("多久以内可以退"), policy.windows),
        (gettext("哪些商品不能无理由退"), policy.exclusions),
        (gettext("商品要保持什么样子"), policy.standards),
        (gettext("运费谁出"), policy.freight),
        (gettext("需要什么证明"), policy.evidence),
        (gettext("什么情况自动通过"), (*policy.approvals, *policy.keeps)),
        (gettext("多久有结果"), policy.deadlines),
        (gettext("双方还要做什么"), policy.duties),
    ]
    return [
        (title, [_printed(clause) for clause in _once(term.clause for term in found)])
        for title, found in terms
        if found
    ]


def _once(clauses: Iterable[Clause]) -> list[Clause]:
    found = {clause.id: clause for clause in clauses}
    return sorted(found.values(), key=lambda clause: clause.layer is Layer.LAW)


def _printed(clause: Clause) -> tuple[str, str, bool]:
    return said(clause.summary), said(clause.article), clause.layer is Layer.MERCHANT
