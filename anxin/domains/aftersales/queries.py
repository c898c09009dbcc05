"""Reads of after-sales requests, and the facts a decision needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from anxin.domains.aftersales.access import access_request, visible_requests
from anxin.domains.aftersales.data import (
    DisinfectionData,
    Disposition,
    Finding,
    OfferKind,
    ParcelData,
    ParcelId,
    ParcelState,
    RequestData,
    RequestedItem,
    RequestId,
    RequestKind,
    RequestLineData,
    RequestLineId,
    RequestPage,
    RequestSummary,
    TimelineEntry,
    UnitRun,
    UnknownParcelData,
)
from anxin.domains.aftersales.lifecycle import State
from anxin.domains.aftersales.models import (
    AfterSalesRequest,
    DisinfectionRecord,
    DispositionRecord,
    Inspection,
    RequestLine,
    ReturnParcel,
    UnknownParcel,
)
from anxin.domains.aftersales.rules import (
    checklist_of,
    count_of,
    free_units,
    take_units,
    worth_of,
)
from anxin.domains.commerce.data import LineData, OrderData, OrderState, ShipmentData
from anxin.domains.customers.public import get_customer
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import get_store
from anxin.domains.policies import data as policies
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.errors import Invalid, NotFound
from anxin.kernel.models import RecordedEvent, StoredFile

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Claim:
    """What live and finished requests hold of one order line."""

    runs: tuple[UnitRun, ...] = ()
    unshipped: int = 0

    @property
    def count(self) -> int:
        """Return how many units are held."""
        return count_of(self.runs)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything read before deciding: facts, and the units each line would get."""

    order: OrderData
    facts: policies.Facts
    units: dict[UUID, tuple[UnitRun, ...]]
    available: dict[UUID, int]


def claims_of(order_id: UUID, *, besides: UUID | None = None) -> dict[UUID, Claim]:
    """Return what is held of each line of an order, leaving one request out if asked."""
    rows = RequestLine.objects.filter(request__order_id=order_id, is_claimed=True)
    if besides is not None:
        rows = rows.exclude(request_id=besides)
    found: dict[UUID, Claim] = {}
    for line_id, units, is_unshipped in rows.values_list("order_line_id", "units", "is_unshipped"):
        runs = runs_of(units)
        before = found.get(line_id, Claim())
        unshipped = before.unshipped + (count_of(runs) if is_unshipped else 0)
        found[line_id] = Claim(before.runs + runs, unshipped)
    return found


def runs_of(stored: Iterable[Sequence[int]]) -> tuple[UnitRun, ...]:
    """Return stored units as runs."""
    return tuple(UnitRun(first, count) for first, count in stored)


def gather(
    by: Actor,
    order: OrderData,
    items: Sequence[RequestedItem],
    reason: policies.ReasonCode,
    kind: RequestKind,
    *,
    photos: int,
    now: datetime,
) -> Gathered:
    """Return the facts of what is asked. ``items`` name each line once.

    Raise Invalid for a line that is not the order's.
    """
    lines = {UUID(str(line.id)): line for line in order.lines}
    claims = claims_of(order.id)
    units, available, facts = {}, {}, []
    for item in items:
        line = lines.get(item.order_line_id)
        if line is None:
            raise Invalid("no such line in the order", order_line_id=str(item.order_line_id))
        claim = claims.get(item.order_line_id, Claim())
        free = free_units(line.quantity, claim.runs)
        available[item.order_line_id] = count_of(free)
        asked = max(0, min(item.quantity, count_of(free)))
        units[item.order_line_id] = take_units(free, asked) if asked else ()
        facts.append(_line_facts(order, line, item, claim, units[item.order_line_id]))
    return Gathered(
        order,
        _facts(by, order, tuple(facts), claims, items, reason, kind, photos, now),
        units,
        available,
    )


_ORDER_STATES = {
    OrderState.PENDING: policies.OrderState.UNPAID,
    OrderState.PAID: policies.OrderState.PAID,
    OrderState.SHIPPED: policies.OrderState.SHIPPED,
    OrderState.DELIVERED: policies.OrderState.DELIVERED,
    OrderState.COMPLETED: policies.OrderState.DELIVERED,
    OrderState.CANCELLED: policies.OrderState.CANCELLED,
}


