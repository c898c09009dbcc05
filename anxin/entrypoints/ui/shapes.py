"""What the shared components print. Rooms fill these; the templates hold no logic beyond them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from anxin.entrypoints.ui.labels import Tone

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact a decision rests on: ``Fact("签收时间", "2026-11-11 10:03")``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: plain words, and on demand the clause it comes from and the facts behind it."""

    text: str
    tone: Tone = "neutral"
    clause_id: str = ""
    clause: str = ""
    source: str = ""
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict that folds: the line, then the reasons, then clause and facts."""

    verdict: str
    tone: Tone = "neutral"
    reasons: Sequence[Reason] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened, or (``is_future``) will happen by ``at``."""

    title: str
    at: datetime | None = None
    text: str = ""
    who: str = ""
    tone: Tone = "neutral"
    icon: str = ""
    is_future: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``is_number`` aligns right. ``sort_url`` makes the head a link."""

    name: str
    is_number: bool = False
    sort_url: str = ""
    sorted: str = ""  # "", "ascending" or "descending"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture in a grid: the small one shown, the big one it opens."""

    url: str
    thumb_url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """A keyset page: the rows, and where the next ones are (empty at the end)."""

    rows: Sequence[T]
    next_url: str = ""
    previous_url: str = ""
