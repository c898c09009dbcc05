"""Where a request stands, in the sentences the buyer reads: what is, what comes, and by when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext, pgettext

from anxin.domains.aftersales.data import ParcelState, RequestData, RequestSummary
from anxin.domains.aftersales.public import State
from anxin.domains.deliveries.data import PickupData, Slot
from anxin.domains.finance.data import RefundData
from anxin.domains.policies.data import AppliedClause, Deadline, Decision, Effect, Verdict, Words
from anxin.entrypoints.ui.labels import Tone
from anxin.entrypoints.ui.shapes import Explanation, Reason
from anxin.entrypoints.ui.templatetags.anxin_ui import money_text
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Where:
    """One screen's worth: what is the case, what happens next, whose move it is, until when."""

    now: str
    next: str
    tone: Tone = "neutral"
    icon: str = "clock"
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a request's sentence depends on."""

    request: RequestData
    pickup: PickupData | None
    refund: RefundData | None
    zone: ZoneInfo
    now: datetime

    @property
    def by(self) -> str:
        """Return the deadline as people say it: 今天 18:00 前."""
        due = self.request.due_at
        return by_when(due, self.zone, self.now) if due else ""

    def amount(self, minor: int | None) -> str:
        """Return an amount of the request in its currency."""
        return money_text(Money(minor or 0, self.request.currency))


def is_english() -> bool:
    """Return whether the reader chose English."""
    return (get_language() or "").startswith("en")


def said(words: Words) -> str:
    """Return words that are data in both languages."""
    return words.en if is_english() else words.zh


