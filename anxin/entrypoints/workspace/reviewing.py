"""Requests as agents see them: the list, and everything of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from anxin.domains.aftersales.data import RequestData, RequestSummary, Step
from anxin.domains.aftersales.public import (
    State,
    count_requests,
    get_request,
    list_requests,
    next_step,
    timeline_of,
)
from anxin.domains.commerce.data import OrderData
from anxin.domains.commerce.public import get_order
from anxin.domains.customers.public import customers_by_id
from anxin.domains.deliveries.data import PickupData
from anxin.domains.finance.data import RefundData, Source, SourceKind
from anxin.domains.finance.public import get_refund_of
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_staff, list_stores
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import Explanation, Photo, TimelineEntry
from anxin.entrypoints.ui.templatetags.anxin_ui import money_text
from anxin.entrypoints.workspace.explaining import explanation_of, is_against_policy
from anxin.entrypoints.workspace.labels import EVENT_WORDS
from anxin.entrypoints.workspace.queue import address_of
from anxin.entrypoints.workspace.thread import file_url
from anxin.flows.return_shipping import pickup_of
from anxin.kernel.actors import Actor
from anxin.kernel.money import Money

LIVE = tuple(
    state
    for state in State
    if state not in {State.CLOSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}
)
ENDED = tuple(state for state in State if state not in LIVE)
# Names of several states at once, and of deadlines, as other pages link to them.
GROUPS: dict[str, tuple[State, ...] | None] = {
    "open": LIVE,
    "overdue": LIVE,
    "ended": ENDED,
    "all": None,
}
PAGE = 50
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the address of the list says."""

    state: str = "open"
    store: str = ""
    due: str = ""
    text: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> RequestFilter:
        """Read a query; an unknown state shows everything that is under way."""
        state = query.get("state", "open")
        if state not in GROUPS and state not in {str(one) for one in State}:
            state = "open"
        due = query.get("due", "")
        return cls(
            state,
            query.get("store", "")[:80],
            due if due in {"overdue", "today"} else "",
            query.get("q", "").strip()[:80],
            query.get("cursor", ""),
        )

    def query(self, **changes: str) -> str:
        """Return the query of this filter with changes; empty parts are left out."""
        parts = {"state": self.state, "store": self.store, "due": self.due, "q": self.text}
        return urlencode({key: value for key, value in {**parts, **changes}.items() if value})


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the list."""

    request: RequestSummary
    customer: str
    store: str
    amount: Money
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class StateTab:
    """A state, or several, with how many requests are in it."""

    name: str
    query: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RequestListPage:
    """All that the list prints."""

    filter: RequestFilter
    tabs: tuple[StateTab, ...]
    stores: tuple[tuple[str, str], ...]
    rows: tuple[RequestRow, ...]
    next_url: str


def build_request_list(by: Actor, wanted: RequestFilter, now: datetime) -> RequestListPage:
    """Gather one page of requests."""
    stores = list_stores(by.merchant_id)
    names: Mapping[UUID, str] = {one.id: one.name for one in stores}
    store = next((one for one in stores if one.slug == wanted.store), None)
    page = list_requests(
        by,
        states=_states(wanted.state),
        store_id=store.id if store else None,
        overdue_at=_due_before(wanted, now),
        text=wanted.text,
        cursor=wanted.cursor,
        limit=PAGE,
    )
    people = _names(by, page.items)
    address = reverse("workspace:requests")
    following = f"{address}?{wanted.query(cursor=page.next_cursor)}" if page.next_cursor else ""
    return RequestListPage(
        wanted,
        ()
        if wanted.cursor
        else _tabs(count_requests(by, store_id=store.id if store else None), wanted),
        tuple((one.slug, one.name) for one in stores),
        tuple(_row(one, people, names) for one in page.items),
        following,
    )


def _states(state: str) -> tuple[str, ...] | None:
    if state in GROUPS:
        found = GROUPS[state]
        return None if found is None else tuple(str(one) for one in found)
    return (state,)


def _due_before(wanted: RequestFilter, now: datetime) -> datetime | None:
    if wanted.state == "overdue" or wanted.due == "overdue":
        return now
    return now + DAY if wanted.due == "today" else None


def _tabs(counts: Mapping[str, int], wanted: RequestFilter) -> tuple[StateTab, ...]:
    keys = ["open", *(str(one) for one in LIVE), "ended", "all"]
    return tuple(
        StateTab(
            str(label_of(key, "request_group" if key in GROUPS else "staff_request_state").text),
            wanted.query(state=key),
            sum(counts.get(one, 0) for one in (_states(key) or counts)),
            wanted.state == key,
        )
        for key in keys
    )


def _names(by: Actor, rows: tuple[RequestSummary, ...]) -> dict[UUID, str]:
    if not by.may(Permission.CUSTOMERS_READ):
        return {}
    ids = {one.customer_id for one in rows if one.customer_id}
    return {key: one.name for key, one in customers_by_id(by, ids).items()}


def _row(one: RequestSummary, people: dict[UUID, str], stores: Mapping[UUID, str]) -> RequestRow:
    minor = one.promised_minor if one.owed_minor is None else one.owed_minor
    return RequestRow(
        one,
        people.get(one.customer_id, "") if one.customer_id else "",
        stores.get(one.store_id, ""),
        Money(one.refunded_minor or minor, one.currency),
        reverse("workspace:request", args=[one.id]),
        label_of(one.state, "staff_request_state").tone,
    )


@dataclass(frozen=True, slots=True)
class RequestLineBox:
    """One line of a request with what was found and what became of it."""

    name: str
    sku: str
    quantity: int
    promised: Money
    owed: Money | None
    accepted: int | None
    rejected: int
    missing: int
    codes: tuple[str, ...]
    note: str
    photos: tuple[Photo, ...]
    disposed: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Everything of a request."""

    request: RequestData
    order: OrderData | None
    customer: str
    step: Step
    lines: tuple[RequestLineBox, ...]
    explanation: Explanation
    photos: tuple[Photo, ...]
    promised: Money
    freight: Money | None
    deducted: Money | None
    owed: Money | None
    refunded: Money | None
    offered: Money | None
    refund: RefundData | None
    refund_parts: tuple[tuple[str, str, Money], ...]
    pickup: PickupData | None
    timeline: tuple[TimelineEntry, ...]
    decided_by: str
    inspected_by: str
    conversation_url: str
    limit: Money
    may_decide: bool
    may_offer: bool
    is_override: bool
    is_above_limit: bool


