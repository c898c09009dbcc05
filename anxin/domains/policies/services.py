"""Changes to policies: draft a version, revise it, publish it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q

from anxin.domains.policies.data import PolicyScope, PolicyVersionId
from anxin.domains.policies.documents import PolicyDocument, build_policy, law_pack, parse_document
from anxin.domains.policies.events import PolicyPublished
from anxin.domains.policies.lifecycle import VERSION, VersionAction, VersionState
from anxin.domains.policies.models import PolicyVersion
from anxin.domains.policies.queries import MANAGE
from anxin.kernel import outbox
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.errors import Conflict, NotFound


class StartRefused(Conflict):
    """A version cannot take effect in the past, nor before the one it follows."""

    code = "policy_start_refused"


@transaction.atomic
def draft_policy(
    by: Actor, document: dict[str, Any], *, store_id: UUID | None = None, now: datetime
) -> PolicyVersionId:
    """Store a new draft and return its id. Raise DocumentRefused when it is not understood."""
    by.require(MANAGE)
    parsed = _checked(document, store_id, now)
    _lock_numbers(by)
    newest = PolicyVersion.objects.filter(merchant_id=by.merchant_id).aggregate(n=Max("number"))
    row = PolicyVersion.objects.create(
        merchant_id=by.merchant_id,
        store_id=store_id,
        number=(newest["n"] or 0) + 1,
        title=parsed.title,
        document=document,
        law_version=law_pack(parsed.law).version,
        state=VersionState.DRAFT.value,
        created_by_kind=by.kind,
        created_by_id=by.id,
        created_at=now,
    )
    return PolicyVersionId(row.pk)


@transaction.atomic
def revise_policy(
    by: Actor, version_id: PolicyVersionId, document: dict[str, Any], *, now: datetime
) -> None:
    """Replace a draft's document. Raise MoveRefused once it is published."""
    by.require(MANAGE)
    row = _locked(by, version_id)
    row.state = VERSION.after(VersionState(row.state), VersionAction.REVISE).value
    parsed = _checked(document, row.store_id, now)
    row.document, row.title = document, parsed.title
    row.law_version = law_pack(parsed.law).version
    row.save(update_fields=["document", "title", "law_version", "state"])


@transaction.atomic
def publish_policy(
    by: Actor, version_id: PolicyVersionId, *, in_force_from: datetime, now: datetime
) -> None:
    """Put a draft into force from a moment on; the scope's former version is superseded.

    Only the system may date it back, when a merchant's history is loaded. Raise StartRefused,
    or MoveRefused when it is no draft.
    """
    by.require(MANAGE)
    _lock_numbers(by)
    row = _locked(by, version_id)
    state = VERSION.after(VersionState(row.state), VersionAction.PUBLISH)
    former = (
        PolicyVersion.objects.select_for_update()
        .filter(Q(store_id=row.store_id), merchant_id=by.merchant_id)
        .filter(state=VersionState.IN_FORCE.value)
        .first()
    )
    _check_start(by, former, in_force_from, now)
    if former is not None:
        after = VERSION.after(VersionState(former.state), VersionAction.SUPERSEDE)
        former.state = after.value
        former.save(update_fields=["state"])
    row.state, row.in_force_from = state.value, in_force_from
    row.save(update_fields=["state", "in_force_from"])
    fact = PolicyPublished(
        version_id=version_id,
        number=row.number,
        store_id=row.store_id,
        in_force_from=in_force_from,
        occurred_at=now,
    )
    outbox.publish(fact, by=by)


def _check_start(
    by: Actor, former: PolicyVersion | None, in_force_from: datetime, now: datetime
) -> None:
    if in_force_from < now and by.kind is not ActorKind.SYSTEM:
        raise StartRefused(in_force_from=in_force_from.isoformat())
    earlier = former.in_force_from if former is not None else None
    if earlier is not None and in_force_from <= earlier:
        raise StartRefused(former=earlier.isoformat())


def _checked(document: dict[str, Any], store_id: UUID | None, now: datetime) -> PolicyDocument:
    parsed = parse_document(document)
    build_policy(parsed, version="check", scope=PolicyScope(store_id), in_force_from=now)
    return parsed


def _locked(by: Actor, version_id: PolicyVersionId) -> PolicyVersion:
    row = (
        PolicyVersion.objects.select_for_update()
        .filter(merchant_id=by.merchant_id, pk=version_id)
        .first()
    )
    if row is None:
        raise NotFound(version_id=str(version_id))
    return row


def _lock_numbers(by: Actor) -> None:
    """Let one at a time number or publish a merchant's versions, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('policies'), %s)", [by.merchant_id % 2**31]
        )
