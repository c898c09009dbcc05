"""Reads of policies: which version is in force, and what it decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from anxin.domains.policies.data import Decision, Facts, Policy, PolicyScope, PolicyVersionId
from anxin.domains.policies.documents import (
    build_policy,
    default_document,
    law_pack,
    parse_document,
)
from anxin.domains.policies.lifecycle import VersionState
from anxin.domains.policies.models import PolicyVersion
from anxin.domains.policies.rules import decide_best
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotFound

MANAGE = "policies.manage"
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VersionData:
    """A version as people who manage policies see it."""

    id: PolicyVersionId
    store_id: UUID | None
    number: int
    title: str
    state: VersionState
    in_force_from: datetime | None
    created_at: datetime
    document: dict[str, Any]


def policy_in_force(by: Actor, scope: PolicyScope, at: datetime) -> Policy:
    """Return the policy in force at a moment: the store's own, else the merchant's.

    Before the first version of either, the default policy over the law holds.
    """
    row = (
        PolicyVersion.objects.filter(merchant_id=by.merchant_id, in_force_from__lte=at)
        .filter(Q(store_id=scope.store_id) | Q(store_id=None))
        .exclude(state=VersionState.DRAFT.value)
        .order_by(F("store_id").asc(nulls_last=True), "-in_force_from", "-number")
        .defer("document")
        .first()
    )
    if row is None:
        return default_policy()
    return _built(by.merchant_id, PolicyVersionId(row.pk))


def policies_for(
    by: Actor, scope: PolicyScope, *, placed_at: datetime, asked_at: datetime
) -> tuple[Policy, ...]:
    """Return the policy of the order, then the one of the request when it is another."""
    then = policy_in_force(by, scope, placed_at)
    now = policy_in_force(by, scope, asked_at)
    return (then,) if now.version == then.version else (then, now)


def decide_in_force(by: Actor, scope: PolicyScope, facts: Facts) -> Decision:
    """Return the decision under the order's policy, or a newer one's if better for the buyer.

    EDGE_CASES 17: the version at purchase decides unless the newer is better; the decision's
    ``policy_version`` and its reason ``newer_policy_is_better`` say which.
    """
    policies = policies_for(by, scope, placed_at=facts.placed_at, asked_at=facts.asked_at)
    return decide_best(facts, policies)


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """Return what holds for a merchant who has published nothing."""
    version = f"default/{law_pack('cn').version}"
    return build_policy(parse_document(default_document()), version=version, in_force_from=_ALWAYS)


def get_version(by: Actor, version_id: PolicyVersionId) -> VersionData:
    """Return one version with its document. Raise NotFound."""
    by.require(MANAGE)
    row = PolicyVersion.objects.filter(merchant_id=by.merchant_id, pk=version_id).first()
    if row is None:
        raise NotFound(version_id=str(version_id))
    return _data(row)


def policy_of_version(by: Actor, version_id: PolicyVersionId) -> Policy:
    """Return a version, a draft too, as the policy it is or would be. Raise NotFound."""
    version = get_version(by, version_id)
    document = parse_document(version.document)
    return build_policy(
        document,
        version=f"v{version.number}/{law_pack(document.law).version}",
        number=version.number,
        scope=PolicyScope(version.store_id),
        in_force_from=version.in_force_from or version.created_at,
    )


def list_versions(by: Actor, *, limit: int = 100) -> list[VersionData]:
    """Return the merchant's versions, newest first."""
    by.require(MANAGE)
    rows = PolicyVersion.objects.filter(merchant_id=by.merchant_id).order_by("-number")
    return [_data(row) for row in rows[:limit]]


@lru_cache(maxsize=512)
def _built(merchant_id: int, version_id: PolicyVersionId) -> Policy:
    """Build a published version once: it never changes again."""
    row = PolicyVersion.objects.get(merchant_id=merchant_id, pk=version_id)
    document = parse_document(row.document)
    assert row.in_force_from is not None, "the database refuses a published version without it"
    return build_policy(
        document,
        version=f"v{row.number}/{law_pack(document.law).version}",
        number=row.number,
        scope=PolicyScope(row.store_id),
        in_force_from=row.in_force_from,
    )


def _data(row: PolicyVersion) -> VersionData:
    return VersionData(
        id=PolicyVersionId(row.pk),
        store_id=row.store_id,
        number=row.number,
        title=row.title,
        state=VersionState(row.state),
        in_force_from=row.in_force_from,
        created_at=row.created_at,
        document=row.document,
    )