def day_of(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return 今天, 明天 or 11月26日."""
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return pgettext("in a sentence", "今天")
    if day == today + timedelta(days=1):
        return pgettext("in a sentence", "明天")
    if is_english():
        return f"{day.day} {day:%b}"
    return gettext("%(month)d月%(day)d日") % {"month": day.month, "day": day.day}


def by_when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return 今天 18:00. Midnight at a day's end is said as 24:00 of that day."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M}"
    if clock == "00:00":
        at, clock = at - timedelta(minutes=1), "24:00"
    return gettext("%(day)s %(clock)s") % {"day": day_of(at, zone, now), "clock": clock}


def slot_words(slot: Slot, zone: ZoneInfo, now: datetime) -> str:
    """Return 明天 10:00–12:00."""
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    return f"{day_of(slot.start, zone, now)} {start:%H:%M}–{end:%H:%M}"


def where_of(standing: Standing) -> Where:
    """Return the sentence of a request's state."""
    return _SENTENCES[State(standing.request.state)](standing)


def _reviewing(s: Standing) -> Where:
    if s.request.needs_human:
        return Where(
            gettext("人工客服正在复核您的申请"),
            gettext("最晚%(by)s 给您答复，您不需要做什么") % {"by": s.by},
            icon="headset",
            due_at=s.request.due_at,
        )
    return Where(
        gettext("申请已提交，商家正在审核"),
        gettext("最晚%(by)s 答复；到时没有答复，会自动通过") % {"by": s.by},
        icon="hourglass",
        due_at=s.request.due_at,
    )


def _authorized(s: Standing) -> Where:
    pickup = s.pickup
    if pickup is not None and pickup.state == "requested":
        return Where(
            gettext("正在为您预约快递员"),
            gettext("一般几秒钟就好，约好后这里会出现取件二维码"),
            icon="truck",
        )
    if pickup is not None and pickup.state == "booked" and pickup.slot is not None:
        return Where(
            gettext("快递员%(slot)s 上门取件") % {"slot": slot_words(pickup.slot, s.zone, s.now)},
            gettext("请把商品包好放在门口，出示二维码即可，不用见面"),
            "ours",
            "truck",
        )
    return _waits_for_parcel(s, has_failed=pickup is not None and pickup.state == "failed")


def _waits_for_parcel(s: Standing, *, has_failed: bool) -> Where:
    after = gettext("请在%(by)s 前预约上门取件或自己寄回，逾期申请会自动关闭") % {"by": s.by}
    if has_failed:
        now, tone = gettext("快递员没有取到件，请重新安排寄回"), "late"
        return Where(now, after, tone, "alert-circle", s.request.due_at)  # type: ignore[arg-type]
    return Where(
        gettext("申请已通过，请把商品寄回"), after, "ours", "package-export", s.request.due_at
    )


def _in_transit(s: Standing) -> Where:
    if any(parcel.state is ParcelState.ARRIVED for parcel in s.request.parcels):
        return Where(
            gettext("退货已送到仓库"), gettext("仓库签收后马上质检，没有问题就退款"), icon="truck"
        )
    return Where(
        gettext("退货正在路上"), gettext("送到仓库后我们会马上质检，没有问题就退款"), icon="truck"
    )


def _received(s: Standing) -> Where:
    return Where(
        gettext("已收到您的退货，正在质检"),
        gettext("预计%(by)s 前完成质检，没有问题就退款 %(amount)s")
        % {"by": s.by, "amount": s.amount(s.request.promised_minor)},
        icon="clipboard-check",
        due_at=s.request.due_at,
    )


def _negotiating(s: Standing) -> Where:
    if s.request.is_offer_refused:
        return Where(
            gettext("您没有接受方案，商家正在考虑新的方案"),
            gettext("最晚%(by)s 给您答复，您也可以联系客服") % {"by": s.by},
            icon="message-2",
            due_at=s.request.due_at,
        )
    return Where(
        gettext("质检发现了问题，请您选择怎么处理"),
        gettext("请在%(by)s 前答复；不清楚的可以先问客服") % {"by": s.by},
        "ours",
        "message-2",
        s.request.due_at,
    )


def _settling(s: Standing) -> Where:
    amount = s.amount(s.request.owed_minor)
    by = {"by": s.by, "amount": amount}
    state = s.refund.state if s.refund else "requested"
    parts = [part.state for part in s.refund.parts] if s.refund else []
    if state == "held":
        return Where(
            gettext("退款 %(amount)s 正在复核") % by,
            gettext("金额较大，需要第二个人确认，最晚%(by)s 退款") % by,
            icon="shield-check",
            due_at=s.request.due_at,
        )
    if state in {"failed", "refused"}:
        return Where(
            gettext("退款没有成功，我们正在处理"),
            gettext("不需要您操作，该退的一分不会少，最晚%(by)s 给您结果") % by,
            "late",
            "alert-circle",
            s.request.due_at,
        )
    if "unknown" in parts:
        return Where(
            gettext("正在与支付机构核对退款 %(amount)s") % by,
            gettext("不会少退，也不会重复退，核对完马上更新"),
            "soon",
            "search",
            s.request.due_at,
        )
    return Where(
        gettext("正在退款 %(amount)s") % by,
        gettext("预计%(by)s 前退回您的付款账户") % by,
        icon="cash",
        due_at=s.request.due_at,
    )


def _closed(s: Standing) -> Where:
    if s.request.refunded_minor == 0:
        return Where(gettext("售后已完成"), gettext("没有需要退回的款项"), "good", "circle-check")
    return Where(
        gettext("已退款 %(amount)s") % {"amount": s.amount(s.request.refunded_minor)},
        gettext("已按原路退回；银行入账可能还需要 1–3 个工作日"),
        "good",
        "circle-check",
    )


def _declined(s: Standing) -> Where:
    if s.request.is_appealable:
        after = gettext("原因见下方。您可以请人工客服再看一次")
    else:
        after = gettext("原因见下方。如有疑问，请联系客服")
    return Where(gettext("申请没有通过"), after, "late", "circle-x")


def _withdrawn(s: Standing) -> Where:
    return Where(
        gettext("您已撤销这份申请"), gettext("需要的话，可以从订单重新申请"), icon="arrow-back-up"
    )


def _expired(s: Standing) -> Where:
    return Where(
        gettext("没有在期限内寄回，申请已关闭"),
        gettext("仍想退的话，可以从订单重新申请，或联系客服"),
    )


_SENTENCES: dict[State, Callable[[Standing], Where]] = {
    State.REVIEWING: _reviewing,
    State.AUTHORIZED: _authorized,
    State.IN_TRANSIT: _in_transit,
    State.RECEIVED: _received,
    State.NEGOTIATING: _negotiating,
    State.SETTLING: _settling,
    State.CLOSED: _closed,
    State.DECLINED: _declined,
    State.WITHDRAWN: _withdrawn,
    State.EXPIRED: _expired,
}


def in_short(request: RequestSummary, zone: ZoneInfo, now: datetime) -> str:
    """Return what a list says comes next."""
    by = {"by": by_when(request.due_at, zone, now) if request.due_at else ""}
    amount = {"amount": money_text(Money(request.refunded_minor, request.currency))}
    return {
        State.REVIEWING: gettext("最晚%(by)s 答复") % by,
        State.AUTHORIZED: gettext("请在%(by)s 前寄回") % by,
        State.IN_TRANSIT: gettext("送到仓库后马上质检"),
        State.RECEIVED: gettext("预计%(by)s 前完成质检") % by,
        State.NEGOTIATING: gettext("请在%(by)s 前答复") % by,
        State.SETTLING: gettext("预计%(by)s 前退款") % by,
        State.CLOSED: gettext("已退款 %(amount)s") % amount,
        State.DECLINED: gettext("点开看原因，可请人工复核"),
        State.WITHDRAWN: gettext("您已撤销"),
        State.EXPIRED: gettext("没有在期限内寄回"),
    }[State(request.state)]


_TONES: dict[Effect, Tone] = {
    Effect.ALLOWS: "good",
    Effect.CLEARS: "good",
    Effect.DECLINES: "late",
    Effect.SENDS_TO_REVIEW: "soon",
    Effect.ASKS_EVIDENCE: "soon",
}


def explained(decision: Decision, *, is_open: bool = False) -> Explanation:
    """Return a decision as something that folds: verdict, reasons, the clause behind each."""
    verdict, tone = _verdict(decision.verdict)
    return Explanation(verdict, tone, [_reason(one) for one in decision.clauses], is_open)


def _verdict(verdict: Verdict) -> tuple[str, Tone]:
    if verdict is Verdict.ALLOW:
        return gettext("符合规则，自动通过"), "good"
    if verdict is Verdict.REVIEW:
        return gettext("需要客服审核"), "soon"
    return gettext("按规则不能通过"), "late"


def _reason(one: AppliedClause) -> Reason:
    return Reason(
        one.en if is_english() else one.zh,
        _TONES.get(one.effect, "neutral"),
        clause=gettext("依据：%(article)s") % {"article": said(one.article)},
    )


def deadline_words(one: Deadline) -> str:
    """Return a promise of time in words; empty for codes that mean nothing to buyers."""
    span = {"span": _span(one)}
    known = {
        "merchant_answer": gettext("商家在 %(span)s内答复") % span,
        "send_back": gettext("通过后，您在 %(span)s内寄回") % span,
        "inspect": gettext("仓库收到后，%(span)s内完成质检") % span,
        "refund": (
            gettext("收到退货后，%(span)s内退款") % span
            if one.starts_on == "received"
            else gettext("通过后，%(span)s内退款") % span
        ),
    }
    return known.get(one.code, "")


def _span(one: Deadline) -> str:
    if one.hours is not None:
        return ngettext("%(count)d 小时", "%(count)d 小时", one.hours) % {"count": one.hours}
    days = one.days or 0
    return ngettext("%(count)d 天", "%(count)d 天", days) % {"count": days}
