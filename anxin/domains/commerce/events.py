"""Facts of commerce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from anxin.domains.commerce.data import ImportRunId
from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ImportStored(Event):
    """A file was handed in and waits to be read and checked."""

    subject: ClassVar[str] = "run_id"
    run_id: ImportRunId
    kind: str


@dataclass(frozen=True, kw_only=True)
class ImportApproved(Event):
    """Somebody saw what a checked file would do and said: do it."""

    subject: ClassVar[str] = "run_id"
    run_id: ImportRunId
    kind: str


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A file is in, as far as it was not rejected."""

    subject: ClassVar[str] = "run_id"
    run_id: ImportRunId
    kind: str
    created: int
    updated: int
    unchanged: int
    rejected: int