def _facts(
    by: Actor,
    order: OrderData,
    lines: tuple[policies.LineFacts, ...],
    claims: dict[UUID, Claim],
    items: Sequence[RequestedItem],
    reason: policies.ReasonCode,
    kind: RequestKind,
    photos: int,
    now: datetime,
) -> policies.Facts:
    store = get_store(by.merchant_id, order.store_id)
    asked = {item.order_line_id: item.quantity for item in items}
    is_rest = all(
        claims.get(line.id, Claim()).count + asked.get(line.id, 0) >= line.quantity
        for line in order.lines
    )
    return policies.Facts(
        asked_at=now,
        placed_at=order.placed_at,
        reason=reason,
        lines=lines,
        currency=order.currency,
        order_state=_ORDER_STATES[order.state],
        paid_at=order.paid_at,
        wanted=policies.Remedy(kind),
        delivery=_delivery(order.shipments),
        photos=photos,
        outbound_freight_paid_minor=order.freight_minor,
        outbound_freight_left_minor=freight_left(order),
        is_rest_of_order=is_rest,
        region=order.region,
        zone=store.zone,
        tier=_tier(by, order),
        channel=order.channel,
        store=store.slug,
        order_no=order.order_no,
    )


def _tier(by: Actor, order: OrderData) -> str:
    """Return the customer's tier, which the buyer's own rights do not let him read."""
    if order.customer_id is None:
        return ""
    return get_customer(Actor.system(by.merchant_id), order.customer_id).tier


def freight_left(order: OrderData) -> int:
    """Return what of the outbound freight no live or finished request was promised."""
    live = AfterSalesRequest.objects.filter(order_id=order.id).exclude(
        state__in=[State.DECLINED, State.WITHDRAWN, State.EXPIRED]
    )
    given = live.aggregate(total=Sum("freight_minor"))["total"] or 0
    return max(0, order.freight_minor - given)


def _line_facts(
    order: OrderData,
    line: LineData,
    item: RequestedItem,
    claim: Claim,
    units: tuple[UnitRun, ...],
) -> policies.LineFacts:
    def part(amount: int) -> int:
        return worth_of(units, count_of(units), amount, line.quantity)

    try:
        conditions = tuple(policies.Condition(code) for code in item.conditions)
    except ValueError as error:
        raise Invalid("unknown condition", field="conditions") from error
    own = [s for s in order.shipments if any(line_id == line.id for line_id, _ in s.lines)]
    return policies.LineFacts(
        line_id=str(line.id),
        sku=line.sku,
        name=line.name,
        category=line.category,
        bought=line.quantity,
        asked=item.quantity,
        shipped=line.shipped_quantity,
        claimed=claim.count - claim.unshipped,
        cancelled=claim.unshipped,
        price_minor=part(line.gross_minor),
        discount_minor=part(line.discount_minor),
        tax_minor=part(line.tax_minor),
        refundable_minor=part(line.payable_minor),
        exclusion=_exclusion(line.exclusion),
        exclusion_confirmed=line.exclusion_confirmed,
        conditions=conditions,
        delivery=_delivery(own) if own else None,
    )


def _exclusion(stored: str) -> policies.ExclusionKind:
    try:
        return policies.ExclusionKind(stored or "none")
    except ValueError:
        # Not a kind the law knows: nothing is excluded by it.
        return policies.ExclusionKind.NONE


_SIGNERS = {
    "buyer": policies.SignedBy.BUYER,
    "customer": policies.SignedBy.BUYER,
    "self": policies.SignedBy.BUYER,
    "locker": policies.SignedBy.LOCKER,
    "other": policies.SignedBy.PROXY,
    "proxy": policies.SignedBy.PROXY,
}


def _delivery(shipments: Sequence[ShipmentData]) -> policies.Delivery:
    """Return the evidence of the parcel that came last: of several, the buyer's clock is its."""
    if not shipments:
        return policies.NOT_SENT

    def arrival(parcel: ShipmentData) -> tuple[bool, float, float]:
        came = parcel.signed_at or parcel.delivered_at
        sent = parcel.shipped_at.timestamp() if parcel.shipped_at else 0.0
        return (came is None, came.timestamp() if came else 0.0, sent)

    last = max(shipments, key=arrival)
    return policies.Delivery(
        shipped_at=last.shipped_at,
        delivered_at=last.delivered_at,
        signed_at=last.signed_at,
        signed_by=_SIGNERS.get(last.signed_by, policies.SignedBy.UNKNOWN),
    )


