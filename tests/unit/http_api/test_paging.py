"""Cursors come back as they went out; anything else is refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest

from anxin.entrypoints.http_api.paging import (
    CursorInvalid,
    decode_cursor,
    encode_cursor,
    page_of,
)

AT = datetime(2026, 11, 11, 4, 0, 0, 123456, tzinfo=UTC)
ID = UUID("018f0000-0000-7000-8000-000000000001")


def test_a_cursor_comes_back_as_the_place_it_was_made_of() -> None:
    cursor = encode_cursor(AT, ID, 7, "x")

    assert decode_cursor(cursor, datetime, UUID, int, str) == (AT, ID, 7, "x")


def test_no_cursor_is_no_place() -> None:
    assert decode_cursor("", datetime, UUID) is None
    assert decode_cursor(None, datetime, UUID) is None


def _of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "rubbish",
        "中文",
        "====",
        _of("{}"),
        _of("[1]"),
        _of('["2026-11-11T04:00:00","018f0000-0000-7000-8000-000000000001"]'),
        _of('["yesterday","018f0000-0000-7000-8000-000000000001"]'),
        _of('["2026-11-11T04:00:00+00:00","not-an-id"]'),
        _of('["2026-11-11T04:00:00+00:00",5]'),
        _of("[" * 400),
        encode_cursor(AT, ID)[:-3],
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(cursor, datetime, UUID)


@pytest.mark.parametrize("text", ['[true,"a"]', '[1,"a\\u0000"]', "[1,2]", '[1.5,"a"]'])
def test_parts_of_another_type_are_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(_of(text), int, str)


def test_the_last_page_has_no_next_cursor() -> None:
    page = page_of([1, 2], 2, str, lambda row: (row,))

    assert (page.items, page.next_cursor) == (["1", "2"], None)


def test_a_full_page_points_behind_its_last_row() -> None:
    page = page_of([1, 2, 3], 2, str, lambda row: (row,))

    assert page.items == ["1", "2"]
    assert decode_cursor(page.next_cursor, int) == (2,)
