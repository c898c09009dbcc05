"""Versions of a policy: which is in force when, and that a published one stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext

from anxin.domains.merchants.data import Duty
from anxin.domains.policies.data import Ground, PolicyScope, PolicyVersionId, Verdict
from anxin.domains.policies.documents import DocumentRefused
from anxin.domains.policies.lifecycle import VersionState
from anxin.domains.policies.models import PolicyVersion
from anxin.domains.policies.public import (
    decide_in_force,
    default_document,
    draft_policy,
    get_version,
    list_versions,
    policies_for,
    policy_in_force,
    publish_policy,
    revise_policy,
)
from anxin.domains.policies.services import StartRefused
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.builders_policies import a_promise, some_facts

pytestmark = pytest.mark.django_db
WHOLE = PolicyScope()


@pytest.fixture
def house() -> Iterator[House]:
    built = build_house()
    with acting_for(built.merchant_id):
        yield built


def document(days: int, title: str = "政策") -> dict[str, Any]:
    promise = a_promise("window", f"days-{days}", reasons=["no_reason"], days=days, roll="none")
    base = default_document()
    return base | {"title": title, "clauses": [*base["clauses"], promise]}


def published(
    by: Actor, days: int, since: datetime, store_id: Any = None, now: datetime = NOON
) -> PolicyVersionId:
    version_id = draft_policy(by, document(days), store_id=store_id, now=now)
    publish_policy(by, version_id, in_force_from=since, now=now)
    return version_id


def longest(by: Actor, scope: PolicyScope, at: datetime) -> int:
    return max(term.days for term in policy_in_force(by, scope, at).windows)


def test_without_a_version_the_default_holds(house: House) -> None:
    policy = policy_in_force(house.system, WHOLE, NOON)

    assert policy.version == "default/cn-2026.1"
    assert decide_in_force(house.system, WHOLE, some_facts()).verdict is Verdict.ALLOW


def test_the_version_of_the_moment_is_found(house: House) -> None:
    published(house.system, 10, NOON - timedelta(days=100))
    published(house.system, 20, NOON - timedelta(days=50))

    assert policy_in_force(house.system, WHOLE, NOON - timedelta(days=101)).number == 0
    assert longest(house.system, WHOLE, NOON - timedelta(days=100)) == 10
    assert longest(house.system, WHOLE, NOON - timedelta(days=50, seconds=1)) == 10
    assert longest(house.system, WHOLE, NOON - timedelta(days=50)) == 20


def test_a_future_version_waits_for_its_day(house: House) -> None:
    published(house.system, 10, NOON - timedelta(days=1))
    published(house.system, 20, NOON + timedelta(days=15))

    assert longest(house.system, WHOLE, NOON) == 10
    assert longest(house.system, WHOLE, NOON + timedelta(days=15)) == 20


def test_a_store_has_its_own_before_the_merchants(house: House) -> None:
    published(house.system, 30, NOON - timedelta(days=9), store_id=house.store_id)
    published(house.system, 10, NOON - timedelta(days=1))

    assert longest(house.system, PolicyScope(house.store_id), NOON) == 30
    assert longest(house.system, WHOLE, NOON) == 10
    assert policy_in_force(house.system, PolicyScope(house.store_id), NOON).scope == PolicyScope(
        house.store_id
    )


def test_the_orders_version_decides_unless_the_newer_is_better(house: House) -> None:
    facts = some_facts(asked="2026-11-11 12:00")  # day 9: the law's seven are over
    published(house.system, 8, facts.placed_at - timedelta(days=30))
    before = decide_in_force(house.system, WHOLE, facts)
    published(house.system, 15, facts.asked_at - timedelta(days=1))
    after = decide_in_force(house.system, WHOLE, facts)

    assert before.verdict is Verdict.DECLINE
    assert (after.verdict, after.policy_version) == (Verdict.ALLOW, "v2/cn-2026.1")
    assert Ground.NEWER_POLICY_IS_BETTER in after.reasons


def test_a_worse_newer_version_changes_nothing_for_earlier_orders(house: House) -> None:
    facts = some_facts(asked="2026-11-11 12:00")
    published(house.system, 15, facts.placed_at - timedelta(days=30))
    published(house.system, 7, facts.asked_at - timedelta(days=1))

    kept = decide_in_force(house.system, WHOLE, facts)
    later = decide_in_force(house.system, WHOLE, replace(facts, placed_at=facts.asked_at))

    assert (kept.verdict, kept.policy_version) == (Verdict.ALLOW, "v1/cn-2026.1")
    assert later.verdict is Verdict.DECLINE


def test_publishing_supersedes_and_tells(house: House) -> None:
    first = published(house.system, 10, NOON)
    second = published(house.system, 20, NOON + timedelta(days=1))

    states = [version.state for version in list_versions(house.system)]
    assert states == [VersionState.IN_FORCE, VersionState.SUPERSEDED]
    told = RecordedEvent.objects.filter(name="policies.PolicyPublished").order_by("id")
    assert [event.subject_id for event in told] == [str(first), str(second)]


def test_a_published_version_cannot_be_changed_or_published_again(house: House) -> None:
    version_id = published(house.system, 10, NOON)

    with pytest.raises(MoveRefused):
        revise_policy(house.system, version_id, document(3), now=NOON)
    with pytest.raises(MoveRefused):
        publish_policy(house.system, version_id, in_force_from=NOON + timedelta(days=3), now=NOON)
    assert get_version(house.system, version_id).document == document(10)


def test_a_draft_can_be_revised_and_is_not_in_force(house: House) -> None:
    version_id = draft_policy(house.system, document(10), now=NOON)

    revise_policy(house.system, version_id, document(12, "新政策"), now=NOON)

    assert get_version(house.system, version_id).title == "新政策"
    assert policy_in_force(house.system, WHOLE, NOON).number == 0


def test_people_cannot_date_a_version_back(house: House) -> None:
    operator = build_staff(house, "olga", Duty.OPERATIONS)
    version_id = draft_policy(operator, document(10), now=NOON)

    with pytest.raises(StartRefused):
        publish_policy(operator, version_id, in_force_from=NOON - timedelta(days=1), now=NOON)

    assert get_version(operator, version_id).state is VersionState.DRAFT


def test_a_version_cannot_start_before_the_one_it_follows(house: House) -> None:
    published(house.system, 10, NOON + timedelta(days=5))

    with pytest.raises(StartRefused):
        published(house.system, 20, NOON + timedelta(days=5))


def test_an_agent_may_not_manage_policies(house: House) -> None:
    agent = build_staff(house, "anna", Duty.AGENT)

    with pytest.raises(NotAllowed):
        draft_policy(agent, document(10), now=NOON)
    with pytest.raises(NotAllowed):
        list_versions(agent)
    assert PolicyVersion.objects.count() == 0


def test_a_document_with_faults_is_not_stored(house: House) -> None:
    with pytest.raises(DocumentRefused):
        draft_policy(house.system, {"title": ""}, now=NOON)

    assert PolicyVersion.objects.count() == 0


def test_another_merchants_version_is_not_found(house: House) -> None:
    version_id = published(house.system, 10, NOON)
    other = build_house("别家", "other")

    with acting_for(other.merchant_id):
        assert policy_in_force(other.system, WHOLE, NOON).number == 0
        with pytest.raises(NotFound):
            get_version(other.system, version_id)
        with pytest.raises(NotFound):
            publish_policy(other.system, version_id, in_force_from=NOON, now=NOON)


def test_the_database_keeps_one_newest_version_a_scope(house: House) -> None:
    published(house.system, 10, NOON)
    draft = draft_policy(house.system, document(11), now=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft).update(
            state=VersionState.IN_FORCE.value, in_force_from=NOON
        )


def test_the_database_refuses_a_published_version_without_a_start(house: House) -> None:
    draft = draft_policy(house.system, document(11), now=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft).update(state=VersionState.SUPERSEDED.value)


def test_a_built_policy_is_kept(
    house: House, django_assert_num_queries: CaptureQueriesContext
) -> None:
    published(house.system, 10, datetime(2026, 1, 1, tzinfo=UTC))
    facts = some_facts()
    scope = PolicyScope(house.store_id)
    policies_for(house.system, scope, placed_at=facts.placed_at, asked_at=facts.asked_at)

    with django_assert_num_queries(2):  # type: ignore[operator]
        decide_in_force(house.system, scope, facts)
