"""What is thrown away when it has served: finished jobs and old idempotency keys."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from anxin.kernel.jobs import every

# Finished jobs are kept for a day, for whoever asks what just happened. Failed ones stay: they
# are the dead letters.
JOBS_KEPT = timedelta(hours=24)
# What docs/api.md promises: a client that repeats a write later than this made a new one.
KEYS_KEPT = timedelta(days=7)
_BATCH = 5_000


@every(seconds=3600)
def forget_finished_jobs() -> int:
    """Delete jobs that ended well long ago, in small transactions; return how many."""
    return _in_batches(
        "with old as (select j.id from procrastinate_jobs j"
        " where j.status in ('succeeded', 'cancelled', 'aborted') and not exists ("
        "  select from procrastinate_events e"
        "  where e.job_id = j.id and e.at > now() - %s::interval)"
        " order by j.id limit %s), gone as ("
        " delete from procrastinate_jobs where id in (select id from old) returning 1)"
        " select count(*) from gone",
        JOBS_KEPT,
    )


@every(seconds=3600)
def forget_idempotency_keys() -> int:
    """Delete the remembered answers of old writes, of every merchant; return how many."""
    return _in_batches("select kernel_forget_idempotency_keys(%s::interval, %s)", KEYS_KEPT)


def _in_batches(statement: str, kept: timedelta) -> int:
    """Run a deleting statement in small transactions until it finds no more."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, [f"{kept.total_seconds()} seconds", _BATCH])
            deleted = int(cursor.fetchone()[0])
            total += deleted
            if deleted < _BATCH:
                return total