def zone_of(row: AfterSalesRequest) -> str:
    """Return the time zone of a request's store."""
    return get_store(row.merchant_id, row.store_id).zone  # type: ignore[arg-type]


# --- what people see ----------------------------------------------------------------------------


def get_request(by: Actor, request_id: RequestId | UUID) -> RequestData:
    """Return a request with everything that belongs to it. Raise NotFound."""
    return _data(access_request(by, request_id))


def get_summary(by: Actor, request_id: RequestId | UUID) -> RequestSummary:
    """Return a request as lists show it, in one query. Raise NotFound."""
    rows = visible_requests(by).select_related("order")
    row = rows.defer("decision", "note", "answer", "override_reason").filter(pk=request_id).first()
    if row is None:
        raise NotFound(request_id=str(request_id))
    return _summary(row)


def find_request(by: Actor, number: str) -> RequestData | None:
    """Return the request with this number, if ``by`` may see it."""
    row = visible_requests(by).filter(number=number.strip().upper()).first()
    return None if row is None else _data(row)


def list_requests(
    by: Actor,
    *,
    states: Iterable[str] | None = None,
    order_id: UUID | None = None,
    customer_id: UUID | None = None,
    store_id: UUID | None = None,
    conversation_id: UUID | None = None,
    kind: str | None = None,
    reason: str | None = None,
    overdue_at: datetime | None = None,
    opened_from: datetime | None = None,
    opened_to: datetime | None = None,
    text: str = "",
    cursor: str = "",
    limit: int = 50,
) -> RequestPage:
    """Return requests, newest first. ``text`` finds numbers of requests, orders and parcels."""
    wanted = {
        "state__in": None if states is None else list(states),
        "order_id": order_id,
        "customer_id": customer_id,
        "store_id": store_id,
        "conversation_id": conversation_id,
        "kind": kind,
        "reason": reason,
        "due_at__lt": overdue_at,
        "opened_at__gte": opened_from,
        "opened_at__lt": opened_to,
    }
    rows = visible_requests(by).filter(**{k: v for k, v in wanted.items() if v is not None})
    if text:
        rows = _matching(rows, text)
    return _page(rows, cursor, max(1, min(limit, PAGE_LIMIT)))


def _matching(rows: QuerySet[AfterSalesRequest], text: str) -> QuerySet[AfterSalesRequest]:
    word = text.strip().upper()
    parcels = ReturnParcel.objects.filter(tracking_no=word).values("request_id")
    return rows.filter(Q(number=word) | Q(order__order_no=text.strip()) | Q(pk__in=parcels))


def _page(rows: QuerySet[AfterSalesRequest], cursor: str, limit: int) -> RequestPage:
    if cursor:
        at, pk = _place(cursor)
        rows = rows.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=pk))
    found = list(
        rows.select_related("order")
        .defer("decision", "note", "answer", "override_reason")
        .order_by("-opened_at", "-pk")[: limit + 1]
    )
    more = len(found) > limit
    last = found[limit - 1] if more else None
    following = f"{last.opened_at.isoformat()}_{last.pk}" if last else ""
    return RequestPage(tuple(_summary(row) for row in found[:limit]), following)


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, pk = cursor.rsplit("_", 1)
        return datetime.fromisoformat(at).astimezone(UTC), UUID(pk)
    except ValueError as error:
        raise Invalid("not a cursor of this list", field="cursor") from error


def list_undisposed(by: Actor, *, limit: int = 50) -> tuple[RequestSummary, ...]:
    """Return inspected requests whose goods wait for disinfection or a place, oldest first."""
    rows = (
        visible_requests(by)
        .filter(state__in=[State.NEGOTIATING, State.SETTLING, State.CLOSED])
        .filter(Exists(_of_request(Inspection).filter(Q(accepted__gt=0) | Q(rejected__gt=0))))
        .filter(~Exists(_of_request(DispositionRecord)))
    )
    found = rows.select_related("order").defer("decision", "note", "answer", "override_reason")
    return tuple(_summary(row) for row in found.order_by("moved_at", "pk")[:limit])


