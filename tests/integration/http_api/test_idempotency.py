"""The same key is the same write: replayed, refused for another body, safe against races."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from anxin.domains.customers.models import Customer
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api import idempotency
from anxin.kernel.models import IdempotencyRecord
from anxin.kernel.tenancy import acting_for
from tests.integration.http_api.conftest import Caller


def _count(caller: Caller) -> int:
    with acting_for(caller.house.merchant_id):
        return int(Customer.objects.count())


def _write(caller: Caller, name: str = "张三", key: str = "k1") -> Any:
    return caller.call("POST", "customers", {"name": name}, Idempotency_Key=key)


@pytest.mark.django_db
def test_the_same_write_again_gives_the_stored_answer(caller: Caller) -> None:
    first = _write(caller)

    again = _write(caller)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert _count(caller) == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused(caller: Caller) -> None:
    _write(caller)

    answer = _write(caller, "李四")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert _count(caller) == 1


@pytest.mark.django_db
def test_two_programs_may_use_the_same_key(caller: Caller) -> None:
    _write(caller)
    caller.key = issue_key(caller.house.merchant_id, "second", [])

    answer = _write(caller)

    assert answer.status_code == 201
    assert _count(caller) == 2


@pytest.mark.django_db
def test_a_refused_write_leaves_nothing_and_frees_the_key(caller: Caller) -> None:
    refused = _write(caller, "refused")

    answer = _write(caller, "张三")

    assert (refused.status_code, answer.status_code) == (409, 201)
    assert _count(caller) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_an_absurd_key_is_refused(caller: Caller, key: str) -> None:
    answer = _write(caller, key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")


@pytest.mark.django_db
def test_reads_take_no_notice_of_the_key(caller: Caller) -> None:
    caller.call("GET", "names", Idempotency_Key="k1")

    with acting_for(caller.house.merchant_id):
        assert IdempotencyRecord.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_death_between_work_and_record_leaves_neither(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(idempotency.IdempotencyRecord.objects, "create", die)
    with pytest.raises(SystemExit):
        _write(caller)
    monkeypatch.undo()
    assert _count(caller) == 0

    assert _write(caller).status_code == 201
    assert _count(caller) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works_and_the_other_waits_its_turn(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go = threading.Event(), threading.Event()
    create = idempotency.IdempotencyRecord.objects.create

    def slowly(**fields: Any) -> Any:
        inside.set()
        assert go.wait(10)
        return create(**fields)

    monkeypatch.setattr(idempotency.IdempotencyRecord.objects, "create", slowly)
    answers: list[Any] = []

    def first() -> None:
        answers.append(_write(Caller(caller.house, caller.key)))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)

    second = _write(caller)
    go.set()
    thread.join(10)

    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
    assert answers[0].status_code == 201
    assert _count(caller) == 1
    assert _write(caller)["Idempotency-Replayed"] == "true"
