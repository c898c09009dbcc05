"""API keys: seen once, scoped, and stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from uuid import UUID

import pytest
from django.test import Client

from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import Duty, KeyId, Permission
from anxin.domains.merchants.models import ApiKey
from anxin.entrypoints.http_api import auth
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    auth.forget_keys()
    house = build_house()
    with acting_for(house.merchant_id):
        yield house
    auth.forget_keys()


@pytest.fixture
def boss(house: House) -> Actor:
    return build_staff(house, "boss", Duty.ADMINISTRATOR)


def test_a_key_works_within_its_scopes_and_is_stored_only_as_a_hash(boss: Actor) -> None:
    new = merchants.create_key(boss, "ERP", [Permission.ORDERS_READ], now=NOON)

    program = merchants.actor_of_key(new.key)
    assert program is not None
    assert program.permissions == {Permission.ORDERS_READ}
    row = ApiKey.objects.get()
    assert new.key not in str(row.__dict__)
    assert new.key not in str(AuditEntry.objects.get().__dict__)
    assert new.key.startswith(merchants.list_keys(boss)[0].prefix)


@pytest.mark.parametrize("scopes", [[], ["*"], ["orders.steal"]])
def test_a_key_without_known_scopes_is_refused(boss: Actor, scopes: list[str]) -> None:
    with pytest.raises(merchants.DetailRefused):
        merchants.create_key(boss, "ERP", scopes, now=NOON)

    assert not ApiKey.objects.exists()


def test_only_administrators_manage_keys(house: House) -> None:
    agent = build_staff(house, "agent", Duty.AGENT)
    merchants.issue_key(house.merchant_id, "ERP", [Permission.ORDERS_READ])
    key_id = KeyId(ApiKey.objects.get().pk)

    for act in (
        lambda: merchants.create_key(agent, "ERP", [Permission.ORDERS_READ], now=NOON),
        lambda: merchants.revoke_key(agent, key_id, now=NOON),
        lambda: merchants.list_keys(agent),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ApiKey.objects.get().is_active


def test_a_revoked_key_stops_and_stays_in_the_list(boss: Actor) -> None:
    new = merchants.create_key(boss, "ERP", [Permission.ORDERS_READ], now=NOON)

    merchants.revoke_key(boss, new.id, now=NOON)
    merchants.revoke_key(boss, new.id, now=NOON)

    assert merchants.actor_of_key(new.key) is None
    assert [key.is_active for key in merchants.list_keys(boss)] == [False]
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "key.issued",
        "key.revoked",
    ]


def test_a_revoked_key_stops_within_five_seconds_where_it_was_just_seen(
    boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = merchants.create_key(boss, "ERP", [Permission.ORDERS_READ], now=NOON)
    client, bearer = Client(), {"Authorization": f"Bearer {new.key}"}
    assert client.get("/api/v1/orders", headers=bearer).status_code == 200

    merchants.revoke_key(boss, new.id, now=NOON)
    later = monotonic() + 5.01
    monkeypatch.setattr("anxin.entrypoints.http_api.auth.time.monotonic", lambda: later)

    assert client.get("/api/v1/orders", headers=bearer).status_code == 401


def test_a_key_of_another_merchant_is_not_found(boss: Actor) -> None:
    other = build_house("别家", "other")
    merchants.issue_key(other.merchant_id, "theirs", [Permission.ORDERS_READ])
    key_id = KeyId(ApiKey.objects.get().pk)

    with pytest.raises(NotFound):
        merchants.revoke_key(boss, key_id, now=NOON)

    assert ApiKey.objects.get().is_active
    assert merchants.list_keys(boss) == []


def test_the_use_of_a_key_is_noted_to_ten_minutes(boss: Actor) -> None:
    new = merchants.create_key(boss, "ERP", [Permission.ORDERS_READ], now=NOON)
    program = merchants.actor_of_key(new.key)
    assert program is not None
    assert UUID(program.id) == new.id

    merchants.note_key_use(program, now=NOON)
    merchants.note_key_use(program, now=NOON + timedelta(minutes=9))
    assert ApiKey.objects.get().last_used_at == NOON
    merchants.note_key_use(program, now=NOON + timedelta(minutes=11))

    assert ApiKey.objects.get().last_used_at == NOON + timedelta(minutes=11)
