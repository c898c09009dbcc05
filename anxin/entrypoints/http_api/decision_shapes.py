"""How a decision looks from outside; used by decisions and requests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema

from anxin.domains.aftersales.data import Preview, RequestedItem, RequestKind
from anxin.domains.aftersales.public import items_of_sku
from anxin.domains.commerce.data import OrderData
from anxin.domains.policies.data import Decision, ReasonCode, to_json

Quantity = Annotated[int, Field(ge=1, le=1_000_000)]


class ItemIn(Schema):
    """So many units, named by order line or by SKU."""

    order_line_id: UUID | None = None
    sku: Annotated[str, Field(max_length=60)] = ""
    quantity: Quantity
    conditions: Annotated[list[str], Field(max_length=20)] = []


class AskIn(Schema):
    """What is asked for of an order."""

    order_no: Annotated[str, Field(min_length=1, max_length=60)]
    items: Annotated[list[ItemIn], Field(min_length=1, max_length=200)]
    reason: ReasonCode
    kind: RequestKind = RequestKind.RETURN_REFUND


class WordsOut(Schema):
    """The same in Chinese and in English."""

    zh: str
    en: str


class ClauseOut(Schema):
    """A clause that applied: what it did, with which facts, on whose authority."""

    clause_id: str
    effect: str
    sources: list[str]
    article: WordsOut
    zh: str
    en: str
    facts_used: dict[str, Any]
    line_ids: list[str]


class DeadlineOut(Schema):
    """Who must have done what by when; ``due_at`` is open until ``starts_on`` has happened."""

    code: str
    owner: str
    starts_on: str
    due_at: datetime | None
    hours: int | None
    days: int | None
    clause_id: str


class DutyOut(Schema):
    """What somebody must do besides."""

    code: str
    owner: str
    clause_id: str


class EvidenceOut(Schema):
    """What the buyer still has to show."""

    code: str
    needed: int
    given: int
    clause_id: str


class DecisionOut(Schema):
    """A decision with everything that led to it."""

    verdict: str
    reasons: list[str]
    policy_version: str
    freight_payer: str | None
    window_ends_at: datetime | None
    clauses: list[ClauseOut]
    deadlines: list[DeadlineOut]
    duties: list[DutyOut]
    evidence_missing: list[EvidenceOut]


class PreviewLineOut(Schema):
    """One line: price − discount + tax = refund, in minor units."""

    order_line_id: UUID
    sku: str
    name: str
    quantity: int
    available: int
    price_minor: int
    discount_minor: int
    tax_minor: int
    refund_minor: int


class PreviewOut(Schema):
    """What would be decided: goods + freight − deducted = total, in minor units."""

    kind: str
    lines: list[PreviewLineOut]
    goods_minor: int
    freight_minor: int
    deducted_minor: int
    total_minor: int
    currency: str
    decision: DecisionOut


def decision_out(decision: Decision) -> DecisionOut:
    """Return a decision in the API's shape."""
    return DecisionOut.model_validate(to_json(decision))


def preview_out(preview: Preview) -> PreviewOut:
    """Return a preview in the API's shape."""
    return PreviewOut(
        kind=preview.kind,
        lines=[PreviewLineOut.from_orm(line) for line in preview.lines],
        goods_minor=preview.goods_minor,
        freight_minor=preview.freight_minor,
        deducted_minor=preview.deducted_minor,
        total_minor=preview.total_minor,
        currency=preview.currency,
        decision=decision_out(preview.decision),
    )


def items_of(order: OrderData, asked: list[ItemIn]) -> list[RequestedItem]:
    """Return what is asked in the domain's words. Raise Invalid for goods not in the order."""
    items: list[RequestedItem] = []
    for item in asked:
        conditions = tuple(item.conditions)
        if item.order_line_id is not None:
            items.append(RequestedItem(item.order_line_id, item.quantity, conditions))
            continue
        items += [
            RequestedItem(found.order_line_id, found.quantity, conditions)
            for found in items_of_sku(order, item.sku, item.quantity)
        ]
    return items
