"""What the clerk's forms say, turned into findings, records and dispositions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from anxin.domains.aftersales.data import (
    Disposed,
    Disposition,
    Finding,
    RequestLineData,
    RequestLineId,
)
from anxin.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the inspection form of one line: the usual case, or what was typed."""

    line: RequestLineData
    accepted: str
    rejected: str
    missing: str
    wrong: str
    grade: str
    codes: frozenset[str]
    note: str

    @property
    def photo_field(self) -> str:
        """Return the name of the field that carries the line's photos."""
        return f"photos-{self.line.id}"


def entries_of(lines: Sequence[RequestLineData], posted: QueryDict) -> list[Entry]:
    """Return the form of each line; everything accepted unless something was typed."""
    return [_entry(line, posted) for line in lines]


def _entry(line: RequestLineData, posted: QueryDict) -> Entry:
    def typed(name: str, usual: str) -> str:
        return posted.get(f"{name}-{line.id}", usual)

    return Entry(
        line,
        typed("accepted", str(line.quantity)),
        typed("rejected", "0"),
        typed("missing", "0"),
        typed("wrong", "0"),
        typed("grade", "A"),
        frozenset(posted.getlist(f"codes-{line.id}")),
        typed("note", ""),
    )


class FormRefused(Invalid):
    """A field of the form is not understood."""

    code = "form_refused"


def read_findings(posted: QueryDict, lines: Sequence[RequestLineData]) -> list[Finding]:
    """Return the finding of each line. Raise FormRefused for what is not a count."""
    return [_finding(posted, line) for line in lines]


def _finding(posted: QueryDict, line: RequestLineData) -> Finding:
    def count(name: str) -> int:
        return _count(posted.get(f"{name}-{line.id}", ""), name)

    return Finding(
        line_id=line.id,
        accepted=count("accepted"),
        rejected=count("rejected"),
        missing=count("missing"),
        wrong=count("wrong"),
        grade=posted.get(f"grade-{line.id}", "A"),
        codes=tuple(posted.getlist(f"codes-{line.id}")),
        note=posted.get(f"note-{line.id}", "").strip()[:500],
        file_ids=tuple(_file_ids(posted.getlist(f"photos-{line.id}"))),
    )


def read_disposed(posted: QueryDict, lines: Sequence[RequestLineData]) -> list[Disposed]:
    """Return where units go: every field with a number above zero."""
    disposed = []
    for line in lines:
        for disposition in Disposition:
            text = posted.get(f"go-{line.id}-{disposition}", "")
            quantity = _count(text, "quantity") if text.strip() else 0
            if quantity:
                disposed.append(Disposed(RequestLineId(line.id), disposition, quantity))
    return disposed


def read_minutes(posted: QueryDict) -> int:
    """Return the dwell time in minutes."""
    return _count(posted.get("dwell_minutes", ""), "dwell_minutes")


def _count(text: str, name: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise FormRefused(field=name, value=text[:20])
    return int(text)


def _file_ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts if text]
    except ValueError as error:
        raise FormRefused(field="photos") from error