def _of_request(model: type[Inspection] | type[DispositionRecord]) -> QuerySet[Any]:
    return model.objects.filter(request=OuterRef("pk"), merchant=OuterRef("merchant"))


def count_requests(by: Actor, *, store_id: UUID | None = None) -> dict[str, int]:
    """Return how many requests there are in each state that has any."""
    rows = visible_requests(by)
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def request_of_tracking(by: Actor, tracking_no: str) -> RequestData | None:
    """Return the request a parcel belongs to; its label's text and its own number work too."""
    word = tracking_no.strip().upper()
    parcel = ReturnParcel.objects.filter(merchant_id=by.merchant_id, tracking_no=word).first()
    if parcel is None:
        return find_request(by, word)
    return get_request(by, parcel.request_id)


def available_units(by: Actor, order: OrderData) -> dict[UUID, int]:
    """Return how many units of each line can still be asked for. ``by`` may see the order."""
    claims = claims_of(order.id)
    return {line.id: line.quantity - claims.get(line.id, Claim()).count for line in order.lines}


def items_of_sku(order: OrderData, sku: str, quantity: int) -> tuple[RequestedItem, ...]:
    """Return so many units of an article as items; several lines of it are asked in order.

    More than was bought stays with the last line, so that the decision can refuse it with
    numbers. Raise Invalid for an article the order does not hold.
    """
    lines = [line for line in order.lines if line.sku == sku]
    if not lines:
        raise Invalid(f"{sku} is not in order {order.order_no}", field="sku", value=sku)
    if quantity <= 0:
        raise Invalid("at least one unit", field="quantity", value=quantity)
    items, left = [], quantity
    for line in lines:
        taken = left if line is lines[-1] else min(left, line.quantity)
        if taken:
            items.append(RequestedItem(line.id, taken))
        left -= taken
    return tuple(items)


def list_unknown_parcels(by: Actor, *, limit: int = 100) -> list[UnknownParcelData]:
    """Return parcels that belong to no request, newest first, matched ones last."""
    by.require(Permission.STATION_USE)
    rows = UnknownParcel.objects.filter(merchant_id=by.merchant_id, request=None)
    return [_unknown(row) for row in rows.order_by("-at", "-pk")[:limit]]


_PLACES = frozenset({"request_id", "order_id", "store_id"})


def staff_behind(by: Actor, request_id: RequestId | UUID) -> frozenset[str]:
    """Return who of the staff brought a request to where it is: opened, answered, inspected it.

    Raise NotFound.
    """
    access_request(by, request_id)
    facts = RecordedEvent.objects.filter(subject_id=str(request_id), by_kind=ActorKind.STAFF)
    return frozenset(facts.values_list("by_id", flat=True))


def timeline_of(request: RequestData) -> tuple[TimelineEntry, ...]:
    """Return what happened to a request, oldest first. The request was fetched for a person."""
    rows = RecordedEvent.objects.filter(subject_id=str(request.id)).order_by("pk")
    return tuple(
        TimelineEntry(
            row.occurred_at,
            row.name.rsplit(".", 1)[-1],
            row.by_kind,
            row.by_id,
            {k: v for k, v in row.payload.items() if k not in _PLACES},
        )
        for row in rows
    )


def _summary(row: AfterSalesRequest) -> RequestSummary:
    return RequestSummary(**_summary_fields(row))


def _summary_fields(row: AfterSalesRequest) -> dict[str, Any]:
    return {
        "id": RequestId(row.pk),
        "number": row.number,
        "order_id": row.order_id,
        "order_no": row.order.order_no,
        "store_id": row.store_id,
        "customer_id": row.customer_id,
        "conversation_id": row.conversation_id,
        "kind": RequestKind(row.kind),
        "state": row.state,
        "reason": row.reason,
        "needs_human": row.needs_human,
        "currency": row.currency,
        "promised_minor": row.promised_minor,
        "owed_minor": row.owed_minor,
        "refunded_minor": row.refunded_minor,
        "due_at": row.due_at,
        "due_code": row.due_code,
        "opened_at": row.opened_at,
        "moved_at": row.moved_at,
        "ended_at": row.ended_at,
    }


