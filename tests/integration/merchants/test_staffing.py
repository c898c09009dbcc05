"""Hiring, changing and dismissing people; their passwords, second factors and teams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client

from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import Duty, Permission, StaffId, StaffTerms, StoreId, TeamId
from anxin.domains.merchants.models import Staff, Team, User
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.errors import DomainError, NotAllowed, NotFound
from anxin.kernel.ids import uuid7
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff

pytestmark = pytest.mark.django_db

GOOD = "Xi-Hu-Long-Jing-7"
AGENT = StaffTerms("林晓", frozenset({Duty.AGENT}))


@pytest.fixture
def house() -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


@pytest.fixture
def boss(house: House) -> Actor:
    return build_staff(house, "boss", Duty.ADMINISTRATOR, limit_minor=100_000)


def _id(actor: Actor) -> StaffId:
    return StaffId(Staff.objects.get(pk=actor.id).pk)


def _terms(by: Actor, staff_id: StaffId, **changes: Any) -> StaffTerms:
    found = merchants.get_staff_record(by, staff_id)
    now = StaffTerms(
        found.name,
        found.duties,
        found.team_ids,
        found.store_ids,
        found.approval_limit_minor,
        found.is_active,
    )
    return replace(now, **changes)


def _actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_a_hired_person_signs_in_with_his_duties(house: House, boss: Actor) -> None:
    team = merchants.create_team(boss, "售后一组", now=NOON)
    terms = StaffTerms(
        "林晓",
        frozenset({Duty.AGENT, Duty.WAREHOUSE}),
        frozenset({team}),
        frozenset({house.store_id}),
        20_000,
    )

    staff_id = merchants.add_staff(boss, "Lin", GOOD, terms, email="lin@anxin.test", now=NOON)

    user = User.objects.get(username="lin")
    found = merchants.signed_in(user.pk)
    assert user.check_password(GOOD)
    assert found is not None
    assert found.actor.id == str(staff_id)
    assert found.actor.may(Permission.STATION_USE)
    assert not found.actor.may(Permission.STAFF_MANAGE)
    assert found.actor.approval_limit_minor == 20_000
    assert merchants.list_teams(boss)[0].members == ("林晓",)
    assert _actions() == ["team.created", "staff.hired"]


def test_the_trail_holds_no_password_and_no_name(house: House, boss: Actor) -> None:
    merchants.add_staff(boss, "lin", GOOD, AGENT, now=NOON)

    detail = str(AuditEntry.objects.get(action="staff.hired").detail)
    assert GOOD not in detail
    assert "林晓" not in detail
    assert "agent" in detail


@pytest.mark.parametrize("taken", ["boss", "BOSS", " Boss "])
def test_a_user_name_is_taken_whatever_its_case(boss: Actor, taken: str) -> None:
    with pytest.raises(merchants.NameTaken) as refusal:
        merchants.add_staff(boss, taken, GOOD, AGENT, now=NOON)

    assert refusal.value.fields == {"field": "user_name"}
    assert User.objects.count() == 1


def test_a_user_name_of_another_merchant_is_taken_too(boss: Actor) -> None:
    build_staff(build_house("别家", "other"), "lin", Duty.AGENT)

    with pytest.raises(merchants.NameTaken):
        merchants.add_staff(boss, "lin", GOOD, AGENT, now=NOON)


def test_two_people_do_not_share_an_email(boss: Actor) -> None:
    merchants.add_staff(boss, "lin", GOOD, AGENT, email="lin@anxin.test", now=NOON)

    with pytest.raises(merchants.NameTaken) as refusal:
        merchants.add_staff(boss, "zhou", GOOD, AGENT, email="LIN@anxin.test", now=NOON)

    assert refusal.value.fields == {"field": "email"}


@pytest.mark.parametrize("password", ["", "short", "password123", "x" * 129, "nul\0" * 5])
def test_an_easy_password_is_refused_and_nobody_is_hired(boss: Actor, password: str) -> None:
    with pytest.raises(merchants.PasswordRefused):
        merchants.add_staff(boss, "lin", password, AGENT, now=NOON)

    assert User.objects.count() == 1
    assert _actions() == []


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (StaffTerms("  ", frozenset({Duty.AGENT})), "name"),
        (StaffTerms("林" * 61, frozenset({Duty.AGENT})), "name"),
        (StaffTerms("林晓", frozenset(), team_ids=frozenset({TeamId(uuid7())})), "teams"),
        (StaffTerms("林晓", frozenset(), store_ids=frozenset({StoreId(uuid7())})), "stores"),
        (StaffTerms("林晓", frozenset(), approval_limit_minor=-1), "approval_limit"),
    ],
)
def test_unusable_terms_are_refused(boss: Actor, terms: StaffTerms, field: str) -> None:
    with pytest.raises(merchants.DetailRefused) as refusal:
        merchants.add_staff(boss, "lin", GOOD, terms, now=NOON)

    assert refusal.value.fields["field"] == field
    assert User.objects.count() == 1


@pytest.mark.parametrize("duty", [duty for duty in Duty if duty is not Duty.ADMINISTRATOR])
def test_only_administrators_manage_staff(house: House, duty: Duty) -> None:
    other = build_staff(house, "other", duty)

    for act in (
        lambda: merchants.add_staff(other, "lin", GOOD, AGENT, now=NOON),
        lambda: merchants.change_staff(other, _id(other), AGENT, now=NOON),
        lambda: merchants.reset_password(other, _id(other), GOOD, now=NOON),
        lambda: merchants.forget_second_factor(other, _id(other), now=NOON),
        lambda: merchants.create_team(other, "一组", now=NOON),
        lambda: merchants.rename_team(other, TeamId(uuid7()), "一组", now=NOON),
        lambda: merchants.list_staff_records(other),
        lambda: merchants.get_staff_record(other, _id(other)),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert _actions() == []


def test_a_program_hires_nobody_with_more_rights_than_its_own(house: House) -> None:
    program = Actor(
        house.merchant_id, ActorKind.PROGRAM, str(uuid7()), frozenset({Permission.STAFF_MANAGE})
    )

    with pytest.raises(merchants.BeyondOwnRights):
        merchants.add_staff(
            program, "lin", GOOD, StaffTerms("林晓", frozenset({Duty.ADMINISTRATOR})), now=NOON
        )


def test_a_program_does_not_take_over_an_administrator(house: House, boss: Actor) -> None:
    program = Actor(
        house.merchant_id, ActorKind.PROGRAM, str(uuid7()), frozenset({Permission.STAFF_MANAGE})
    )

    with pytest.raises(merchants.BeyondOwnRights):
        merchants.reset_password(program, _id(boss), GOOD, now=NOON)

    assert User.objects.get(username="boss").check_password("bossboss")


def test_a_change_of_duties_holds_from_the_next_request(house: House, boss: Actor) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    client = Client()
    client.force_login(User.objects.get(username="lin"))
    assert client.get("/console/refunds/").status_code == 403

    changed = _terms(boss, _id(lin), duties=frozenset({Duty.FINANCE}), approval_limit_minor=5_000)
    merchants.change_staff(boss, _id(lin), changed, now=NOON)

    assert client.get("/console/refunds/").status_code == 200
    entry = AuditEntry.objects.get(action="staff.changed")
    assert entry.detail == {
        "before": {"duties": ["agent"], "approval_limit_minor": 0},
        "after": {"duties": ["finance"], "approval_limit_minor": 5_000},
    }


def test_a_dismissed_person_is_refused_at_once(house: House, boss: Actor) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    client = Client()
    client.force_login(User.objects.get(username="lin"))
    assert client.get("/console/orders/").status_code == 200

    merchants.change_staff(boss, _id(lin), _terms(boss, _id(lin), is_active=False), now=NOON)

    assert client.get("/console/orders/").status_code in {302, 403}
    assert merchants.signed_in(User.objects.get(username="lin").pk) is None


def test_a_dismissed_person_can_come_back(house: House, boss: Actor) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    merchants.change_staff(boss, _id(lin), _terms(boss, _id(lin), is_active=False), now=NOON)

    merchants.change_staff(boss, _id(lin), _terms(boss, _id(lin), is_active=True), now=NOON)

    assert merchants.signed_in(User.objects.get(username="lin").pk) is not None


def test_a_change_that_changes_nothing_leaves_no_trace(boss: Actor) -> None:
    merchants.change_staff(boss, _id(boss), _terms(boss, _id(boss)), now=NOON)

    assert _actions() == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"duties": frozenset({Duty.AGENT})}])
def test_the_last_administrator_stays(house: House, boss: Actor, change: dict[str, Any]) -> None:
    former = build_staff(house, "former", Duty.ADMINISTRATOR)
    merchants.change_staff(boss, _id(former), _terms(boss, _id(former), is_active=False), now=NOON)

    with pytest.raises(merchants.LastAdministrator):
        merchants.change_staff(boss, _id(boss), _terms(boss, _id(boss), **change), now=NOON)

    found = merchants.get_staff_record(boss, _id(boss))
    assert found.is_active
    assert found.duties == {Duty.ADMINISTRATOR}


def test_nobody_raises_his_own_limit(boss: Actor) -> None:
    with pytest.raises(merchants.OwnLimit):
        merchants.change_staff(
            boss, _id(boss), _terms(boss, _id(boss), approval_limit_minor=100_001), now=NOON
        )

    assert merchants.get_staff_record(boss, _id(boss)).approval_limit_minor == 100_000


def test_a_new_password_ends_the_sessions_of_the_old_one(house: House, boss: Actor) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    client = Client()
    client.force_login(User.objects.get(username="lin"))

    merchants.reset_password(boss, _id(lin), GOOD, now=NOON)

    assert client.get("/console/orders/").status_code == 302
    assert User.objects.get(username="lin").check_password(GOOD)
    assert _actions() == ["staff.password_reset"]


def test_an_easy_new_password_is_refused(house: House, boss: Actor) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)

    with pytest.raises(merchants.PasswordRefused) as refusal:
        merchants.reset_password(boss, _id(lin), "12345", now=NOON)

    assert refusal.value.fields["faults"] == ["password_too_short", "password_too_common"]
    assert User.objects.get(username="lin").check_password("linlin")


def test_a_forgotten_second_factor_is_gone_with_its_recovery_codes(
    house: House, boss: Actor
) -> None:
    lin = build_staff(house, "lin", Duty.AGENT)
    user = User.objects.get(username="lin")
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={})
    assert merchants.get_staff_record(boss, _id(lin)).has_second_factor

    merchants.forget_second_factor(boss, _id(lin), now=NOON)
    merchants.forget_second_factor(boss, _id(lin), now=NOON)

    assert not Authenticator.objects.filter(user=user).exists()
    assert _actions() == ["staff.second_factor_forgotten"]


def test_somebody_of_another_merchant_is_not_found(boss: Actor) -> None:
    other = build_house("别家", "other")
    stranger = build_staff(other, "stranger", Duty.AGENT)
    staff_id = StaffId(UUID(stranger.id))

    for act in (
        lambda: merchants.get_staff_record(boss, staff_id),
        lambda: merchants.change_staff(boss, staff_id, AGENT, now=NOON),
        lambda: merchants.reset_password(boss, staff_id, GOOD, now=NOON),
        lambda: merchants.forget_second_factor(boss, staff_id, now=NOON),
    ):
        with pytest.raises(NotFound):
            act()
    assert User.objects.get(username="stranger").check_password("strangerstranger")


def test_a_team_is_named_once(boss: Actor) -> None:
    first = merchants.create_team(boss, "售后一组", now=NOON)
    merchants.create_team(boss, "售后二组", now=NOON)

    with pytest.raises(merchants.NameTaken):
        merchants.create_team(boss, " 售后一组 ", now=NOON)
    with pytest.raises(merchants.NameTaken):
        merchants.rename_team(boss, first, "售后二组", now=NOON)
    merchants.rename_team(boss, first, "夜班组", now=NOON)

    assert {team.name for team in merchants.list_teams(boss)} == {"夜班组", "售后二组"}
    assert _actions() == ["team.created", "team.created", "team.renamed"]


def test_a_team_of_another_merchant_is_not_found(boss: Actor) -> None:
    other = build_house("别家", "other")
    with acting_for(other.merchant_id):
        team = Team.objects.create(merchant_id=other.merchant_id, name="别家一组")

    with pytest.raises(NotFound):
        merchants.rename_team(boss, TeamId(team.pk), "我们的", now=NOON)


def test_people_are_listed_by_name_and_found_by_a_part_of_it(house: House, boss: Actor) -> None:
    for name in ("amy", "bob", "cat"):
        build_staff(house, name, Duty.AGENT)

    first = merchants.list_staff_records(boss, limit=2)
    rest = merchants.list_staff_records(boss, after=(first[1].name, first[1].id), limit=9)

    assert [one.user_name for one in (*first, *rest)] == ["amy", "bob", "boss", "cat"]
    assert [one.user_name for one in merchants.list_staff_records(boss, text="BO")] == [
        "bob",
        "boss",
    ]
    assert merchants.list_staff_records(boss, is_active=False) == []


def test_a_list_of_people_takes_two_queries(
    house: House, boss: Actor, django_assert_num_queries: Any
) -> None:
    for name in ("amy", "bob", "cat"):
        build_staff(house, name, Duty.AGENT)

    with django_assert_num_queries(2):
        merchants.list_staff_records(boss)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_do_not_dismiss_each_other_at_the_same_moment() -> None:
    house = build_house()
    one = build_staff(house, "one", Duty.ADMINISTRATOR)
    two = build_staff(house, "two", Duty.ADMINISTRATOR)
    gate, refusals = Barrier(2), []

    def dismiss(by: Actor, other: Actor) -> None:
        try:
            with acting_for(house.merchant_id):
                terms = _terms(by, _id(other), is_active=False)
                gate.wait(10)
                merchants.change_staff(by, _id(other), terms, now=NOON)
        except DomainError as refusal:
            refusals.append(refusal.code)
        finally:
            connections.close_all()

    threads = [Thread(target=dismiss, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with acting_for(house.merchant_id):
        assert Staff.objects.filter(is_active=True).count() == 1
    assert refusals == ["last_administrator"]
