"""What is wrong with a file, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anxin.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: line of the file (1 is the header), column as we name it, stable code."""

    line: int
    column: str
    code: str
    value: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the fault as it is stored and sent."""
        return {
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "value": self.value[:80],
            **self.detail,
        }


class BadCell(Exception):
    """A cell cannot be understood."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class FileRefused(Invalid):
    """The file holds no table we can read."""

    code = "file_refused"

    def __init__(self, reason: str, **fields: Any) -> None:
        super().__init__(reason, reason=reason, **fields)
        self.reason = reason