def _data(row: AfterSalesRequest) -> RequestData:
    """Gather a request in six queries, whatever it holds."""
    inspections = {i.line_id: i for i in row.inspections.all()}
    disposed: dict[UUID, dict[Disposition, int]] = defaultdict(dict)
    disposed_at = None
    for record in row.dispositions.all():
        disposed[record.line_id][Disposition(record.disposition)] = record.quantity
        disposed_at = record.at
    first = next(iter(inspections.values()), None)
    disinfection = row.disinfections.first()
    return RequestData(
        **_summary_fields(row),
        note=row.note,
        file_ids=tuple(row.file_ids),
        decision=policies.from_json(policies.Decision, row.decision),
        decided_by_kind=row.decided_by_kind,
        decided_by_id=row.decided_by_id,
        override_reason=row.override_reason,
        answer=row.answer,
        declined_because=row.declined_because,
        freight_minor=row.freight_minor,
        deducted_minor=row.deducted_minor,
        freight_payer=row.freight_payer,
        offer_kind=OfferKind(row.offer_kind) if row.offer_kind else None,
        offered_minor=row.offered_minor,
        is_offer_refused=row.is_offer_refused,
        is_appealable=is_appealable(row),
        received_at=row.received_at,
        version=row.version,
        lines=tuple(
            _line(line, inspections.get(line.pk), disposed[line.pk])
            for line in row.lines.order_by("pk")
        ),
        parcels=tuple(_parcel(parcel) for parcel in row.parcels.order_by("pk")),
        disinfection=_disinfection(disinfection) if disinfection else None,
        inspected_at=first.at if first else None,
        inspected_by_id=first.by_id if first else "",
        disposed_at=disposed_at,
    )


def is_appealable(row: AfterSalesRequest) -> bool:
    """Return whether a refusal came from the system alone, so that a person may be asked."""
    return row.state == State.DECLINED and row.decided_by_kind == "system"


def _line(
    row: RequestLine, inspection: Inspection | None, disposed: dict[Disposition, int]
) -> RequestLineData:
    return RequestLineData(
        RequestLineId(row.pk),
        row.order_line_id,
        row.sku,
        row.name,
        row.quantity,
        row.promised_minor,
        row.owed_minor,
        row.standard,
        checklist_of(row.standard),
        finding_of(inspection) if inspection else None,
        disposed,
    )


def finding_of(row: Inspection) -> Finding:
    """Return a stored inspection as what was found."""
    return Finding(
        RequestLineId(row.line_id),
        row.accepted,
        row.rejected,
        row.missing,
        row.wrong,
        row.grade,
        tuple(row.codes),
        row.note,
        tuple(row.file_ids),
    )


def _parcel(row: ReturnParcel) -> ParcelData:
    return ParcelData(
        ParcelId(row.pk),
        RequestId(row.request_id),
        row.tracking_no,
        row.carrier,
        ParcelState(row.state),
        row.how,
        row.sent_at,
        row.received_at,
        row.received_by_id,
        row.received_by_name,
    )


def _disinfection(row: DisinfectionRecord) -> DisinfectionData:
    return DisinfectionData(
        row.method, row.agent, row.dwell_minutes, row.operator_id, row.operator_name, row.at
    )


def _unknown(row: UnknownParcel) -> UnknownParcelData:
    return UnknownParcelData(
        row.pk,
        row.tracking_no,
        row.note,
        tuple(row.file_ids),
        row.at,
        row.by_id,
        RequestId(row.request_id) if row.request_id else None,
    )


def check_files(by: Actor, file_ids: Sequence[UUID]) -> None:
    """Raise NotFound unless the files are there, and a buyer's his own."""
    rows = StoredFile.objects.filter(merchant_id=by.merchant_id, pk__in=file_ids)
    if by.is_buyer:
        rows = rows.filter(by_kind=by.kind, by_id=by.id)
    if rows.count() != len(set(file_ids)):
        raise NotFound("no such file", file_ids=[str(file_id) for file_id in file_ids])
