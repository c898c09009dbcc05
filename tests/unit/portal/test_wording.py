"""What the buyer reads of a request: one sentence a state, honest about what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from anxin.domains.aftersales.data import RequestData, RequestId, RequestKind
from anxin.domains.aftersales.lifecycle import State
from anxin.domains.finance.data import RefundData, RefundId, RefundPartData, Source, SourceKind
from anxin.domains.policies.data import Deadline, Decision, Party, Verdict
from anxin.entrypoints.portal.drafts import kind_of
from anxin.entrypoints.portal.sign_in import code_of
from anxin.entrypoints.portal.wording import Standing, by_when, deadline_words, where_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
DECISION = Decision(Verdict.ALLOW, (), (), None, (), (), (), (), (), "test")


def a_request(**changes: Any) -> RequestData:
    """Return an approved return of ¥128, due at 18:00."""
    given: dict[str, Any] = {
        "id": RequestId(UUID(int=1)), "number": "AS1", "order_id": UUID(int=2), "order_no": "A",
        "store_id": UUID(int=3), "customer_id": None, "conversation_id": None,
        "kind": RequestKind.RETURN_REFUND, "state": State.AUTHORIZED, "reason": "no_reason",
        "needs_human": False, "currency": "CNY", "promised_minor": 12_800, "owed_minor": None,
        "refunded_minor": 0, "due_at": NOON + timedelta(hours=6), "due_code": "", "opened_at": NOON,
        "moved_at": NOON, "ended_at": None, "note": "", "file_ids": (), "decision": DECISION,
        "decided_by_kind": "system", "decided_by_id": "", "override_reason": "", "answer": "",
        "declined_because": "", "freight_minor": 0, "deducted_minor": 0, "freight_payer": "buyer",
        "offer_kind": None, "offered_minor": None, "is_offer_refused": False,
        "is_appealable": False, "received_at": None, "version": 1,
    }  # fmt: skip
    return RequestData(**(given | changes))


def a_refund(state: str, part: str) -> RefundData:
    """Return a refund of one part."""
    return RefundData(
        RefundId(UUID(int=4)), "RF1", Source(SourceKind.REQUEST, UUID(int=1)), UUID(int=2), 12_800,
        "CNY", state, "", NOON, None, "", "",
        parts=(RefundPartData("RF1-1", UUID(int=5), "wechat_pay", 12_800, part, "", 1, ""),),
    )  # fmt: skip


def said_of(request: RequestData, refund: RefundData | None = None) -> str:
    where = where_of(Standing(request, None, refund, SHANGHAI, NOON))
    return f"{where.now} | {where.next}"


@pytest.mark.parametrize("state", list(State))
def test_every_state_says_what_is_and_what_comes(state: State) -> None:
    now, _, after = said_of(a_request(state=state, owed_minor=12_800)).partition(" | ")

    assert now
    assert after
    assert state.value not in now


def test_inspection_says_until_when_and_how_much() -> None:
    words = said_of(a_request(state=State.RECEIVED))

    assert words == ("已收到您的退货，正在质检 | 预计今天 18:00 前完成质检，没有问题就退款 ¥128.00")


@pytest.mark.parametrize(
    ("state", "part", "words"),
    [
        ("requested", "pending", "正在退款 ¥128.00"),
        ("requested", "unknown", "正在与支付机构核对退款 ¥128.00"),
        ("held", "reserved", "退款 ¥128.00 正在复核"),
        ("failed", "failed", "退款没有成功，我们正在处理"),
    ],
)
def test_money_that_is_not_there_yet_is_not_said_to_be(state: str, part: str, words: str) -> None:
    settling = a_request(state=State.SETTLING, owed_minor=12_800)

    assert said_of(settling, a_refund(state, part)).startswith(words)


def test_a_persons_answer_is_not_offered_for_appeal() -> None:
    declined = a_request(state=State.DECLINED)

    assert "人工客服再看一次" not in said_of(declined)
    assert "人工客服再看一次" in said_of(replace(declined, is_appealable=True))


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        ("2026-11-11 18:00", "今天 18:00", "18:00, today"),
        ("2026-11-12 00:00", "今天 24:00", "24:00, today"),
        ("2026-11-12 09:30", "明天 09:30", "09:30, tomorrow"),
        ("2026-11-19 00:00", "11月18日 24:00", "24:00, 18 Nov"),
    ],
)
def test_deadlines_are_said_as_people_say_them(at: str, chinese: str, english: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)

    assert by_when(moment, SHANGHAI, NOON) == chinese
    with translation.override("en"):
        assert by_when(moment, SHANGHAI, NOON) == english


def test_a_deadline_no_buyer_understands_is_left_out() -> None:
    unknown = Deadline("refund_penalty_line", Party.SELLER, "received", None, "x", days=15)

    assert deadline_words(unknown) == ""


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("no_reason", RequestKind.RETURN_REFUND),
        ("quality_defect", RequestKind.RETURN_REFUND),
        ("missing_item", RequestKind.REFUND_ONLY),
        ("not_received", RequestKind.REFUND_ONLY),
        ("not_wanted_before_shipment", RequestKind.REFUND_ONLY),
    ],
)
def test_what_cannot_be_sent_back_is_not_asked_back(reason: str, kind: RequestKind) -> None:
    assert kind_of(reason) is kind


def test_a_code_has_six_digits_and_follows_from_its_id() -> None:
    codes = [code_of(UUID(int=number)) for number in range(200)]

    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(set(codes)) > 190
    assert codes[7] == code_of(UUID(int=7))
