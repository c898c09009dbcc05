"""How amounts, times and phones are printed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from anxin.entrypoints.ui.labels import Label, label_of, register
from anxin.entrypoints.ui.templatetags import anxin_ui
from anxin.entrypoints.ui.templatetags.anxin_ui import (
    ago,
    left_words,
    masked_phone,
    money_text,
    tone_of_rest,
)
from anxin.kernel.money import Money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(12_800, "CNY"), "¥128.00"),
        (Money(123_456_789, "CNY"), "¥1,234,567.89"),
        (Money(-500, "CNY"), "-¥5.00"),
        (Money(-5, "CNY"), "-¥0.05"),
        (Money(0, "CNY"), "¥0.00"),
        (Money(9_800, "JPY"), "JP¥9,800"),
        (Money(1_234_567, "KWD"), "1,234.567 KWD"),
        (None, "—"),
    ],
)
def test_money_is_printed_with_its_exact_minor_units(amount: Money | None, text: str) -> None:
    assert money_text(amount) == text


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "刚刚", "just now"),
        (44, "刚刚", "just now"),
        (45, "1 分钟前", "1 minute ago"),
        (180, "3 分钟前", "3 minutes ago"),
        (3_599, "59 分钟前", "59 minutes ago"),
        (26 * 3_600, "26 小时前", "26 hours ago"),
        (40 * 86_400, "40 天前", "40 days ago"),
        (-3_000, "50 分钟后", "in 50 minutes"),
    ],
)
def test_times_are_relative_in_both_languages(seconds: int, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert ago(timedelta(seconds=seconds)) == chinese
    with translation.override("en"):
        assert ago(timedelta(seconds=seconds)) == english


def test_a_deadline_says_what_is_left_or_how_late_it_is() -> None:
    with translation.override("zh-hans"):
        assert left_words(3 * 3_600) == "剩 3 小时"
        assert left_words(-1_200) == "超时 20 分钟"
    with translation.override("en"):
        assert left_words(3 * 3_600) == "3 hours left"
        assert left_words(-1_200) == "20 minutes late"


@pytest.mark.parametrize(
    ("left", "tone"), [(100, "good"), (26, "good"), (25, "soon"), (0, "soon"), (-1, "late")]
)
def test_the_last_quarter_of_a_deadline_is_soon(left: int, tone: str) -> None:
    assert tone_of_rest(left, 100) == tone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13812345678", "138****5678"), ("12345", "*****"), ("", ""), (None, "")],
)
def test_phones_are_masked(phone: str | None, masked: str) -> None:
    assert masked_phone(phone) == masked


def test_an_unknown_code_is_shown_as_it_is() -> None:
    register("sample", {"known": Label("已知", "good")})

    assert label_of("known", "sample") == Label("已知", "good")
    assert label_of("strange", "sample") == Label("strange")


def test_what_people_typed_is_escaped_in_every_component() -> None:
    template = Template(
        '{% load anxin_ui %}{% include "ui/components/number.html" with value=evil %}'
        '{% include "ui/components/badge.html" with text=evil tone="good" icon="" %}'
        '{% include "ui/components/notice.html" with text=evil %}{% icon "x" evil %}'
    )

    printed = template.render(Context({"evil": '"><script>alert(1)</script>'}))

    assert "<script>" not in printed


def test_every_tone_has_an_icon_of_its_own() -> None:
    icons = [anxin_ui.tone_icon(tone) for tone in ("good", "soon", "late", "ours", "neutral")]

    assert len(set(icons)) == 5
