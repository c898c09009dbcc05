"""What the refund pages show, gathered into frozen shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.domains.commerce.public import orders_by_id
from anxin.domains.finance.data import (
    LedgerLine,
    OrderMoney,
    ProviderWordData,
    RefundData,
    RefundId,
    RefundPartData,
)
from anxin.domains.finance.public import (
    count_held,
    get_refund,
    history_of_refund,
    ledger_of_refund,
    list_refunds,
    order_money,
    words_of_refund,
)
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_staff
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import Column, TimelineEntry
from anxin.entrypoints.ui.templatetags.anxin_ui import money_text
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.money import Money

STATES = ("held", "requested", "succeeded", "failed", "refused")


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter that is an address."""

    name: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund in the list."""

    url: str
    number: str
    order_no: str
    amount: Money
    tenders: str
    state: str
    is_flagged: bool
    who: str
    requested_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundList:
    """The list of refunds."""

    tabs: Sequence[Tab]
    columns: Sequence[Column]
    rows: Sequence[RefundRow]
    next_url: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part and, in words, what happens next with it."""

    number: str
    tender: str
    amount: Money
    state: str
    reference: str
    attempts: int
    last_error: str
    flag: str
    next_look_at: datetime | None


@dataclass(frozen=True, slots=True)
class WordRow:
    """Something the provider said."""

    number: str
    how: str
    state: str
    amount: Money | None
    outcome: str
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BookedRow:
    """A ledger line with its amount on one side."""

    kind: str
    account: str
    debit: Money | None
    credit: Money | None
    at: datetime
    refund_url: str = ""


@dataclass(frozen=True, slots=True)
class RefundPage:
    """One refund and all that happened to it."""

    refund: RefundData
    amount: Money
    order_no: str
    captured: Money
    reserved: Money
    refunded: Money
    free: Money
    parts: Sequence[PartRow]
    words: Sequence[WordRow]
    timeline: Sequence[TimelineEntry]
    ledger: Sequence[BookedRow]
    can_decide: bool
    can_retry: bool
    retry_amount: Money
    why_not: str
    approving: str
    refusing: str
    retrying: str


def build_refund_list(by: Actor, *, state: str, flagged: bool, cursor: str) -> RefundList:
    """Gather a page of the list."""
    found = list_refunds(by, state=state, flagged=flagged, cursor=cursor)
    orders = orders_by_id(Actor.system(by.merchant_id), {r.order_id for r in found.items})
    people = _people(by)
    rows = [
        RefundRow(
            url=reverse("console:refund", args=[refund.id]),
            number=refund.number,
            order_no=orders[refund.order_id].order_no if refund.order_id in orders else "",
            amount=refund.amount,
            tenders=_tenders(refund.parts),
            state=refund.state,
            is_flagged=any(part.flag for part in refund.parts),
            who=_name(people, refund.requested_by_id),
            requested_at=refund.requested_at,
            finished_at=refund.finished_at,
        )
        for refund in found.items
    ]
    asked = {"state": state, "flagged": "1" if flagged else "", "cursor": found.next_cursor}
    return RefundList(
        _tabs(by, state, flagged=flagged),
        [
            Column(_("退款单号")),
            Column(_("金额"), is_number=True),
            Column(_("状态")),
            Column(_("退回到")),
            Column(_("订单号")),
            Column(_("申请人")),
            Column(_("申请时间")),
            Column(_("完成时间")),
        ],
        rows,
        _address(asked) if found.next_cursor else "",
    )


