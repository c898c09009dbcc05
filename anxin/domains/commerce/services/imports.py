"""What can be done with an import: started, checked, approved, applied, cancelled, listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from anxin.domains.commerce.access import WRITE
from anxin.domains.commerce.data import (
    ImportData,
    ImportKind,
    ImportMode,
    ImportRunId,
    StoreChoice,
)
from anxin.domains.commerce.events import ImportApproved, ImportStored
from anxin.domains.commerce.importing.columns import COLUMNS
from anxin.domains.commerce.importing.faults import FileRefused
from anxin.domains.commerce.lifecycle import ImportAction, ImportState
from anxin.domains.commerce.models import ImportRun
from anxin.domains.commerce.ports import CustomerBook
from anxin.domains.commerce.services.import_applying import Apply
from anxin.domains.commerce.services.import_checking import Check
from anxin.domains.commerce.services.import_runs import (
    AlreadyApplying,
    Clock,
    Stopped,
    access_import,
    alone,
    folder_of,
    import_data,
    keep_file,
    move,
    nothing_done,
    tidy,
)
from anxin.kernel import audit, outbox
from anxin.kernel.actors import Actor


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
    run.sha256, run.size_bytes = keep_file(folder_of(run), chunks)
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
    with alone(run_id):
        run = access_import(by, run_id)
        if run.state != ImportState.READING:
            if run.state == ImportState.CANCELLED:  # before anybody had begun with it
                tidy(run)
            return import_data(run)
        try:
            Check(by, run, stores, customers, clock).run_through()
        except FileRefused as refusal:
            move(run, ImportAction.FAIL, clock(), failure=refusal.fields)
            tidy(run)
        except Stopped:
            tidy(run)
        return import_data(access_import(by, run_id))


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
    run = access_import(by, run_id, locked=True)
    run.mode = mode or run.mode
    if run.mode == ImportMode.ALL and run.error_count:
        move(run, ImportAction.REFUSE, now, mode=run.mode, **nothing_done())
        transaction.on_commit(lambda: tidy(run))
        return import_data(run)
    move(run, ImportAction.APPLY, now, mode=run.mode, rows_done=0, **nothing_done())
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
    with alone(run_id):
        run = access_import(by, run_id)
        if run.state == ImportState.APPLYING:
            with suppress(Stopped):
                Apply(by, run, stores, customers, clock).run_through()
            if run.state != ImportState.APPLYING:
                tidy(run)
        return import_data(access_import(by, run_id))


@transaction.atomic
def cancel_import(by: Actor, run_id: UUID, *, now: datetime) -> ImportData:
    """Stop an import. What is in stays in; all-or-nothing can be stopped only before applying."""
    run = access_import(by, run_id, locked=True)
    if run.state == ImportState.APPLYING and run.mode == ImportMode.ALL:
        raise AlreadyApplying(run_id=str(run_id))
    was_idle = run.state == ImportState.CHECKED
    move(run, ImportAction.CANCEL, now)
    if was_idle:  # a running one tidies up when it sees this
        transaction.on_commit(lambda: tidy(run))
    return import_data(run)


def get_import(by: Actor, run_id: UUID) -> ImportData:
    """Return one import. Raise NotFound."""
    return import_data(access_import(by, run_id))


def list_imports(by: Actor, *, limit: int = 50) -> list[ImportData]:
    """Return the newest imports."""
    by.require(WRITE)
    rows = ImportRun.objects.filter(merchant_id=by.merchant_id).defer("errors", "warnings")
    return [import_data(row) for row in rows.order_by("-started_at", "-id")[:limit]]


def stalled_imports(now: datetime, limit: int = 20) -> list[tuple[int, UUID, str]]:
    """Return imports of all merchants that nobody works on: (merchant, import, state)."""
    with connection.cursor() as cursor:
        cursor.execute("select * from commerce_stalled_imports(%s, %s)", [now, limit])
        return [(merchant, pk, state) for merchant, pk, state in cursor.fetchall()]


def _known_columns(kind: ImportKind, mapping: dict[str, str]) -> dict[str, str]:
    known = {column.name for column in COLUMNS[kind]}
    if unknown := [name for name in mapping.values() if name not in known]:
        raise FileRefused("column_unknown", columns=unknown, allowed=sorted(known))
    return mapping
