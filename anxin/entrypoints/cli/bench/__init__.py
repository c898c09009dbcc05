"""Measurements: each module here measures one promise, ``anxin bench <module>``.

A module has ``run(args) -> dict[str, object]``: figures by name, printed as a table or as JSON. It
may have ``add_arguments(parser)``. ``args.ground`` is where it measures: an empty database of its
own, servers started on demand, and pgbench for the limit of the same machine in the same run.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

# What there may be; one whose module is missing is left out.
NAMES = ("intake", "writes", "decide", "inbox", "search", "wallboard")


@dataclass(frozen=True, slots=True)
class Served:
    """A running Anxin on the measured database."""

    base_url: str
    pids: dict[str, int]

    def memory_mib(self) -> float:
        """Return what all its processes hold together (PSS)."""
        total = 0
        for pid in self.pids.values():
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        return total / 1024


@dataclass(frozen=True, slots=True)
class Limit:
    """What pgbench reached with one script."""

    per_second: float
    latency_ms: float
    clients: int
    seconds: int


class Ground(Protocol):
    """Where a module measures. Django is set up on the same database, as the guarded role."""

    # The database for its owner, for filling it with COPY.
    database_url: str
    # The environment of further processes that work on it.
    environment: dict[str, str]

    def serve(self, *, web: int = 1, workers: int = 1) -> AbstractContextManager[Served]:
        """Run web and worker processes for as long as the context lasts."""
        ...

    def pgbench(self, script: str, *, clients: int, seconds: int, prepared: bool = True) -> Limit:
        """Run a pgbench script (its own syntax) as the owner."""
        ...

    def insert_limit(self, *, clients: int, seconds: int = 5) -> Limit:
        """Measure durable one-row inserts: what this disk and server can do at all."""
        ...