def build_request_page(by: Actor, request_id: UUID) -> RequestPage:
    """Gather everything of a request, as far as ``by`` may see it."""
    request = get_request(by, request_id)
    people = {str(one.id): one.name for one in list_staff(by)}
    refund = get_refund_of(Actor.system(by.merchant_id), Source(SourceKind.REQUEST, request.id))
    may = by.may(Permission.REQUESTS_DECIDE)
    is_override = is_against_policy(request.decision)

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, request.currency)

    return RequestPage(
        request=request,
        order=get_order(by, request.order_id) if by.may(Permission.ORDERS_READ) else None,
        customer=_names(by, (request,)).get(request.customer_id, "") if request.customer_id else "",
        step=next_step(request),
        lines=_lines(request),
        explanation=explanation_of(request.decision, is_open=request.state == State.REVIEWING),
        photos=_photos(request.file_ids),
        promised=Money(request.promised_minor, request.currency),
        freight=money(request.freight_minor or None),
        deducted=money(-request.deducted_minor or None),
        owed=money(request.owed_minor),
        refunded=money(request.refunded_minor or None),
        offered=money(request.offered_minor),
        refund=refund,
        refund_parts=_parts(refund),
        pickup=pickup_of(by, request.id),
        timeline=_timeline(request, people),
        decided_by=(
            ""
            if request.state == State.REVIEWING
            else _who(request.decided_by_kind, request.decided_by_id, people)
        ),
        inspected_by=people.get(request.inspected_by_id, ""),
        conversation_url=address_of(request.conversation_id) if request.conversation_id else "",
        limit=Money(min(by.approval_limit_minor, 10**12), request.currency),
        may_decide=may and request.state == State.REVIEWING,
        may_offer=may and request.state == State.NEGOTIATING,
        is_override=is_override,
        is_above_limit=is_override and request.promised_minor > by.approval_limit_minor,
    )


def _photos(file_ids: tuple[UUID, ...]) -> tuple[Photo, ...]:
    return tuple(
        Photo(file_url(one), file_url(one), str(number)) for number, one in enumerate(file_ids, 1)
    )


def _lines(request: RequestData) -> tuple[RequestLineBox, ...]:
    return tuple(
        RequestLineBox(
            line.name,
            line.sku,
            line.quantity,
            Money(line.promised_minor, request.currency),
            None if line.owed_minor is None else Money(line.owed_minor, request.currency),
            line.finding.accepted if line.finding else None,
            line.finding.rejected if line.finding else 0,
            line.finding.missing if line.finding else 0,
            tuple(
                str(label_of(code, "condition").text)
                for code in (line.finding.codes if line.finding else ())
            ),
            line.finding.note if line.finding else "",
            _photos(line.finding.file_ids) if line.finding else (),
            tuple(
                (str(label_of(kind, "disposition").text), count)
                for kind, count in line.disposed.items()
            ),
        )
        for line in request.lines
    )


def _parts(refund: RefundData | None) -> tuple[tuple[str, str, Money], ...]:
    if refund is None:
        return ()
    return tuple(
        (
            str(label_of(part.tender, "tender").text),
            part.state,
            Money(part.amount_minor, refund.currency),
        )
        for part in refund.parts
    )


def _who(kind: str, who: str, people: Mapping[str, str]) -> str:
    if kind == "staff":
        return people.get(who, str(label_of("staff", "actor_kind").text))
    return str(label_of(kind, "actor_kind").text) if kind else ""


# The number stands above the timeline already.
_NUMBER = re.compile(r" ?\{number\}(?: (?=[\u3400-\u9fff]))?")
_TONES = {
    "RequestClosed": "good",
    "RefundBounced": "late",
    "RefundSucceeded": "good",
    "RequestDeclined": "late",
    "InspectionFailed": "soon",
    "RequestDeadlinePassed": "late",
    "PickupFailed": "late",
}


def _timeline(request: RequestData, people: Mapping[str, str]) -> tuple[TimelineEntry, ...]:
    entries = []
    for one in timeline_of(request):
        words = _NUMBER.sub("", str(EVENT_WORDS.get(one.code, one.code)))
        title = words.format_map(_Values(request, one.detail))
        entries.append(
            TimelineEntry(
                title.strip(),
                one.at,
                who=_who(one.by_kind, one.by_id, people),
                tone=_TONES.get(one.code, "neutral"),  # type: ignore[arg-type]
            )
        )
    return tuple(entries)


class _Values(dict[str, str]):
    """What the words of an event may name."""

    def __init__(self, request: RequestData, detail: Mapping[str, object]) -> None:
        amount = next(
            (
                int(str(detail[name]))
                for name in ("refunded_minor", "owed_minor", "offered_minor", "promised_minor")
                if detail.get(name) is not None
            ),
            None,
        )
        money = None if amount is None else Money(amount, request.currency)
        super().__init__(amount=money_text(money) if money else "")