def build_refund_page(by: Actor, refund_id: RefundId) -> RefundPage:
    """Gather one refund. Raise NotFound."""
    refund = get_refund(by, refund_id)
    order = orders_by_id(Actor.system(by.merchant_id), [refund.order_id])[refund.order_id]
    money = order_money(by, order.id)
    people = _people(by)
    words = words_of_refund(by, refund_id)
    failed = [part for part in refund.parts if part.state == "failed"]
    timeline = [
        TimelineEntry(
            str(label_of(entry.what, "refund_event").text),
            entry.at,
            text=entry.because,
            who=_name(people, entry.by_id),
            tone=label_of(entry.what, "refund_event").tone,
            icon=label_of(entry.what, "refund_event").icon,
        )
        for entry in history_of_refund(by, refund_id)
    ]
    return RefundPage(
        refund,
        refund.amount,
        order.order_no,
        *_totals(money),
        parts=[_part(part, refund.currency) for part in refund.parts],
        words=[_word(word, refund.currency) for word in words],
        timeline=timeline,
        ledger=booked(ledger_of_refund(by, refund_id)),
        can_decide=refund.state == "held" and not _why_not(by, refund),
        can_retry=refund.state == "failed" and by.may(Permission.REFUNDS_OPERATE),
        retry_amount=Money(sum(part.amount_minor for part in failed), refund.currency),
        why_not=_why_not(by, refund) if refund.state == "held" else "",
        approving=_("批准后立即发送：%(parts)s。款项退出后不能撤回。")
        % {"parts": _shares(refund.parts, refund.currency)},
        refusing=_("拒绝后不会退款，预留的 %(amount)s 重新可用。申请人会看到您的理由。")
        % {"amount": money_text(refund.amount)},
        retrying=_("用原来的单号重新发送：%(parts)s。服务商如果已经退过，不会再退一次。")
        % {"parts": _shares(failed, refund.currency)},
    )


def booked(lines: Iterable[LedgerLine]) -> list[BookedRow]:
    """Return ledger lines with debit and credit apart."""
    return [
        BookedRow(
            line.kind,
            line.account,
            Money(line.amount_minor, line.currency) if line.amount_minor > 0 else None,
            Money(-line.amount_minor, line.currency) if line.amount_minor < 0 else None,
            line.at,
            reverse("console:refund", args=[line.refund_id]) if line.refund_id else "",
        )
        for line in lines
    ]


def _tabs(by: Actor, state: str, *, flagged: bool) -> list[Tab]:
    everything = Tab(_("全部"), _address({}), not state and not flagged)
    states = [
        Tab(
            str(label_of(code, "refund_state").text),
            _address({"state": code}),
            state == code,
            count_held(by) if code == "held" else None,
        )
        for code in STATES
    ]
    return [everything, *states, Tab(_("需要核对"), _address({"flagged": "1"}), flagged)]


def _address(asked: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("console:refunds") + (f"?{query}" if query else "")


def _why_not(by: Actor, refund: RefundData) -> str:
    if not by.may(Permission.REFUNDS_APPROVE):
        return _("您没有审批退款的权限。")
    is_own = by.id == refund.requested_by_id or by.id in refund.involved_ids
    if by.kind is ActorKind.STAFF and is_own:
        return _("这笔退款的售后申请您经手过，需要另一个人批准。")
    if refund.amount_minor > by.approval_limit_minor:
        limit = Money(by.approval_limit_minor, refund.currency)
        return _("您最多可以批准 %(limit)s，这笔退款需要额度更高的人批准。") % {
            "limit": money_text(limit)
        }
    return ""


def _totals(money: OrderMoney) -> tuple[Money, Money, Money, Money]:
    minors = (money.captured_minor, money.reserved_minor, money.refunded_minor, money.free_minor)
    captured, reserved, refunded, free = (Money(minor, money.currency) for minor in minors)
    return captured, reserved, refunded, free


def _shares(parts: Iterable[RefundPartData], currency: str) -> str:
    return _("、").join(
        _("%(amount)s 退回%(tender)s")
        % {
            "amount": money_text(Money(part.amount_minor, currency)),
            "tender": label_of(part.tender, "tender").text,
        }
        for part in parts
    )


def _tenders(parts: Iterable[RefundPartData]) -> str:
    return _("、").join(str(label_of(part.tender, "tender").text) for part in parts)


def _part(part: RefundPartData, currency: str) -> PartRow:
    return PartRow(
        part.part_no,
        part.tender,
        Money(part.amount_minor, currency),
        part.state,
        part.reference,
        part.attempts,
        part.last_error,
        part.flag,
        part.next_look_at,
    )


def _word(word: ProviderWordData, currency: str) -> WordRow:
    amount = None if word.amount_minor is None else Money(word.amount_minor, currency)
    return WordRow(word.part_no, word.how, word.state, amount, word.outcome, word.because, word.at)


def _people(by: Actor) -> dict[str, str]:
    return {str(person.id): person.name for person in list_staff(by)}


def _name(people: dict[str, str], actor_id: str) -> str:
    if actor_id == "system":
        return _("系统")
    return people.get(actor_id, actor_id if not _is_uuid(actor_id) else _("程序或买家"))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
