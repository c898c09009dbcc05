"""Recording what a checked file holds, batch by batch, from wherever it stopped.

A large file is never one transaction: readers of the event stream wait for the oldest one. Each
batch commits with the place where to go on, so a crash loses and doubles nothing. Small files are
one transaction, hence all or nothing to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anxin.domains.commerce.data import (
    ImportKind,
    ImportMode,
    ImportRunId,
    Outcome,
    StoreChoice,
)
from anxin.domains.commerce.events import ImportFinished
from anxin.domains.commerce.importing.rows import ReadingContext
from anxin.domains.commerce.lifecycle import ImportAction, ImportState
from anxin.domains.commerce.models import ImportRun
from anxin.domains.commerce.ports import CustomerBook
from anxin.domains.commerce.services.import_batches import (
    MAX_FAULTS,
    Tally,
    batches,
    count,
    known_articles,
    recorded,
)
from anxin.domains.commerce.services.import_runs import (
    Clock,
    Stopped,
    folder_of,
    move,
    nothing_done,
)
from anxin.kernel import outbox
from anxin.kernel.actors import Actor

SMALL_ROWS = 5_000


class Apply:
    """Records what the spool holds, batch by batch."""

    def __init__(
        self,
        by: Actor,
        run: ImportRun,
        stores: Sequence[StoreChoice],
        customers: CustomerBook,
        clock: Clock,
    ) -> None:
        self.by, self.run, self.customers, self.clock = by, run, customers, clock
        self.kind = ImportKind(run.kind)
        self.context = ReadingContext.of(stores, None, run.started_at)

    def run_through(self) -> None:
        """Apply all that is left; a small file in one transaction."""
        if self.run.rows_total <= SMALL_ROWS and not self.run.applied_bytes:
            try:
                with transaction.atomic():
                    self._all_batches()
                    self._finish()
            except _Refused as refused:
                self._refuse(refused.tally)
        else:
            self._all_batches()
            self._finish()

    def _all_batches(self) -> None:
        path = folder_of(self.run) / "rows"
        tally = Tally()
        start = self.run.applied_bytes
        is_small = self.run.rows_total <= SMALL_ROWS and not start
        is_all_or_nothing = is_small and self.run.mode == ImportMode.ALL
        for batch, rejected, place in batches(self.kind, path, self.context, tally, start):
            with transaction.atomic():
                now, met = self.clock(), Tally()
                kept = known_articles(self.by, self.run, batch, met)
                told = recorded(
                    self.by, self.kind, [thing for thing, _ in kept], self.customers, now
                )
                count(met, kept, told)
                met.outcomes[Outcome.REJECTED] += rejected
                if met.fault_count and is_all_or_nothing:
                    raise _Refused(met)
                self._save(met, place, now)

    def _save(self, met: Tally, place: int, now: datetime) -> None:
        run = self.run
        run.applied_bytes = place
        run.created_count += met.outcomes[Outcome.CREATED]
        run.updated_count += met.outcomes[Outcome.UPDATED]
        run.unchanged_count += met.outcomes[Outcome.UNCHANGED]
        run.rejected_count += met.outcomes[Outcome.REJECTED]
        done = run.created_count + run.updated_count + run.unchanged_count + run.rejected_count
        run.rows_done = run.rows_total * done // max(1, run.things_total)
        known = {(one["line"], one["column"], one["code"]) for one in run.errors}
        fresh = [f for f in met.faults if (f.line, f.column, f.code) not in known]
        run.error_count += len(fresh)
        run.errors = (run.errors + [one.as_json() for one in fresh])[:MAX_FAULTS]
        kept = ImportRun.objects.filter(
            merchant_id=run.merchant_id, pk=run.pk, state=ImportState.APPLYING
        ).update(touched_at=now, **{name: getattr(run, name) for name in _SAVED})
        if not kept:
            raise Stopped

    def _finish(self) -> None:
        with transaction.atomic():
            now = self.clock()
            run = self.run
            move(run, ImportAction.FINISH, now, rows_done=run.rows_total)
            outbox.publish(
                ImportFinished(
                    run_id=ImportRunId(run.pk),
                    kind=run.kind,
                    created=run.created_count,
                    updated=run.updated_count,
                    unchanged=run.unchanged_count,
                    rejected=run.rejected_count,
                    occurred_at=now,
                ),
                by=self.by,
            )

    def _refuse(self, tally: Tally) -> None:
        """Somebody claimed an order between check and apply: nothing is in, and why is told."""
        run = self.run
        run.state = ImportState.REFUSED
        columns = {**tally.columns(), **nothing_done()}
        ImportRun.objects.filter(merchant_id=run.merchant_id, pk=run.pk).update(
            state=run.state, finished_at=self.clock(), **columns
        )


class _Refused(Exception):
    """All or nothing was asked and something was rejected: nothing."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally


_SAVED = (
    "applied_bytes", "created_count", "updated_count", "unchanged_count", "rejected_count",
    "rows_done", "error_count", "errors",
)  # fmt: skip
