"""What facts add to figures, what values are made of, and what alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anxin.domains.metrics.catalogue import CATALOGUE
from anxin.domains.metrics.data import Alarm, AlarmCode, Figure, LiveFigures
from anxin.domains.metrics.rules import (
    COUNTED,
    added_up,
    alarm_of,
    differences,
    figures_of,
    value_of,
)

AT = datetime(2026, 11, 11, 4, 20, 30, 5, tzinfo=UTC)
HOUR = datetime(2026, 11, 11, 4, tzinfo=UTC)


def _figures(name: str, **payload: Any) -> list[Figure]:
    return list(figures_of(name, payload, AT, {"o1": "s1"}.__getitem__))


def test_a_message_is_an_inquiry() -> None:
    assert _figures("conversations.MessageReceived", channel="chat", store_id="s1") == [
        Figure("inquiries", HOUR, "s1", "chat")
    ]


def test_a_message_that_opens_a_conversation_counts_for_both() -> None:
    found = _figures("conversations.MessageReceived", channel="wechat", opened=True)

    assert [figure.name for figure in found] == ["inquiries", "conversations_opened"]
    assert {figure.store for figure in found} == {""}


@pytest.mark.parametrize(("waited", "prompt"), [(0, 1), (180, 1), (181, 0)])
def test_a_reply_within_three_minutes_is_prompt(waited: int, prompt: int) -> None:
    found = _figures(
        "conversations.ReplySent", channel="chat", waited_seconds=waited, is_first=True
    )

    assert [(f.name, f.total) for f in found] == [
        ("response", waited),
        ("three_minute_response", prompt),
        ("first_response", waited),
    ]


def test_a_second_reply_is_no_first_response() -> None:
    found = _figures("conversations.ReplySent", channel="chat", waited_seconds=9)

    assert "first_response" not in {f.name for f in found}


def test_a_reply_nobody_waited_for_is_not_measured() -> None:
    assert _figures("conversations.ReplySent", channel="chat", waited_seconds=None) == []


def test_a_request_agreed_to_at_once_is_opened_too() -> None:
    found = _figures(
        "aftersales.RequestAuthorized",
        store_id="s1",
        opened=True,
        reason="no_reason",
        kind="return_refund",
    )

    assert [(f.name, f.cut) for f in found] == [
        ("requests_by_state", "authorized"),
        ("requests_opened", "no_reason"),
        ("requests_of_kind", "return_refund"),
    ]


def test_a_request_agreed_to_later_was_counted_when_it_opened() -> None:
    found = _figures("aftersales.RequestAuthorized", reason="no_reason", kind="return_refund")

    assert [f.name for f in found] == ["requests_by_state"]


def test_money_back_counts_for_the_store_of_its_order() -> None:
    found = _figures(
        "finance.RefundSucceeded", order_id="o1", amount_minor=12800, currency="CNY", seconds=60
    )

    assert [(f.name, f.store, f.cut, f.total) for f in found] == [
        ("refund_duration", "s1", "", 60),
        ("refunded_amount", "s1", "CNY", 12800),
    ]


def test_money_that_bounced_is_taken_off_again() -> None:
    found = _figures("finance.RefundReversed", order_id="o1", amount_minor=12800, currency="CNY")

    assert [(f.name, f.count, f.total) for f in found] == [("refunded_amount", -1, -12800)]


def test_other_facts_add_nothing() -> None:
    assert _figures("conversations.ConversationAssigned") == []


def test_every_counted_fact_is_a_fact_of_a_domain() -> None:
    from importlib import import_module

    for name in COUNTED:
        domain, event = name.split(".")
        assert hasattr(import_module(f"anxin.domains.{domain}.events"), event), name


def test_figures_with_one_key_add_up() -> None:
    one = Figure("response", HOUR, "s1", "chat", total=5)

    assert added_up([one, one, Figure("response", HOUR, "s1", "mail", total=1)]) == {
        ("response", HOUR, "s1", "chat", ""): (2, 10),
        ("response", HOUR, "s1", "mail", ""): (1, 1),
    }


def test_a_recount_finds_what_is_missing_wrong_or_too_much() -> None:
    a, b, c, d = ((name, HOUR, "", "", "") for name in "abcd")

    found = differences({a: (1, 1), b: (2, 2), d: (4, 4)}, {a: (1, 1), b: (3, 2), c: (1, 0)})

    assert [(one.key[0], one.kept, one.recounted) for one in found] == [
        ("b", (2, 2), (3, 2)),
        ("c", (0, 0), (1, 0)),
        ("d", (4, 4), (0, 0)),
    ]


@pytest.mark.parametrize(
    ("name", "count", "total", "base", "value"),
    [
        ("inquiries", 7, 0, 0, 7),
        ("refunded_amount", 2, 12_800, 0, 12_800),
        ("first_response_seconds", 4, 90, 0, 22.5),
        ("first_response_seconds", 0, 0, 0, None),
        ("three_minute_response_rate", 4, 3, 0, 0.75),
        ("return_rate", 3, 0, 60, 0.05),
        ("return_rate", 3, 0, 0, None),
        ("refund_only_rate", 1, 0, 4, 0.25),
    ],
)
def test_a_value_follows_from_what_is_kept(
    name: str, count: int, total: int, base: int, value: float | None
) -> None:
    assert value_of(CATALOGUE[name], count, total, base) == value


def test_every_metric_is_explained_in_both_languages() -> None:
    for metric in CATALOGUE.values():
        assert metric.title.keys() == metric.formula.keys() == {"zh", "en"}


def _live(**changes: Any) -> LiveFigures:
    calm: dict[str, Any] = {
        "at": AT,
        "waiting": 0,
        "waiting_since": None,
        "open": 0,
        "inquiries_today": 0,
        "conversations_today": 0,
        "first_response_seconds": None,
        "three_minute_rate": None,
        "requests_by_state": {},
        "requests_overdue": 0,
        "refunds_by_state": {},
        "refund_seconds": None,
        "return_rate": None,
        "behind": timedelta(),
    }
    return LiveFigures(**{**calm, **changes})


@pytest.mark.parametrize(
    ("changes", "alarm"),
    [
        ({}, None),
        ({"behind": timedelta(seconds=10)}, None),
        ({"behind": timedelta(seconds=11)}, Alarm(AlarmCode.FIGURES_STALE, 11)),
        ({"refunds_by_state": {"failed": 2, "held": 9}}, Alarm(AlarmCode.REFUNDS_FAILED, 2)),
        ({"requests_overdue": 3}, Alarm(AlarmCode.REQUESTS_OVERDUE, 3)),
        ({"waiting_since": AT - timedelta(seconds=180)}, None),
        (
            {"waiting_since": AT - timedelta(seconds=181)},
            Alarm(AlarmCode.WAITING_TOO_LONG, 181),
        ),
        (
            {"requests_overdue": 3, "refunds_by_state": {"failed": 1}},
            Alarm(AlarmCode.REFUNDS_FAILED, 1),
        ),
    ],
)
def test_the_gravest_departure_is_the_alarm(changes: dict[str, Any], alarm: Alarm | None) -> None:
    assert alarm_of(_live(**changes)) == alarm
