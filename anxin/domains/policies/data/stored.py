"""Facts and decisions as JSON and back, so that each is stored beside its request."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from anxin.domains.policies.data.decision import AppliedClause, FactValue, Words
from anxin.kernel.money import Money

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Return facts or a decision as JSON values; clauses carry their rendered words."""
    if isinstance(value, AppliedClause):
        return _clause_to_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def from_json(kind: type[T], stored: Any) -> T:
    """Return the ``kind`` that ``to_json`` wrote. Unknown fields are left out."""
    return _read(kind, stored)  # type: ignore[no-any-return]


@cache
def _hints(kind: type) -> dict[str, Any]:
    known = get_type_hints(kind)
    return {f.name: known[f.name] for f in fields(kind)}


def _read(kind: Any, stored: Any) -> Any:
    if stored is None:
        return None
    if get_origin(kind) is types.UnionType:
        kind = next(option for option in get_args(kind) if option is not types.NoneType)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in stored)
    if kind is AppliedClause:
        return _clause_from_json(stored)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{k: _read(hints[k], v) for k, v in stored.items() if k in hints})  # type: ignore[operator]
    if kind in {datetime, date}:
        return kind.fromisoformat(stored)
    return kind(stored) if issubclass(kind, StrEnum) else stored


def _clause_to_json(clause: AppliedClause) -> dict[str, Any]:
    return {
        "clause_id": clause.clause_id,
        "effect": str(clause.effect),
        "sources": list(clause.sources),
        "article": to_json(clause.article),
        "zh": clause.zh,
        "en": clause.en,
        "facts_used": {name: _fact_to_json(value) for name, value in clause.facts_used},
        "line_ids": list(clause.line_ids),
    }


def _clause_from_json(stored: dict[str, Any]) -> AppliedClause:
    # The words were rendered when decided; braces in them are no longer places to fill.
    said = [stored[language].replace("{", "{{").replace("}", "}}") for language in ("zh", "en")]
    return AppliedClause(
        stored["clause_id"],
        _read(_hints(AppliedClause)["effect"], stored["effect"]),
        tuple(stored["sources"]),
        _read(Words, stored["article"]),
        tuple((name, _fact_from_json(value)) for name, value in stored["facts_used"].items()),
        tuple(stored["line_ids"]),
        Words(*said),
    )


def _fact_to_json(value: FactValue) -> Any:
    if isinstance(value, Words | Money):
        return to_json(value)
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _fact_from_json(stored: Any) -> FactValue:
    if not isinstance(stored, dict):
        return stored  # type: ignore[no-any-return]
    if "at" in stored:
        return datetime.fromisoformat(stored["at"])
    if "day" in stored:
        return date.fromisoformat(stored["day"])
    return Words(**stored) if "zh" in stored else Money(**stored)
