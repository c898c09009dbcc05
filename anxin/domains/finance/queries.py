"""Reads of money: refunds, what of an order is free, the ledger, and what the provider said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from anxin.domains.commerce.data import OrderId
from anxin.domains.commerce.public import get_order
from anxin.domains.finance.data import (
    AccountTotal,
    BookEntry,
    Difference,
    HistoryEntry,
    LedgerLine,
    OrderMoney,
    ProviderWordData,
    RefundData,
    RefundId,
    RefundPartData,
    Source,
    SourceKind,
)
from anxin.domains.finance.lifecycle import PartState
from anxin.domains.finance.models import (
    LedgerEntry,
    PaymentBalance,
    ProviderWord,
    Refund,
    RefundPart,
)
from anxin.domains.finance.rules import OurPart, differences
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Invalid, NotFound
from anxin.kernel.models import RecordedEvent
from anxin.kernel.money import Money


class CursorInvalid(Invalid):
    """This is not a cursor we gave out."""

    code = "cursor_invalid"


@dataclass(frozen=True, slots=True)
class RefundSlice:
    """Some refunds, newest first, and where the next ones are (empty at the end)."""

    items: tuple[RefundData, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class LedgerSlice:
    """Some ledger lines, newest first, and where the next ones are (empty at the end)."""

    items: tuple[LedgerLine, ...]
    next_cursor: str


def get_refund(by: Actor, refund_id: RefundId) -> RefundData:
    """Return a refund with its parts. Raise NotAllowed or NotFound."""
    by.require(Permission.REFUNDS_READ)
    row = Refund.objects.filter(merchant_id=by.merchant_id, pk=refund_id).first()
    if row is None:
        raise NotFound(refund_id=str(refund_id))
    return _with_parts([row])[0]


def get_refund_of(by: Actor, source: Source) -> RefundData | None:
    """Return the refund of a source. The caller has fetched the source for the actor."""
    row = Refund.objects.filter(
        merchant_id=by.merchant_id, source_kind=source.kind, source_id=source.id
    ).first()
    return None if row is None else _with_parts([row])[0]


def list_refunds(
    by: Actor,
    *,
    state: str = "",
    order_id: OrderId | None = None,
    flagged: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> RefundSlice:
    """Return refunds, newest first, in two queries. Raise NotAllowed or CursorInvalid."""
    by.require(Permission.REFUNDS_READ)
    rows = Refund.objects.filter(merchant_id=by.merchant_id)
    if state:
        rows = rows.filter(state=state)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if flagged:
        of = RefundPart.objects.exclude(flag="").values("refund_id")
        rows = rows.filter(pk__in=of)
    if cursor:
        rows = rows.filter(_before("requested_at", cursor))
    found = list(rows.order_by("-requested_at", "-id")[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    next_cursor = _cursor(more.requested_at, more.pk) if more else ""
    return RefundSlice(tuple(_with_parts(found[:limit])), next_cursor)


def count_held(by: Actor) -> int:
    """Return how many refunds wait for a second person."""
    by.require(Permission.REFUNDS_READ)
    return Refund.objects.filter(merchant_id=by.merchant_id, state="held").count()


def order_money(by: Actor, order_id: OrderId) -> OrderMoney:
    """Return what of an order's money is captured, on its way back, and back."""
    order = get_order(Actor.system(by.merchant_id), order_id)
    known = {
        row.payment_id: row
        for row in PaymentBalance.objects.filter(
            merchant_id=by.merchant_id, order_id=order_id, currency=order.currency
        )
    }
    fresh = [p for p in order.payments if p.id not in known and p.currency == order.currency]
    return OrderMoney(
        order.currency,
        sum(row.captured_minor for row in known.values()) + sum(p.amount_minor for p in fresh),
        sum(row.reserved_minor for row in known.values()),
        sum(row.refunded_minor for row in known.values()),
    )


def words_of_refund(by: Actor, refund_id: RefundId) -> list[ProviderWordData]:
    """Return what the provider said of a refund's parts, oldest first."""
    by.require(Permission.REFUNDS_READ)
    rows = ProviderWord.objects.filter(
        merchant_id=by.merchant_id, part__refund_id=refund_id
    ).order_by("at", "id")
    return [
        ProviderWordData(
            row.part_no, row.how, row.state, row.amount_minor, row.outcome, row.because, row.at
        )
        for row in rows
    ]


def history_of_refund(by: Actor, refund_id: RefundId) -> list[HistoryEntry]:
    """Return the facts published about a refund, oldest first."""
    by.require(Permission.REFUNDS_READ)
    rows = RecordedEvent.objects.filter(
        merchant_id=by.merchant_id, subject_id=str(refund_id)
    ).order_by("id")
    return [
        HistoryEntry(
            row.name.rpartition(".")[2],
            row.by_kind,
            row.by_id,
            str(row.payload.get("because", "")),
            row.occurred_at,
        )
        for row in rows
    ]


def ledger_of_refund(by: Actor, refund_id: RefundId) -> list[LedgerLine]:
    """Return the ledger lines of a refund, oldest first."""
    by.require(Permission.REFUNDS_READ)
    rows = LedgerEntry.objects.filter(merchant_id=by.merchant_id, refund_id=refund_id)
    return [_line(row) for row in rows.order_by("at", "id")]


