"""The six figures and the one alarm, in words, each with the list behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from anxin.domains.metrics.data import Alarm, AlarmCode, LiveFigures
from anxin.domains.metrics.public import CATALOGUE, alarm_of, live_figures, seconds_waited
from anxin.entrypoints.ui.labels import Tone, label_of
from anxin.entrypoints.wallboard.links import Links, links_for
from anxin.entrypoints.wallboard.words import percent, span, whole
from anxin.kernel.actors import Actor

STATES = ("reviewing", "authorized", "in_transit", "received", "negotiating", "settling")


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: ``tone`` says how it stands; ``href`` is "" for who may not see the list."""

    key: str
    name: str
    value: str
    under: str
    tone: Tone
    href: str


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many requests are in one state."""

    key: str
    name: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The alarm in words, or that all is well."""

    text: str
    tone: Tone
    href: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the wall that is live."""

    cards: tuple[Card, ...]
    states: tuple[StateCount, ...]
    warning: Notice
    clock: str
    at: datetime
    is_empty: bool


def build_figures(by: Actor, now: datetime) -> Figures:
    """Return the live part of the wall as ``by`` may see it."""
    found, links = live_figures(by, now), links_for(by)
    return Figures(
        cards=tuple(make(found, links) for make in _CARDS),
        states=tuple(_state(code, found, links) for code in STATES),
        warning=_warning(alarm_of(found), links),
        clock=date_format(localtime(now), "H:i:s"),
        at=now,
        is_empty=not (found.open or found.inquiries_today or found.requests_open),
    )


def _waiting(found: LiveFigures, links: Links) -> Card:
    waited = seconds_waited(found)
    under = gettext("最久等了 %(span)s") % {"span": span(waited)} if waited else gettext("无人等待")
    tone: Tone = "late" if waited > 180 else "soon" if waited > 60 else "good"
    return Card("waiting", gettext("等待回复"), whole(found.waiting), under, tone, links.waiting)


def _inquiries(found: LiveFigures, links: Links) -> Card:
    under = gettext("新会话 %(opened)s，进行中 %(open)s") % {
        "opened": whole(found.conversations_today),
        "open": whole(found.open),
    }
    return Card(
        "inquiries",
        gettext("今日咨询"),
        whole(found.inquiries_today),
        under,
        "neutral",
        links.conversations,
    )


def _first_response(found: LiveFigures, links: Links) -> Card:
    under = gettext("三分钟响应率 %(rate)s") % {"rate": percent(found.three_minute_rate)}
    return Card(
        "first_response",
        gettext("今日首次响应"),
        span(found.first_response_seconds),
        under,
        _against("first_response_seconds", found.first_response_seconds),
        links.conversations,
    )


def _requests(found: LiveFigures, links: Links) -> Card:
    overdue = found.requests_overdue
    under = (
        ngettext("%(count)d 单已超时", "%(count)d 单已超时", overdue) % {"count": overdue}
        if overdue
        else gettext("无超时")
    )
    return Card(
        "requests",
        gettext("处理中申请"),
        whole(found.requests_open),
        under,
        "late" if overdue else "good",
        links.overdue if overdue else links.requests,
    )


def _refunds(found: LiveFigures, links: Links) -> Card:
    under = gettext("待退款 %(pending)s，待复核 %(held)s") % {
        "pending": whole(found.refunds_pending),
        "held": whole(found.refunds_by_state.get("held", 0)),
    }
    return Card(
        "refund_duration",
        gettext("退款时长（7 天）"),
        span(found.refund_seconds),
        under,
        _against("refund_duration", found.refund_seconds),
        links.refunds,
    )


def _return_rate(found: LiveFigures, links: Links) -> Card:
    target = CATALOGUE["return_rate"].target
    return Card(
        "return_rate",
        gettext("退货率（30 天）"),
        percent(found.return_rate),
        gettext("目标 %(target)s 以下") % {"target": percent(target, 0)},
        _against("return_rate", found.return_rate),
        links.requests,
    )


_CARDS: tuple[Callable[[LiveFigures, Links], Card], ...] = (
    _waiting,
    _inquiries,
    _first_response,
    _requests,
    _refunds,
    _return_rate,
)


def _against(metric: str, value: float | None) -> Tone:
    """Return how a value that should be low stands against its target."""
    target = CATALOGUE[metric].target
    if value is None or target is None:
        return "neutral"
    return "good" if value <= target else "soon" if value <= 2 * target else "late"


def _state(code: str, found: LiveFigures, links: Links) -> StateCount:
    name = str(label_of(code, "wall_request_state").text)
    count = found.requests_by_state.get(code, 0)
    return StateCount(code, name, whole(count), links.in_state(code))


def _warning(alarm: Alarm | None, links: Links) -> Notice:
    if alarm is None:
        return Notice(gettext("一切正常"), "good", "")
    count = {"count": alarm.amount}
    match alarm.code:
        case AlarmCode.FIGURES_STALE:
            words = gettext("数字已落后 %(span)s，请检查后台任务") % {"span": span(alarm.amount)}
            return Notice(words, "soon", "")
        case AlarmCode.REFUNDS_FAILED:
            words = ngettext("%(count)d 笔退款失败", "%(count)d 笔退款失败", alarm.amount)
            return Notice(words % count, "late", links.failed_refunds)
        case AlarmCode.REQUESTS_OVERDUE:
            words = ngettext("%(count)d 单申请超时", "%(count)d 单申请超时", alarm.amount)
            return Notice(words % count, "late", links.overdue)
        case AlarmCode.WAITING_TOO_LONG:
            words = gettext("有客户已等待 %(span)s") % {"span": span(alarm.amount)}
            return Notice(words, "late", links.waiting)
