"""Opening a request: gather under lock, decide, write the decision down with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anxin.domains.aftersales.data import (
    Preview,
    PreviewLine,
    RequestedItem,
    RequestId,
    RequestKind,
)
from anxin.domains.aftersales.events import (
    RefundAuthorized,
    RequestAuthorized,
    RequestDeclined,
    RequestEvent,
    RequestOpened,
)
from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.models import AfterSalesRequest, RequestLine
from anxin.domains.aftersales.queries import Gathered, check_files, gather
from anxin.domains.aftersales.rules import granted_offer
from anxin.domains.aftersales.services.moving import about, set_timer, tell
from anxin.domains.commerce.data import OrderData, OrderId
from anxin.domains.commerce.public import get_order, lock_order
from anxin.domains.merchants.data import Permission
from anxin.domains.policies.data import (
    Decision,
    Ground,
    Offer,
    PolicyScope,
    ReasonCode,
    Remedy,
    Verdict,
    to_json,
)
from anxin.domains.policies.public import decide_in_force, policy_in_force
from anxin.kernel.actors import Actor
from anxin.kernel.errors import Conflict, Invalid, NotFound
from anxin.kernel.numbering import next_number
from anxin.kernel.outbox import publish

NOTE_LIMIT = 2_000
FILE_LIMIT = 9
ITEM_LIMIT = 200


class MoreThanBought(Invalid):
    """More units are asked for than were bought."""

    code = "more_than_bought"


class MoreThanAvailable(Conflict):
    """More units are asked for than are left: the others are in requests already."""

    code = "more_than_available"


class NothingToRefund(Conflict):
    """The order was not paid, or is cancelled: there is nothing to give back."""

    code = "nothing_to_refund"


def preview_request(
    by: Actor,
    order_id: OrderId | UUID,
    items: Sequence[RequestedItem],
    reason: str,
    kind: RequestKind | str,
    *,
    photos: int = 0,
    now: datetime,
) -> Preview:
    """Return what would be decided now, line by line; nothing is kept.

    Raise NotFound for an order ``by`` may not see, Invalid for items that make no sense. More
    units than available is no error here: the decision says so.
    """
    order = _visible(by, get_order(by, OrderId(UUID(str(order_id)))))
    asked = _merged(items)
    gathered = gather(by, order, asked, _reason(reason), _kind(kind), photos=photos, now=now)
    return _preview(gathered, _decide(by, gathered), _kind(kind))


@transaction.atomic
def open_request(
    by: Actor,
    order_id: OrderId | UUID,
    items: Sequence[RequestedItem],
    reason: str,
    kind: RequestKind | str,
    *,
    note: str = "",
    file_ids: Sequence[UUID] = (),
    conversation_id: UUID | None = None,
    now: datetime,
) -> RequestId:
    """Open a request and decide on it: authorized, settling, reviewing or declined.

    The order is locked, so that the same units asked for twice at once go to one of the two.
    Raise NotFound, Invalid, MoreThanBought, MoreThanAvailable or NothingToRefund.
    """
    if not by.is_buyer:
        by.require(Permission.REQUESTS_OPEN)
    asked, files = _merged(items), tuple(dict.fromkeys(file_ids))
    _check_words(note, files)
    order = _visible(by, lock_order(by, OrderId(UUID(str(order_id)))))
    check_files(by, files)
    gathered = gather(by, order, asked, _reason(reason), _kind(kind), photos=len(files), now=now)
    _check_quantities(gathered, asked)
    decision = _decide(by, gathered)
    offer = granted_offer(decision, Remedy(_kind(kind)))
    if offer is None:
        raise NothingToRefund(order_no=order.order_no, reasons=[str(r) for r in decision.reasons])
    row = _row(by, order, decision, offer, reason, note, files, conversation_id, now)
    row.save(force_insert=True)
    _save_lines(by, row, gathered, decision)
    tell(row)
    publish(_event(row, now), by=by)
    return RequestId(row.pk)


def _visible(by: Actor, order: OrderData) -> OrderData:
    if by.is_buyer and str(order.customer_id) != by.id:
        raise NotFound(order_id=str(order.id))
    return order


def _merged(items: Sequence[RequestedItem]) -> tuple[RequestedItem, ...]:
    """Return the items with each order line once: naming a line twice asks for the sum."""
    if not items or len(items) > ITEM_LIMIT:
        raise Invalid("say which goods", field="items")
    merged: dict[UUID, RequestedItem] = {}
    for item in items:
        if item.quantity <= 0:
            raise Invalid("at least one unit", field="quantity", value=item.quantity)
        before = merged.get(item.order_line_id)
        quantity = item.quantity + (before.quantity if before else 0)
        conditions = (before.conditions if before else ()) + item.conditions
        merged[item.order_line_id] = RequestedItem(
            item.order_line_id, quantity, tuple(dict.fromkeys(conditions))
        )
    return tuple(merged.values())


def _reason(code: str) -> ReasonCode:
    try:
        return ReasonCode(code)
    except ValueError as error:
        raise Invalid("unknown reason", field="reason", value=code) from error


def _kind(code: str) -> RequestKind:
    try:
        return RequestKind(code)
    except ValueError as error:
        raise Invalid("unknown kind", field="kind", value=code) from error


def _check_words(note: str, files: tuple[UUID, ...]) -> None:
    if len(note) > NOTE_LIMIT or "\x00" in note:
        raise Invalid("the note is too long", field="note", limit=NOTE_LIMIT)
    if len(files) > FILE_LIMIT:
        raise Invalid("too many photos", field="file_ids", limit=FILE_LIMIT)


def _check_quantities(gathered: Gathered, asked: Sequence[RequestedItem]) -> None:
    bought = {line.id: line for line in gathered.order.lines}
    for item in asked:
        line, available = bought[item.order_line_id], gathered.available[item.order_line_id]  # type: ignore[index]
        numbers = {
            "sku": line.sku, "asked": item.quantity, "bought": line.quantity,
            "available": available,
        }  # fmt: skip
        if item.quantity > line.quantity:
            raise MoreThanBought(
                f"{line.sku}: {item.quantity} asked, {line.quantity} bought", **numbers
            )
        if item.quantity > available:
            raise MoreThanAvailable(
                f"{line.sku}: {item.quantity} asked, {available} of {line.quantity} left",
                **numbers,
            )


def _scope(gathered: Gathered) -> PolicyScope:
    return PolicyScope(gathered.order.store_id)


def _decide(by: Actor, gathered: Gathered) -> Decision:
    return decide_in_force(by, _scope(gathered), gathered.facts)


def _row(
    by: Actor,
    order: OrderData,
    decision: Decision,
    offer: Offer,
    reason: str,
    note: str,
    files: tuple[UUID, ...],
    conversation_id: UUID | None,
    now: datetime,
) -> AfterSalesRequest:
    row = AfterSalesRequest(
        merchant_id=by.merchant_id,
        number=next_number("AS", now),
        order_id=order.id,
        store_id=order.store_id,
        customer_id=order.customer_id,
        conversation_id=conversation_id,
        kind=RequestKind(offer.remedy),
        state=_first_state(decision.verdict, offer),
        reason=reason,
        note=note,
        file_ids=list(files),
        decision=to_json(decision),
        policy_version=decision.policy_version,
        declined_because=str(decision.reasons[0]) if decision.verdict is Verdict.DECLINE else "",
        currency=order.currency,
        promised_minor=offer.total_minor,
        freight_minor=offer.freight_refund_minor,
        deducted_minor=offer.freight_deducted_minor + offer.pickup_deducted_minor,
        freight_payer=str(offer.freight_payer),
        opened_by_kind=by.kind,
        opened_by_id=by.id,
        opened_at=now,
        moved_at=now,
    )
    if row.state == State.SETTLING:
        row.owed_minor = row.promised_minor
    set_timer(row, now)
    return row


def _first_state(verdict: Verdict, offer: Offer) -> State:
    """Every request starts under review; a clear verdict takes it further at once."""
    if verdict is Verdict.REVIEW:
        return State.REVIEWING
    if verdict is Verdict.DECLINE:
        return REQUEST.after(State.REVIEWING, Action.DECLINE)
    return REQUEST.after(State.REVIEWING, granting_action(RequestKind(offer.remedy)))


def granting_action(kind: RequestKind) -> Action:
    """Return how a request of this kind goes on once it is granted."""
    return Action.SETTLE_NOW if kind is RequestKind.REFUND_ONLY else Action.AUTHORIZE


def _save_lines(by: Actor, row: AfterSalesRequest, gathered: Gathered, decision: Decision) -> None:
    groups = policy_in_force(by, _scope(gathered), gathered.order.placed_at).groups
    sold = {str(line.id): line for line in gathered.order.lines}
    unshipped = {o.line_id for o in decision.lines if Ground.NOT_SHIPPED_YET in o.reasons}
    RequestLine.objects.bulk_create(
        RequestLine(
            merchant_id=by.merchant_id,
            request=row,
            order_line_id=fact.line_id,
            sku=fact.sku,
            name=fact.name,
            quantity=fact.asked,
            units=[[r.first, r.count] for r in gathered.units[UUID(fact.line_id)]],
            line_quantity=sold[fact.line_id].quantity,
            line_payable_minor=sold[fact.line_id].payable_minor,
            is_unshipped=fact.line_id in unshipped,
            standard=groups.get(fact.category, "general"),
            promised_minor=fact.refundable_minor,
            owed_minor=fact.refundable_minor if row.state == State.SETTLING else None,
            is_claimed=row.state != State.DECLINED,
        )
        for fact in gathered.facts.lines
    )


def _event(row: AfterSalesRequest, now: datetime) -> RequestEvent:
    """Return the one fact that became true: what the request is after it was opened."""
    facts = {**about(row), "kind": row.kind, "reason": row.reason, "occurred_at": now}
    money: dict[str, Any] = {"currency": row.currency}
    if row.state == State.AUTHORIZED:
        return RequestAuthorized(
            **facts, **money, promised_minor=row.promised_minor, automatic=True, opened=True
        )
    if row.state == State.SETTLING:
        return RefundAuthorized(
            **facts, **money, owed_minor=row.promised_minor, automatic=True, opened=True
        )
    if row.state == State.DECLINED:
        return RequestDeclined(**facts, because=row.declined_because, automatic=True, opened=True)
    return RequestOpened(**facts, **money, promised_minor=row.promised_minor)


def _preview(gathered: Gathered, decision: Decision, kind: RequestKind) -> Preview:
    offer = granted_offer(decision, Remedy(kind))
    lines = tuple(
        PreviewLine(
            UUID(fact.line_id),
            fact.sku,
            fact.name,
            fact.asked,
            gathered.available[UUID(fact.line_id)],
            fact.price_minor,
            fact.discount_minor,
            fact.tax_minor,
            fact.refundable_minor if offer else 0,
        )
        for fact in gathered.facts.lines
    )
    return Preview(
        decision=decision,
        kind=RequestKind(offer.remedy) if offer else kind,
        lines=lines,
        goods_minor=offer.goods_minor if offer else 0,
        freight_minor=offer.freight_refund_minor if offer else 0,
        deducted_minor=(offer.freight_deducted_minor + offer.pickup_deducted_minor) if offer else 0,
        total_minor=offer.total_minor if offer else 0,
        currency=gathered.order.currency,
    )
