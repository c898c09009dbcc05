"""What the component gallery shows; a page for people who build pages.

messages: data (its Chinese is sample data, never seen by users)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms

from anxin.entrypoints.ui.labels import Tone
from anxin.entrypoints.ui.shapes import Column, Explanation, Fact, Reason, TimelineEntry
from anxin.kernel.clock import utcnow
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row of the sample table."""

    number: str
    buyer: str
    state: str
    tone: Tone
    amount: Money
    due: datetime
    start: datetime


@dataclass(frozen=True, slots=True)
class Gallery:
    """Sample values for every component."""

    form: forms.Form
    wrong_form: forms.Form
    badges: Sequence[tuple[str, Tone]]
    columns: Sequence[Column]
    rows: Sequence[SampleRow]
    entries: Sequence[TimelineEntry]
    explanation: Explanation
    amounts: Sequence[Money]
    times: Sequence[datetime]
    deadlines: Sequence[tuple[datetime, datetime]]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="收件人", initial="欧阳娜娜")
    reason = forms.ChoiceField(label="退货原因", choices=[("a", "尺码不合适"), ("b", "质量问题")])
    note = forms.CharField(
        label="补充说明",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="最多 500 字。",
    )
    agree = forms.BooleanField(label="已确认商品完好、配件齐全")


def build_gallery() -> Gallery:
    """Return sample values."""
    now = utcnow()
    return Gallery(
        form=SampleForm(),
        wrong_form=SampleForm({"name": "", "reason": "x"}),
        badges=[
            ("退款成功", "good"),
            ("2 小时内到期", "soon"),
            ("已超时", "late"),
            ("待我们审核", "ours"),
            ("已关闭", "neutral"),
        ],
        columns=[
            Column("售后单"),
            Column("买家"),
            Column("状态"),
            Column("金额", is_number=True),
            Column("时限"),
        ],
        rows=_rows(now),
        entries=[
            TimelineEntry(
                "买家申请退货退款",
                now - timedelta(days=2, hours=3),
                "尺码不合适，吊牌完好",
                "林小满",
                "neutral",
                "message",
            ),
            TimelineEntry(
                "已同意退货", now - timedelta(days=2), "七天无理由，自动通过", "系统", "good"
            ),
            TimelineEntry(
                "快递已揽收", now - timedelta(hours=20), "", "顺丰速运", "neutral", "truck"
            ),
            TimelineEntry(
                "仓库质检", now - timedelta(minutes=9), "", "", "ours", "clipboard-check"
            ),
            TimelineEntry("退款到账", None, "预计今天 18:00 前", is_future=True, icon="cash"),
        ],
        explanation=_explanation(),
        amounts=[
            Money(12_800, "CNY"),
            Money(123_456_789, "CNY"),
            Money(-500, "CNY"),
            Money(9_800, "JPY"),
            Money(1_234_567, "KWD"),
            Money(4_999, "USD"),
            Money(0, "CNY"),
        ],
        times=[
            now,
            now - timedelta(minutes=3),
            now - timedelta(hours=26),
            now - timedelta(days=40),
            now + timedelta(minutes=50),
        ],
        deadlines=[
            (now + timedelta(hours=20), now - timedelta(hours=4)),
            (now + timedelta(hours=2), now - timedelta(hours=22)),
            (now - timedelta(minutes=20), now - timedelta(hours=24)),
        ],
    )


def _rows(now: datetime) -> list[SampleRow]:
    sample: list[tuple[str, str, Tone, int, int]] = [
        ("林小满", "待我们审核", "ours", 12_800, 20),
        ("欧阳娜娜", "等待寄回", "neutral", 5_990, 70),
        ("Maximiliana Featherstonehaugh-Cholmondeley", "质检中", "soon", 123_456_789, 3),
        ("王", "退款失败", "late", 100, -2),
    ]
    return [
        SampleRow(
            f"AS2611240001{index:02}",
            buyer,
            state,
            tone,
            Money(minor, "CNY"),
            now + timedelta(hours=hours),
            now - timedelta(hours=24 - hours),
        )
        for index, (buyer, state, tone, minor, hours) in enumerate(sample)
    ]


def _explanation() -> Explanation:
    return Explanation(
        "可以退货退款，自动同意",
        "good",
        (
            Reason(
                "签收后第 3 天，在七天无理由期限内",
                "good",
                "CN-01",
                "消费者有权自收到商品之日起七日内退货，且无需说明理由。",
                "《消费者权益保护法》第二十五条",
                (Fact("签收时间", "2026-11-21 10:03:00"), Fact("截止", "2026-11-28 23:59:59")),
            ),
            Reason("商品不在不适用退货的类目中", "good"),
            Reason(
                "运费由买家承担：非质量问题",
                "neutral",
                "CN-05",
                "退回商品的运费由消费者承担；另有约定的，按照约定。",
            ),
        ),
        is_open=True,
    )
