"""Sorting rows by what they belong to, on disk: as many as the file has, memory for a few."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path

import msgspec

from anxin.domains.commerce.importing.rows import Record

_RUN = 20_000
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


class Spool:
    """Takes records in any order; ``finish`` leaves them sorted by key and line in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: list[Record] = []
        self._runs: list[Path] = []

    def add(self, record: Record) -> None:
        """Take one record."""
        self._held.append(record)
        if len(self._held) >= _RUN:
            self._write_run()

    def finish(self) -> None:
        """Write the sorted file; the runs are removed."""
        self._write_run()
        streams = [_lines(run) for run in self._runs]
        temporary = self.path.with_suffix(".part")
        with temporary.open("wb") as out:
            for _, raw in heapq.merge(*streams, key=lambda pair: pair[0]):
                out.write(raw)
        temporary.replace(self.path)
        for run in self._runs:
            run.unlink()

    def _write_run(self) -> None:
        if not self._held:
            return
        self._held.sort(key=_place)
        run = self.path.with_suffix(f".run{len(self._runs)}")
        with run.open("wb") as out:
            for record in self._held:
                out.write(_encoder.encode(record) + b"\n")
        self._runs.append(run)
        self._held.clear()


def read_groups(path: Path, start: int = 0) -> Iterator[tuple[list[Record], int]]:
    """Yield the records of one key at a time, each with where in the file the next ones begin."""
    group: list[Record] = []
    place = start
    with path.open("rb") as file:
        file.seek(start)
        for raw in file:
            record = _decoder.decode(raw)
            if group and record.key != group[0].key:
                yield group, place
                group = []
            group.append(record)
            place += len(raw)
    if group:
        yield group, place


def _lines(run: Path) -> Iterator[tuple[tuple[str, int], bytes]]:
    with run.open("rb") as file:
        for raw in file:
            yield _place(_decoder.decode(raw)), raw


def _place(record: Record) -> tuple[str, int]:
    return record.key, record.line
