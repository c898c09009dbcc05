"""The worker's own duties: jobs of the dead, sweeps one at a time, housekeeping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest
from django.db import DataError, connection, transaction
from procrastinate.contrib.django.utils import connector_params

from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.events import ConversationClosed
from anxin.kernel import housekeeping, outbox, streams, worker
from anxin.kernel.actors import MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.ids import uuid7
from anxin.kernel.jobs import Sweep
from anxin.kernel.models import IdempotencyRecord
from anxin.kernel.tenancy import acting_for
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)


def a_worker(*, silent_seconds: int = 60) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat)"
            " values (now() - make_interval(secs => %s)) returning id",
            [silent_seconds],
        )
        return int(cursor.fetchone()[0])


def a_job(status: str, worker_id: int | None = None, *, hours_old: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " values ('deliveries', 'deliver', 'todo', null) returning id"
        )
        job_id = int(cursor.fetchone()[0])
        cursor.execute(
            "update procrastinate_jobs set status = %s::procrastinate_job_status, worker_id = %s"
            " where id = %s",
            [status, worker_id, job_id],
        )
        cursor.execute(
            "update procrastinate_events set at = now() - make_interval(hours => %s)"
            " where job_id = %s",
            [hours_old, job_id],
        )
        return job_id


def status_of(job_id: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [job_id])
        row = cursor.fetchone()
        return row[0] if row else None


def recover(own_id: int | None = None) -> int:
    async def main() -> int:
        async with await psycopg.AsyncConnection.connect(
            **connector_params(), autocommit=True
        ) as held:
            return await worker.put_back_jobs_of_the_dead(held, own_id)

    return asyncio.run(main())


def test_jobs_of_a_worker_without_lock_are_put_back() -> None:
    job_id = a_job("doing", a_worker())

    assert recover() == 1

    assert status_of(job_id) == "todo"
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_workers")
        assert cursor.fetchone()[0] == 0


def test_jobs_of_a_worker_that_holds_its_lock_are_left_however_silent_it_is() -> None:
    worker_id = a_worker(silent_seconds=3600)
    job_id = a_job("doing", worker_id)
    with psycopg.connect(**connector_params(), autocommit=True) as alive:
        alive.execute("select pg_advisory_lock(%s, %s)", [worker.WORKER_LOCKS, worker_id])

        assert recover() == 0

    assert status_of(job_id) == "doing"


def test_a_worker_that_just_registered_is_given_time_to_take_its_lock() -> None:
    job_id = a_job("doing", a_worker(silent_seconds=0))

    assert recover() == 0
    assert status_of(job_id) == "doing"


def test_a_job_of_a_forgotten_worker_is_put_back() -> None:
    job_id = a_job("doing", None)

    assert recover() == 1
    assert status_of(job_id) == "todo"


def test_a_sweep_runs_on_one_worker_at_a_time() -> None:
    runs: list[int] = []
    sweep = Sweep("test.sweep", 1, lambda: runs.append(1))
    with psycopg.connect(**connector_params(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtextextended('test.sweep', 0))")
        assert not worker.run_sweep(sweep)
        # Closing alone would free it too, but in the server's own time.
        other.execute("select pg_advisory_unlock(hashtextextended('test.sweep', 0))")

    assert worker.run_sweep(sweep)
    assert runs == [1]


def test_a_sweep_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("broken")

    sweep = Sweep("test.failing", 1, fail)

    assert worker.run_sweep(sweep)
    assert worker.run_sweep(sweep)
    assert caplog.text.count("ValueError: broken") == 2


def test_a_projection_over_a_value_no_column_takes_does_not_end_the_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = builders.build_house()
    folded: list[object] = []

    def sound(_merchant: MerchantId, batch: Sequence[object]) -> None:
        folded.extend(batch)

    def choke(_merchant: MerchantId, _batch: object) -> None:
        raise DataError("integer out of range")

    monkeypatch.setattr(streams, "PROJECTIONS", {"choking": choke, "sound": sound})
    closed = ConversationClosed(conversation_id=ConversationId(uuid7()), occurred_at=builders.NOON)
    with acting_for(house.merchant_id), transaction.atomic():
        outbox.publish(closed, by=house.system)

    worker.fold_due()

    assert len(folded) == 1
    assert "projection choking" in caplog.text


def test_finished_jobs_are_forgotten_after_a_day_and_dead_letters_kept() -> None:
    old, fresh = a_job("succeeded", hours_old=25), a_job("succeeded", hours_old=23)
    failed, waiting = a_job("failed", hours_old=99), a_job("todo", hours_old=99)

    assert housekeeping.forget_finished_jobs() == 1

    assert status_of(old) is None
    assert [status_of(job) for job in (fresh, failed, waiting)] == ["succeeded", "failed", "todo"]


def test_idempotency_keys_are_forgotten_after_a_week_at_every_merchant() -> None:
    merchants = [builders.build_house("甲", slug).merchant_id for slug in ("one", "two")]
    for merchant in merchants:
        with acting_for(merchant):
            for hours in (167, 169):
                IdempotencyRecord.objects.create(
                    merchant_id=merchant, key=f"k{hours}", fingerprint="f",
                    created_at=utcnow() - timedelta(hours=hours),
                )  # fmt: skip

    assert housekeeping.forget_idempotency_keys() == 2

    for merchant in merchants:
        with acting_for(merchant):
            assert [row.key for row in IdempotencyRecord.objects.all()] == ["k167"]
