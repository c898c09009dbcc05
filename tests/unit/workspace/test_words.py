"""How the workspace puts waits, hits and rows into words."""

from __future__ import annotations

from uuid import UUID

import pytest

from anxin.entrypoints.workspace.queue import Row, tone_of_wait, wait_words
from anxin.entrypoints.workspace.rows import rows_html
from anxin.entrypoints.workspace.searching import highlighted

ID = UUID(int=7)


@pytest.mark.parametrize(
    ("seconds", "words", "tone"),
    [
        (5, "刚来", "good"),
        (179, "等 2 分", "good"),
        (180, "等 3 分", "soon"),
        (600, "等 10 分", "late"),
        (7200, "等 2 小时", "late"),
        (200_000, "等 2 天", "late"),
    ],
)
def test_a_wait_is_told_in_words_and_tone(seconds: int, words: str, tone: str) -> None:
    assert (wait_words(seconds), tone_of_wait(seconds)) == (words, tone)


def test_what_was_looked_for_is_marked_wherever_it_stands() -> None:
    assert highlighted("退款什么时候到？退款呢", "退款") == (
        ("退款", True),
        ("什么时候到？", False),
        ("退款", True),
        ("呢", False),
    )


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    parts = highlighted("前" * 100 + "Refund" + "后" * 100, "refund")

    assert parts[0] == ("…" + "前" * 18, False)
    assert parts[1] == ("Refund", True)
    assert parts[2] == ("后" * 36 + "…", False)


def test_signs_of_a_pattern_are_only_signs() -> None:
    assert highlighted("a.b (c)", ".b (") == (
        ("a", False),
        (".b", True),
        (" ", False),
        ("(", True),
        ("c)", False),
    )


def test_a_row_escapes_every_word_of_a_person() -> None:
    evil = '<img src=x onerror="alert(1)">'
    row = Row(
        ID, evil, evil, evil, evil, evil, 2, "09:00", "2026-11-11", "", "", "", is_closed=False
    )

    told = rows_html([row], 'view=open&store="><script>')

    assert "<img" not in told
    assert "<script>" not in told
    assert told.count("&lt;img") == 5