def list_ledger(by: Actor, *, account: str = "", cursor: str = "", limit: int = 100) -> LedgerSlice:
    """Return ledger lines, newest first. Raise NotAllowed or CursorInvalid."""
    by.require(Permission.REFUNDS_READ)
    rows = LedgerEntry.objects.filter(merchant_id=by.merchant_id)
    if account:
        rows = rows.filter(account=account)
    if cursor:
        rows = rows.filter(_before("at", cursor))
    found = list(rows.order_by("-at", "-id")[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return LedgerSlice(
        tuple(_line(row) for row in found[:limit]), _cursor(more.at, more.pk) if more else ""
    )


def account_totals(by: Actor) -> list[AccountTotal]:
    """Return debits and credits of every account and currency."""
    by.require(Permission.REFUNDS_READ)
    amount = F("amount_minor")
    rows = (
        LedgerEntry.objects.filter(merchant_id=by.merchant_id)
        .values("account", "currency")
        .annotate(
            debit=Coalesce(Sum(Case(When(amount_minor__gt=0, then=amount))), 0),
            credit=Coalesce(Sum(Case(When(amount_minor__lt=0, then=-amount))), 0),
        )
        .order_by("account", "currency")
    )
    return [
        AccountTotal(row["account"], row["currency"], int(row["debit"]), int(row["credit"]))
        for row in rows
    ]


def reconcile(by: Actor, book: Sequence[BookEntry]) -> tuple[Difference, ...]:
    """Return where our parts and a provider's book disagree, for the time that the book covers."""
    by.require(Permission.REFUNDS_READ)
    rows = RefundPart.objects.filter(merchant_id=by.merchant_id, attempts__gt=0)
    rows = rows.select_related("refund").order_by("-pk")[: max(1000, len(book))]
    numbers = {row.part_no for row in rows}
    missing = [entry.number for entry in book if entry.number not in numbers]
    older = RefundPart.objects.filter(part_no__in=missing).select_related("refund")
    ours = [
        OurPart(
            row.part_no,
            RefundId(row.refund_id),
            PartState(row.state),
            Money(row.amount_minor, row.refund.currency),
            row.attempts,
        )
        for row in [*rows, *older]
    ]
    return differences(ours, book)


def due_parts(now: datetime, limit: int) -> list[tuple[int, UUID]]:
    """Return (merchant, part) of due parts of every merchant, longest due first."""
    with connection.cursor() as cursor:
        cursor.execute("select merchant_id, id from finance_due_parts(%s, %s)", [now, limit])
        return list(cursor.fetchall())


def sendable_parts(refund_id: RefundId) -> list[UUID]:
    """Return the parts of a refund that are reserved and may be sent."""
    rows = RefundPart.objects.filter(
        refund_id=refund_id, state=PartState.RESERVED, next_look_at__isnull=False
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def payment_reference(merchant_id: MerchantId, order_id: UUID, payment_id: UUID) -> str:
    """Return the provider's own number of a payment, else ours."""
    order = get_order(Actor.system(merchant_id), OrderId(order_id))
    payment = next(p for p in order.payments if p.id == payment_id)
    return payment.reference or str(payment.id)


def _with_parts(rows: Sequence[Refund]) -> list[RefundData]:
    parts: dict[UUID, list[RefundPartData]] = {row.pk: [] for row in rows}
    for part in RefundPart.objects.filter(refund_id__in=list(parts)).order_by("pk"):
        parts[part.refund_id].append(_part(part))
    return [_refund(row, parts[row.pk]) for row in rows]


def _refund(row: Refund, parts: Iterable[RefundPartData]) -> RefundData:
    return RefundData(
        id=RefundId(row.pk),
        number=row.number,
        source=Source(SourceKind(row.source_kind), row.source_id),
        order_id=row.order_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=row.state,
        held_because=row.held_because,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
        requested_by_id=row.requested_by_id,
        approved_by_id=row.approved_by_id,
        refused_because=row.refused_because,
        involved_ids=frozenset(row.involved_ids),
        parts=tuple(parts),
    )


def _part(row: RefundPart) -> RefundPartData:
    return RefundPartData(
        part_no=row.part_no,
        payment_id=row.payment_id,
        tender=row.tender,
        amount_minor=row.amount_minor,
        state=row.state,
        reference=row.reference,
        attempts=row.attempts,
        last_error=row.last_error,
        flag=row.flag,
        next_look_at=row.next_look_at,
    )


def _line(row: LedgerEntry) -> LedgerLine:
    return LedgerLine(
        row.journal_id,
        row.kind,
        row.account,
        row.amount_minor,
        row.currency,
        row.at,
        row.refund_id,
        row.order_id,
    )


def _cursor(at: datetime, row_id: UUID) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{row_id}"


def _before(column: str, cursor: str) -> Q:
    try:
        at, row_id = cursor.split("~")
        moment, last = datetime.fromisoformat(at).astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError) as error:
        raise CursorInvalid(cursor=cursor[:100]) from error
    return Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "id__lt": last})
