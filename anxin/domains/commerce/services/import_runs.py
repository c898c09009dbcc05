"""One import's row and its folder: found, moved, told of, tidied."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from anxin.domains.commerce.access import WRITE
from anxin.domains.commerce.data import (
    ImportData,
    ImportKind,
    ImportMode,
    ImportRunId,
)
from anxin.domains.commerce.importing.faults import FileRefused
from anxin.domains.commerce.importing.tables import MAX_BYTES
from anxin.domains.commerce.lifecycle import IMPORT, ImportAction, ImportState
from anxin.domains.commerce.models import ImportRun
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, NotFound

Clock = Callable[[], datetime]


class ImportBusy(Conflict):
    """Another process works on this import right now."""

    code = "import_busy"


class AlreadyApplying(Conflict):
    """All or nothing was asked and applying has begun: it is finished, not left half done."""

    code = "already_applying"


class Stopped(Exception):
    """The run was cancelled meanwhile."""


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


def access_import(by: Actor, run_id: UUID, *, locked: bool = False) -> ImportRun:
    by.require(WRITE)
    rows = ImportRun.objects.filter(merchant_id=by.merchant_id, pk=run_id)
    row = (rows.select_for_update() if locked else rows).first()
    if row is None:
        raise NotFound(run_id=str(run_id))
    return row


def move(run: ImportRun, action: ImportAction, now: datetime, **columns: Any) -> None:
    """Move the run by the table, comparing and setting, so that two moves cannot both win."""
    before = ImportState(run.state)
    after = IMPORT.after(before, action)
    if after in IMPORT.terminal_states():
        columns["finished_at"] = now
    changed = ImportRun.objects.filter(merchant_id=run.merchant_id, pk=run.pk, state=before).update(
        state=after, touched_at=now, **columns
    )
    if not changed:
        raise Stopped
    run.state = after
    for name, value in columns.items():
        setattr(run, name, value)


def tell_progress(
    run: ImportRun, state: ImportState, done: int, now: datetime, *, total: bool = False
) -> None:
    columns = {"rows_done": done, "touched_at": now} | ({"rows_total": done} if total else {})
    rows = ImportRun.objects.filter(merchant_id=run.merchant_id, pk=run.pk, state=state)
    if not rows.update(**columns):
        raise Stopped


def nothing_done() -> dict[str, int]:
    return dict.fromkeys(["created_count", "updated_count", "unchanged_count", "rejected_count"], 0)


@contextmanager
def alone(run_id: UUID) -> Iterator[None]:
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


def folder_of(run: ImportRun) -> Path:
    return Path(settings.ANXIN_HOME) / "imports" / str(run.merchant_id) / str(run.pk)


def keep_file(folder: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
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


def tidy(run: ImportRun) -> None:
    """Remove the file and what was made of it: nobody needs a second copy of personal data."""
    shutil.rmtree(folder_of(run), ignore_errors=True)
