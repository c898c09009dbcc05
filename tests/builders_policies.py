"""Facts and policies with honest defaults: a dress, bought in Shanghai, signed for by the buyer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anxin.domains.policies.data import (
    Delivery,
    Facts,
    LineFacts,
    OrderState,
    Policy,
    ReasonCode,
    SignedBy,
)
from anxin.domains.policies.documents import build_policy, default_document, parse_document

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)


def shanghai(text: str) -> datetime:
    """Return a moment written in Shanghai's time, such as ``2026-11-02 10:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def a_line(**changes: Any) -> LineFacts:
    """Return a line of two shipped dresses of which one is asked about, worth ¥159."""
    given: dict[str, Any] = {
        "line_id": "1",
        "sku": "NZ-1024",
        "category": "女装",
        "bought": 2,
        "shipped": 2,
        "asked": 1,
        "price_minor": 19_900,
        "discount_minor": 4_000,
        "refundable_minor": 15_900,
    }
    return LineFacts(**(given | changes))


def some_facts(
    signed: str | None = "2026-11-02 10:00", asked: str = "2026-11-05 09:00", **changes: Any
) -> Facts:
    """Return a request about an order; times are Shanghai's."""
    asked_at = shanghai(asked).astimezone(UTC)
    signed_at = None if signed is None else shanghai(signed).astimezone(UTC)
    shipped_at = (signed_at or asked_at) - timedelta(days=2)
    given: dict[str, Any] = {
        "asked_at": asked_at,
        "placed_at": shipped_at - timedelta(days=1),
        "paid_at": shipped_at - timedelta(days=1),
        "reason": ReasonCode.NO_REASON,
        "lines": (a_line(),),
        "currency": "CNY",
        "order_state": OrderState.DELIVERED,
        "delivery": Delivery(
            shipped_at=shipped_at,
            delivered_at=signed_at,
            signed_at=signed_at,
            signed_by=SignedBy.BUYER,
        ),
        "photos": 2,
    }
    return Facts(**(given | changes))


def a_policy(*clauses: dict[str, Any], version: str = "test", bare: bool = False) -> Policy:
    """Return the default policy with more promises; ``bare`` leaves the defaults away."""
    document = default_document()
    document["clauses"] = [*([] if bare else document["clauses"]), *clauses]
    return build_policy(parse_document(document), version=version, in_force_from=ALWAYS)


def a_promise(question: str, clause_id: str = "promise", **terms: Any) -> dict[str, Any]:
    """Return a clause as a merchant writes it."""
    summary = {"zh": "商家承诺", "en": "a promise"}
    return {"id": clause_id, "question": question, "summary": summary, **terms}
