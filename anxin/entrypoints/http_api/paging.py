"""Lists in pages: an opaque cursor says where the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from ninja import Query, Schema

from anxin.kernel.errors import Invalid

T = TypeVar("T")
Row = TypeVar("Row")

# Parameters of every list: ``def list_x(request, cursor: Cursor = "", limit: Limit = 50)``.
Cursor = Annotated[str, Query(description="`next_cursor` of the page before.", max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]


class CursorInvalid(Invalid):
    """This cursor is not one of ours; take it from the page before, as it is."""

    code = "cursor_invalid"


class Page(Schema, Generic[T]):
    """One page of a list. ``next_cursor`` is null on the last one."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*place: object) -> str:
    """Return the place of a row (its sort keys) as an opaque text."""
    text = json.dumps([_plain(part) for part in place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """Return the place that ``encode_cursor`` wrote, None for no cursor.

    ``kinds`` are the types of its parts: str, int, datetime, UUID. Raise CursorInvalid.
    """
    if not cursor:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise CursorInvalid
        return tuple(_read(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error) as error:
        raise CursorInvalid from error


def page_of(
    rows: Sequence[Row],
    limit: int,
    show: Callable[[Row], T],
    place: Callable[[Row], tuple[object, ...]],
) -> Page[T]:
    """Return the page of ``rows`` that were read with ``limit + 1``."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page[T](
        items=[show(row) for row in shown],
        next_cursor=encode_cursor(*place(shown[-1])) if more else None,
    )


def _plain(part: object) -> object:
    if isinstance(part, datetime):
        return part.isoformat()
    return part if isinstance(part, int | str | None) else str(part)


def _read(part: Any, kind: type) -> Any:
    if kind is datetime:
        at = datetime.fromisoformat(part)
        if at.tzinfo is None:
            raise CursorInvalid
        return at
    if kind in {UUID, Decimal}:
        return kind(str(part))
    if type(part) is not kind or (isinstance(part, str) and "\0" in part):
        raise CursorInvalid
    return part
