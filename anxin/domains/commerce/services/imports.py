"""An import from the file to the last row: stored, checked, applied, or refused.

A large file is never one transaction: readers of the event stream wait for the oldest one. It is
read and checked whole first; then things go in batches, each with the place where to go on, so a
crash loses and doubles nothing. Small files are applied in one transaction.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from anxin.domains.commerce.access import WRITE
from anxin.domains.commerce.data import (
    ImportData,
    ImportKind,
    ImportMode,
    ImportRunId,
    NewOrder,
    Outcome,
    Recorded,
    StoreChoice,
)
from anxin.domains.commerce.events import ImportApproved, ImportFinished, ImportStored
from anxin.domains.commerce.importing.columns import COLUMNS, Header, understand
from anxin.domains.commerce.importing.faults import Fault, FileRefused
from anxin.domains.commerce.importing.rows import ReadingContext, Record, RowReader
from anxin.domains.commerce.importing.spool import Spool, read_groups
from anxin.domains.commerce.importing.tables import MAX_BYTES, Layout, Row, open_table
from anxin.domains.commerce.importing.things import thing_of
from anxin.domains.commerce.lifecycle import IMPORT, ImportAction, ImportState
from anxin.domains.commerce.models import ImportRun, Product
from anxin.domains.commerce.ports import CustomerBook
from anxin.domains.commerce.rules import OrderDoesNotAddUp
from anxin.domains.commerce.services.orders import judge_orders, record_orders
from anxin.domains.commerce.services.products import judge_products, record_products
from anxin.domains.commerce.services.shipments import judge_shipments, record_shipments
from anxin.kernel import audit, outbox
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, NotFound

Clock = Callable[[], datetime]
Batch = list[tuple[Any, Record]]

MAX_FAULTS = 1_000
PREVIEW_ROWS = 20
# What one transaction takes: well under a second on two cores.
BATCH_ROWS = 5_000
BATCH_THINGS = 1_000
PROGRESS_ROWS = 2_000
# Up to this many rows a file is one transaction, hence all or nothing to the letter.
SMALL_ROWS = 5_000


class ImportBusy(Conflict):
    """Another process works on this import right now."""

    code = "import_busy"


class AlreadyApplying(Conflict):
    """All or nothing was asked and applying has begun: it is finished, not left half done."""

    code = "already_applying"


class _Stopped(Exception):
    """The run was cancelled meanwhile."""


@transaction.atomic
def start_import(
    by: Actor,
    kind: ImportKind,
    file_name: str,
    chunks: Iterable[bytes],
    *,
    mode: ImportMode,
    now: datetime,
    store_id: UUID | None = None,
    mapping: dict[str, str] | None = None,
    is_strict: bool = False,
    is_inline: bool = False,
) -> ImportRunId:
    """Keep a file and return its import, to be checked. Raise NotAllowed, FileRefused.

    ``is_inline``: the caller checks it himself, no job is to.
    """
    by.require(WRITE)
    run = ImportRun(
        merchant_id=by.merchant_id,
        kind=kind,
        file_name="".join(sign for sign in file_name if sign.isprintable())[-200:],
        mode=mode,
        state=ImportState.READING,
        store_id=store_id,
        mapping=_known_columns(kind, mapping or {}),
        is_strict=is_strict,
        by_kind=by.kind,
        by_id=by.id,
        by_name=by.name,
        started_at=now,
        touched_at=now,
    )
    run.sha256, run.size_bytes = _keep(_folder(run), chunks)
    run.save(force_insert=True)
    audit.record(by, "commerce.import_started", "import", run.pk, now=now, kind=kind)
    if not is_inline:
        stored = ImportStored(run_id=ImportRunId(run.pk), kind=kind, occurred_at=now)
        outbox.publish(stored, by=by)
    return ImportRunId(run.pk)


def check_import(
    by: Actor,
    run_id: UUID,
    stores: Sequence[StoreChoice],
    customers: CustomerBook,
    *,
    clock: Clock,
) -> ImportData:
    """Read and check a whole file without changing anything but the import itself.

    A repeat after a crash begins anew; one that is checked already is left alone.
    """
    with _alone(run_id):
        run = _access(by, run_id)
        if run.state != ImportState.READING:
            return import_data(run)
        try:
            _Check(by, run, stores, customers, clock).run_through()
        except FileRefused as refusal:
            _move(run, ImportAction.FAIL, clock(), failure=refusal.fields)
            _tidy(run)
        except _Stopped:
            _tidy(run)
        return import_data(_access(by, run_id))


@transaction.atomic
def approve_import(
    by: Actor,
    run_id: UUID,
    *,
    mode: ImportMode | None = None,
    is_inline: bool = False,
    now: datetime,
) -> ImportData:
    """Say that a checked file shall be applied; refused when it has errors and mode is all.

    Raise MoveRefused when it is not checked, or not any more.
    """
    run = _access(by, run_id, locked=True)
    run.mode = mode or run.mode
    if run.mode == ImportMode.ALL and run.error_count:
        _move(run, ImportAction.REFUSE, now, mode=run.mode, **_nothing_done())
        transaction.on_commit(lambda: _tidy(run))
        return import_data(run)
    _move(run, ImportAction.APPLY, now, mode=run.mode, rows_done=0, **_nothing_done())
    if not is_inline:
        approved = ImportApproved(run_id=ImportRunId(run.pk), kind=run.kind, occurred_at=now)
        outbox.publish(approved, by=by)
    return import_data(run)


def apply_import(
    by: Actor,
    run_id: UUID,
    stores: Sequence[StoreChoice],
    customers: CustomerBook,
    *,
    clock: Clock,
) -> ImportData:
    """Record what an approved file holds; goes on where an earlier attempt ended."""
    with _alone(run_id):
        run = _access(by, run_id)
        if run.state == ImportState.APPLYING:
            with suppress(_Stopped):
                _Apply(by, run, stores, customers, clock).run_through()
            if run.state != ImportState.APPLYING:
                _tidy(run)
        return import_data(_access(by, run_id))


@transaction.atomic
def cancel_import(by: Actor, run_id: UUID, *, now: datetime) -> ImportData:
    """Stop an import. What is in stays in; all-or-nothing can be stopped only before applying."""
    run = _access(by, run_id, locked=True)
    if run.state == ImportState.APPLYING and run.mode == ImportMode.ALL:
        raise AlreadyApplying(run_id=str(run_id))
    was_idle = run.state == ImportState.CHECKED
    _move(run, ImportAction.CANCEL, now)
    if was_idle:  # a running one tidies up when it sees this
        transaction.on_commit(lambda: _tidy(run))
    return import_data(run)


def get_import(by: Actor, run_id: UUID) -> ImportData:
    """Return one import. Raise NotFound."""
    return import_data(_access(by, run_id))


def list_imports(by: Actor, *, limit: int = 50) -> list[ImportData]:
    """Return the newest imports."""
    by.require(WRITE)
    rows = ImportRun.objects.filter(merchant_id=by.merchant_id).defer("errors", "warnings")
    return [import_data(row) for row in rows.order_by("-started_at", "-id")[:limit]]


def import_settings(by: Actor, run_id: UUID) -> UUID | None:
    """Return the store that rows without one belong to."""
    return _access(by, run_id).store_id


def stalled_imports(now: datetime, limit: int = 20) -> list[tuple[int, UUID, str]]:
    """Return imports of all merchants that nobody works on: (merchant, import, state)."""
    with connection.cursor() as cursor:
        cursor.execute("select * from commerce_stalled_imports(%s, %s)", [now, limit])
        return [(merchant, pk, state) for merchant, pk, state in cursor.fetchall()]


def import_data(run: ImportRun) -> ImportData:
    """Return an import as pages and programs see it."""
    return ImportData(
        id=ImportRunId(run.pk),
        kind=ImportKind(run.kind),
        file_name=run.file_name,
        size_bytes=run.size_bytes,
        mode=ImportMode(run.mode),
        state=str(run.state),
        layout=run.layout,
        rows_total=run.rows_total,
        rows_done=run.rows_done,
        things_total=run.things_total,
        created=run.created_count,
        updated=run.updated_count,
        unchanged=run.unchanged_count,
        rejected=run.rejected_count,
        error_count=run.error_count,
        warning_count=run.warning_count,
        errors=run.errors if "errors" not in run.get_deferred_fields() else [],
        warnings=run.warnings if "warnings" not in run.get_deferred_fields() else [],
        preview=run.preview,
        failure=run.failure,
        by_name=run.by_name,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


@dataclass(slots=True)
class _Tally:
    """Counts and the first faults."""

    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    warnings: list[Fault] = field(default_factory=list)
    warning_count: int = 0

    def fault(self, faults: Sequence[Fault]) -> None:
        self.fault_count += len(faults)
        self.faults += faults[: MAX_FAULTS - len(self.faults)]

    def warn(self, faults: Sequence[Fault]) -> None:
        self.warning_count += len(faults)
        self.warnings += faults[: MAX_FAULTS - len(self.warnings)]

    def columns(self) -> dict[str, Any]:
        """Return the tally as columns of ImportRun."""
        return {
            "created_count": self.outcomes[Outcome.CREATED],
            "updated_count": self.outcomes[Outcome.UPDATED],
            "unchanged_count": self.outcomes[Outcome.UNCHANGED],
            "rejected_count": self.outcomes[Outcome.REJECTED],
            "error_count": self.fault_count,
            "warning_count": self.warning_count,
            "errors": [one.as_json() for one in sorted(self.faults, key=lambda f: f.line)],
            "warnings": [one.as_json() for one in sorted(self.warnings, key=lambda f: f.line)],
        }


class _Check:
    """Reads a file into its spool, then judges every thing in it."""

    def __init__(
        self,
        by: Actor,
        run: ImportRun,
        stores: Sequence[StoreChoice],
        customers: CustomerBook,
        clock: Clock,
    ) -> None:
        self.by, self.run, self.customers, self.clock = by, run, customers, clock
        default = next((one for one in stores if one.id == run.store_id), None)
        self.context = ReadingContext.of(stores, default, run.started_at)
        self.kind = ImportKind(run.kind)
        self.tally = _Tally()

    def run_through(self) -> None:
        """Read, then judge, then wait for approval."""
        folder = _folder(self.run)
        with open_table(folder / "source") as (layout, rows):
            total = self._read(layout, rows, Spool(folder / "rows"))
        self.run.rows_total = total
        things = self._judge(folder / "rows")
        _move(
            self.run,
            ImportAction.FINISH_CHECK,
            self.clock(),
            rows_total=total,
            rows_done=total,
            things_total=things,
            layout=self.run.layout,
            preview=self.run.preview,
            **self.tally.columns(),
        )

    def _read(self, layout: Layout, rows: Iterator[Row], spool: Spool) -> int:
        header = self._header(layout, rows)
        reader = RowReader(self.kind, header, self.context)
        count = 0
        for line, cells in rows:
            record, faults = reader.read(line, cells)
            self.tally.fault(faults)
            spool.add(record)
            if count < PREVIEW_ROWS:
                self.run.preview.append(_preview(header, line, cells))
            count += 1
            if count % PROGRESS_ROWS == 0:
                _progress(self.run, ImportState.READING, count, self.clock())
        if not count:
            raise FileRefused("file_empty")
        spool.finish()
        return count

    def _header(self, layout: Layout, rows: Iterator[Row]) -> Header:
        first = next(rows, None)
        if first is None:
            raise FileRefused("file_empty")
        header = understand(self.kind, first[1], self.run.mapping)
        self.run.preview = []
        self.run.layout = {
            "format": layout.format,
            "encoding": layout.encoding,
            "delimiter": layout.delimiter,
            "sheet": layout.sheet,
            "columns": header.titles,
            "ignored": list(header.ignored)[:50],
        }
        if header.missing:
            raise FileRefused(
                "column_missing",
                columns=[one.name for one in header.missing],
                titles=list(first[1])[:50],
            )
        if header.twice:
            raise FileRefused("column_twice", columns=list(header.twice))
        return header

    def _judge(self, path: Path) -> int:
        things = 0
        for batch, rejected, _ in _batches(self.kind, path, self.context, self.tally):
            kept = _known_articles(self.by, self.run, batch, self.tally)
            told = _judged(self.by, self.kind, [thing for thing, _ in kept], self.customers)
            _count(self.tally, kept, told)
            things += len(batch) + rejected
            _progress(self.run, ImportState.READING, self.run.rows_total, self.clock(), total=True)
        return things


class _Apply:
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
        path = _folder(self.run) / "rows"
        tally = _Tally()
        start = self.run.applied_bytes
        is_small = self.run.rows_total <= SMALL_ROWS and not start
        is_all_or_nothing = is_small and self.run.mode == ImportMode.ALL
        for batch, rejected, place in _batches(self.kind, path, self.context, tally, start):
            with transaction.atomic():
                now, met = self.clock(), _Tally()
                kept = _known_articles(self.by, self.run, batch, met)
                told = _recorded(
                    self.by, self.kind, [thing for thing, _ in kept], self.customers, now
                )
                _count(met, kept, told)
                met.outcomes[Outcome.REJECTED] += rejected
                if met.fault_count and is_all_or_nothing:
                    raise _Refused(met)
                self._save(met, place, now)

    def _save(self, met: _Tally, place: int, now: datetime) -> None:
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
            raise _Stopped

    def _finish(self) -> None:
        with transaction.atomic():
            now = self.clock()
            run = self.run
            _move(run, ImportAction.FINISH, now, rows_done=run.rows_total)
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

    def _refuse(self, tally: _Tally) -> None:
        """Somebody claimed an order between check and apply: nothing is in, and why is told."""
        run = self.run
        run.state = ImportState.REFUSED
        columns = {**tally.columns(), **_nothing_done()}
        ImportRun.objects.filter(merchant_id=run.merchant_id, pk=run.pk).update(
            state=run.state, finished_at=self.clock(), **columns
        )


class _Refused(Exception):
    """All or nothing was asked and something was rejected: nothing."""

    def __init__(self, tally: _Tally) -> None:
        super().__init__()
        self.tally = tally


_SAVED = (
    "applied_bytes", "created_count", "updated_count", "unchanged_count", "rejected_count",
    "rows_done", "error_count", "errors",
)  # fmt: skip


def _batches(
    kind: ImportKind, path: Path, context: ReadingContext, tally: _Tally, start: int = 0
) -> Iterator[tuple[Batch, int, int]]:
    """Yield (things with their first rows, how many were rejected before, where to go on)."""
    batch: Batch = []
    rejected = rows = 0
    place = start
    for group, place in read_groups(path, start):
        thing = None
        if not any(row.faulty for row in group):
            thing, faults = thing_of(kind, group, context.stores)
            tally.fault(faults)
        if thing is None:
            rejected += 1
            tally.outcomes[Outcome.REJECTED] += 1
        else:
            batch.append((thing, group[0]))
        rows += len(group)
        if rows >= BATCH_ROWS or len(batch) >= BATCH_THINGS:
            yield batch, rejected, place
            batch, rejected, rows = [], 0, 0
    if batch or rejected:
        yield batch, rejected, place


def _known_articles(by: Actor, run: ImportRun, batch: Batch, tally: _Tally) -> Batch:
    """Say which articles no product is known for; return what may be recorded all the same.

    An order is a record of what was sold, with names and prices of its own: an unknown SKU is a
    warning, unless the import is strict.
    """
    if run.kind != ImportKind.ORDERS:
        return batch
    skus = {line.sku for order, _ in batch for line in order.lines}
    rows = Product.objects.filter(merchant_id=by.merchant_id, sku__in=skus)
    unknown = skus - set(rows.values_list("sku", flat=True))
    kept: Batch = []
    for order, first in batch if unknown else ():
        faults = [
            Fault(first.line, "sku", "unknown_sku", line.sku, {"order_no": order.order_no})
            for line in order.lines
            if line.sku in unknown
        ]
        if faults and run.is_strict:
            tally.fault(faults)
            tally.outcomes[Outcome.REJECTED] += 1
        else:
            tally.warn(faults)
            kept.append((order, first))
    return kept if unknown else batch


def _judged(
    by: Actor, kind: ImportKind, things: list[Any], customers: CustomerBook
) -> list[Recorded]:
    if kind is ImportKind.ORDERS:
        return judge_orders(by, things, customers)
    return (judge_products if kind is ImportKind.PRODUCTS else judge_shipments)(by, things)


def _recorded(
    by: Actor, kind: ImportKind, things: list[Any], customers: CustomerBook, now: datetime
) -> list[Recorded]:
    if kind is ImportKind.ORDERS:
        return record_orders(by, things, customers, now=now)
    record = record_products if kind is ImportKind.PRODUCTS else record_shipments
    return record(by, things, now=now)


_COLUMN_OF_CODE = {
    "order_claimed": "paid", "unknown_order": "order_no", "sku_not_in_order": "sku",
    "more_than_bought": "quantity",
}  # fmt: skip


def _count(tally: _Tally, batch: Batch, told: Sequence[Recorded]) -> None:
    for (thing, first), one in zip(batch, told, strict=True):
        tally.outcomes[one.outcome] += 1
        if one.outcome is Outcome.REJECTED:
            tally.fault([_fault_of(thing, first, one)])


def _fault_of(thing: Any, first: Record, told: Recorded) -> Fault:
    """Return why a thing was rejected, as a fault of its first row."""
    detail: dict[str, Any] = dict(told.detail)
    if isinstance(thing, NewOrder):
        detail |= {"order_no": thing.order_no, "currency": thing.currency}
    if told.code == OrderDoesNotAddUp.code:
        what = str(detail.pop("what", "paid"))
        column = {"lines": "unit_price"}.get(what, what)
        return Fault(first.line, column, f"{what}_does_not_add_up", "", detail)
    return Fault(first.line, _COLUMN_OF_CODE.get(told.code, ""), told.code, told.key, detail)


def _preview(header: Header, line: int, cells: list[str]) -> dict[str, Any]:
    values = {
        name: cells[place][:60] if place < len(cells) else ""
        for name, place in header.places.items()
    }
    return {"line": line, "values": values}


def _known_columns(kind: ImportKind, mapping: dict[str, str]) -> dict[str, str]:
    known = {column.name for column in COLUMNS[kind]}
    if unknown := [name for name in mapping.values() if name not in known]:
        raise FileRefused("column_unknown", columns=unknown, allowed=sorted(known))
    return mapping


def _access(by: Actor, run_id: UUID, *, locked: bool = False) -> ImportRun:
    by.require(WRITE)
    rows = ImportRun.objects.filter(merchant_id=by.merchant_id, pk=run_id)
    row = (rows.select_for_update() if locked else rows).first()
    if row is None:
        raise NotFound(run_id=str(run_id))
    return row


def _move(run: ImportRun, action: ImportAction, now: datetime, **columns: Any) -> None:
    """Move the run by the table, comparing and setting, so that two moves cannot both win."""
    before = ImportState(run.state)
    after = IMPORT.after(before, action)
    if after in IMPORT.terminal_states():
        columns["finished_at"] = now
    changed = ImportRun.objects.filter(merchant_id=run.merchant_id, pk=run.pk, state=before).update(
        state=after, touched_at=now, **columns
    )
    if not changed:
        raise _Stopped
    run.state = after
    for name, value in columns.items():
        setattr(run, name, value)


def _progress(
    run: ImportRun, state: ImportState, done: int, now: datetime, *, total: bool = False
) -> None:
    columns = {"rows_done": done, "touched_at": now} | ({"rows_total": done} if total else {})
    rows = ImportRun.objects.filter(merchant_id=run.merchant_id, pk=run.pk, state=state)
    if not rows.update(**columns):
        raise _Stopped


def _nothing_done() -> dict[str, int]:
    return dict.fromkeys(["created_count", "updated_count", "unchanged_count", "rejected_count"], 0)


@contextmanager
def _alone(run_id: UUID) -> Iterator[None]:
    """Work on a run in one process at a time: jobs may be delivered twice. Raise ImportBusy."""
    key = int.from_bytes(hashlib.sha256(run_id.bytes).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [key])
        if cursor.fetchone() != (True,):
            raise ImportBusy(run_id=str(run_id))
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [key])


def _folder(run: ImportRun) -> Path:
    return Path(settings.ANXIN_HOME) / "imports" / str(run.merchant_id) / str(run.pk)


def _keep(folder: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write the file down; return its SHA-256 and size. It holds personal data: owner only."""
    folder.mkdir(parents=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with (folder / "source").open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                shutil.rmtree(folder, ignore_errors=True)
                raise FileRefused("file_too_large", limit_bytes=MAX_BYTES)
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest(), size


def _tidy(run: ImportRun) -> None:
    """Remove the file and what was made of it: nobody needs a second copy of personal data."""
    shutil.rmtree(_folder(run), ignore_errors=True)
