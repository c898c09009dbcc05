"""Reading a file into its spool and judging every thing in it; nothing else is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from anxin.domains.commerce.data import (
    ImportKind,
    StoreChoice,
)
from anxin.domains.commerce.importing.columns import Header, understand
from anxin.domains.commerce.importing.faults import FileRefused
from anxin.domains.commerce.importing.rows import ReadingContext, RowReader
from anxin.domains.commerce.importing.spool import Spool
from anxin.domains.commerce.importing.tables import Layout, Row, open_table
from anxin.domains.commerce.lifecycle import ImportAction, ImportState
from anxin.domains.commerce.models import ImportRun
from anxin.domains.commerce.ports import CustomerBook
from anxin.domains.commerce.services.import_batches import (
    Tally,
    batches,
    count,
    judged,
    known_articles,
)
from anxin.domains.commerce.services.import_runs import (
    Clock,
    folder_of,
    move,
    tell_progress,
)
from anxin.kernel.actors import Actor

PREVIEW_ROWS = 20
PROGRESS_ROWS = 2_000


class Check:
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
        self.tally = Tally()

    def run_through(self) -> None:
        """Read, then judge, then wait for approval."""
        folder = folder_of(self.run)
        with open_table(folder / "source") as (layout, rows):
            total = self._read(layout, rows, Spool(folder / "rows"))
        self.run.rows_total = total
        things = self._judge(folder / "rows")
        move(
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
                tell_progress(self.run, ImportState.READING, count, self.clock())
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
        for batch, rejected, _ in batches(self.kind, path, self.context, self.tally):
            kept = known_articles(self.by, self.run, batch, self.tally)
            told = judged(self.by, self.kind, [thing for thing, _ in kept], self.customers)
            count(self.tally, kept, told)
            things += len(batch) + rejected
            tell_progress(
                self.run, ImportState.READING, self.run.rows_total, self.clock(), total=True
            )
        return things


def _preview(header: Header, line: int, cells: list[str]) -> dict[str, Any]:
    values = {
        name: cells[place][:60] if place < len(cells) else ""
        for name, place in header.places.items()
    }
    return {"line": line, "values": values}
