"""Asking for a return or a refund, in at most three steps: what, why, and what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from anxin.domains.aftersales.data import (
    Preview,
    PreviewLine,
    RequestedItem,
    RequestKind,
    RequestSummary,
)
from anxin.domains.aftersales.public import (
    appeal_request,
    available_units,
    checklist_of,
    list_requests,
    preview_request,
)
from anxin.domains.commerce.data import LineData, OrderData
from anxin.domains.commerce.public import get_order
from anxin.domains.policies.data import (
    Condition,
    FreightPayer,
    Policy,
    PolicyScope,
    ReasonCode,
    Verdict,
)
from anxin.domains.policies.public import policy_in_force
from anxin.entrypoints.portal.drafts import (
    confirm_draft,
    get_draft,
    items_of,
    kind_of,
    start_draft,
)
from anxin.entrypoints.portal.files import file_url
from anxin.entrypoints.portal.labels import REASON_HINTS
from anxin.entrypoints.portal.models import RequestDraft
from anxin.entrypoints.portal.visiting import BuyerRequest, BuyerSession, for_buyer
from anxin.entrypoints.portal.wording import deadline_words, explained
from anxin.entrypoints.ui.labels import label_of
from anxin.entrypoints.ui.shapes import Explanation, Photo
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, DomainError, Invalid
from anxin.kernel.models import StoredFile
from anxin.kernel.money import Money

_NOTE_LIMIT = 1_000
_PHOTO_LIMIT = 9
# What a buyer may say of the goods' state, where the reason makes it matter.
_JUDGED_REASONS = (ReasonCode.NO_REASON, ReasonCode.OTHER)
_REASONS = (
    ReasonCode.NO_REASON,
    ReasonCode.QUALITY_DEFECT,
    ReasonCode.DAMAGED_IN_TRANSIT,
    ReasonCode.WRONG_ITEM,
    ReasonCode.MISSING_ITEM,
    ReasonCode.NOT_AS_DESCRIBED,
    ReasonCode.NOT_RECEIVED,
    ReasonCode.OTHER,
)
_REASONS_ON_THE_WAY = (ReasonCode.NO_REASON, ReasonCode.NOT_RECEIVED, ReasonCode.OTHER)


# --- step 1: what -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PickLine:
    """A line that can be picked, or why not. ``hint`` is what to know before picking it."""

    line: LineData
    paid: Money
    available: int
    picked: int
    blocked: str
    hint: str
    is_unshipped: bool
    request: RequestSummary | None


@require_http_methods(["GET", "POST"])
@for_buyer
def pick(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """Pick goods and quantities."""
    buyer = request.buyer
    buyer.check(order_id)
    order = get_order(buyer.actor, order_id)
    draft_id = _uuid(request.POST.get("draft") or request.GET.get("draft"))
    error, picked = "", _kept(buyer, draft_id)
    if request.method == "POST":
        picked, error = _read_picks(request, buyer, order)
        if not error:
            draft = start_draft(
                buyer,
                order_id,
                picked,
                is_unshipped=not _shipped(order, picked),
                draft_id=draft_id,
                now=utcnow(),
            )
            step = "confirm" if draft.is_unshipped else "reason"
            return HttpResponseRedirect(_step(request, step, draft))
    lines = pick_lines(buyer, order, picked, now=utcnow())
    context = {
        "store": request.store,
        "buyer": buyer,
        "order": order,
        "lines": lines,
        "is_open": any(not one.blocked for one in lines),
        "draft": draft_id,
        "error": error,
        "back_url": reverse("portal:order", args=[request.store.slug, order_id]),
    }
    return render(request, "portal/pick.html", context, status=422 if error else 200)


def _kept(buyer: BuyerSession, draft_id: UUID | None) -> dict[UUID, int]:
    if draft_id is None:
        return {}
    return {UUID(line_id): units for line_id, units in get_draft(buyer, draft_id).items.items()}


def _read_picks(
    request: BuyerRequest, buyer: BuyerSession, order: OrderData
) -> tuple[dict[UUID, int], str]:
    """Return how many units of which line, and what is wrong with it in words."""
    available = available_units(buyer.actor, order)
    picked: dict[UUID, int] = {}
    for line in order.lines:
        text = request.POST.get(f"units-{line.id}", "").strip() or "0"
        if not text.isdecimal() or len(text) > 6:
            return picked, gettext("“%(name)s”的数量要填整数。") % {"name": line.name}
        units = int(text)
        if units > available[line.id]:
            words = gettext("“%(name)s”还可以申请 %(count)d 件，请改一下数量。")
            return picked, words % {"name": line.name, "count": available[line.id]}
        if units:
            picked[UUID(str(line.id))] = units
    if not picked:
        return picked, gettext("请至少选择一件商品。")
    shipped = _shipped(order, picked)
    if shipped and len(shipped) < len(picked):
        return picked, gettext("还没发货的可以直接退款，已发货的要先寄回。请分两次申请。")
    return picked, ""


def _shipped(order: OrderData, picked: dict[UUID, int]) -> list[LineData]:
    return [line for line in order.lines if line.id in picked and line.shipped_quantity > 0]


def pick_lines(
    buyer: BuyerSession, order: OrderData, picked: dict[UUID, int], *, now: datetime
) -> list[PickLine]:
    """Return each line with whether, and how, it can be asked for."""
    available = available_units(buyer.actor, order)
    open_lines = [line for line in order.lines if available[line.id] > 0]
    is_dead = order.state in {"pending", "cancelled"}
    hints = {} if is_dead else _hints(buyer, order, open_lines, now)
    known = list_requests(buyer.actor, order_id=order.id).items
    alone = len(open_lines) == 1 and available[open_lines[0].id] == 1
    return [
        PickLine(
            line,
            Money(line.payable_minor, order.currency),
            available[line.id],
            min(picked.get(UUID(str(line.id)), 1 if alone else 0), available[line.id]),
            _blocked(order, line, available[line.id]),
            hints.get(str(line.id), ""),
            line.shipped_quantity == 0,
            next(iter(known), None) if available[line.id] == 0 else None,
        )
        for line in order.lines
    ]


def _blocked(order: OrderData, line: LineData, available: int) -> str:
    if order.state == "cancelled":
        return gettext("订单已取消，没有可退的款项")
    if order.state == "pending":
        return gettext("订单还没有付款")
    if available == 0:
        return ngettext(
            "这 %(count)d 件都已申请过售后", "这 %(count)d 件都已申请过售后", line.quantity
        ) % {"count": line.quantity}
    return ""


def _hints(
    buyer: BuyerSession, order: OrderData, lines: Sequence[LineData], now: datetime
) -> dict[str, str]:
    """Return what the policy says of each line when nothing is wrong with the goods."""
    hints: dict[str, str] = {}
    for is_unshipped in (True, False):
        asked = [
            RequestedItem(UUID(str(line.id)), 1)
            for line in lines
            if (line.shipped_quantity == 0) is is_unshipped
        ]
        if not asked:
            continue
        reason = ReasonCode.NOT_WANTED_BEFORE_SHIPMENT if is_unshipped else ReasonCode.NO_REASON
        preview = preview_request(buyer.actor, order.id, asked, reason, kind_of(reason), now=now)
        for outcome in preview.decision.lines:
            hint = label_of(outcome.reasons[0], "buyer_ground").text if outcome.reasons else ""
            hints[outcome.line_id] = _hint(str(hint), outcome.verdict)
    return hints


def _hint(words: str, verdict: Verdict) -> str:
    if verdict is Verdict.DECLINE:
        return gettext("%(why)s；有质量等问题仍可申请") % {"why": words}
    return words


# --- step 2: why --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason as a card."""

    code: str
    name: str
    hint: str
    photos: int
    asks_condition: bool


@require_http_methods(["GET", "POST"])
@for_buyer
def reason(request: BuyerRequest, draft_id: UUID) -> HttpResponse:
    """Say why, with photos where the policy wants them."""
    buyer = request.buyer
    draft = get_draft(buyer, draft_id)
    if draft.request_id is not None:
        return _already(request, draft)
    if draft.is_unshipped:
        return HttpResponseRedirect(_step(request, "confirm", draft))
    order = get_order(buyer.actor, draft.order_id)
    policy = policy_in_force(buyer.actor, PolicyScope(order.store_id), order.placed_at)
    choices = reason_choices(order, draft, policy)
    conditions = conditions_of(order, draft, policy)
    if request.method == "POST":
        _read_reason(request, buyer, draft, choices, conditions)
        draft.save()  # kept even when something is missing, so that nothing is typed twice
        here = f"{_step(request, 'reason', draft)}?check=1"
        is_whole = not _missing(buyer, draft)
        return HttpResponseRedirect(_step(request, "confirm", draft) if is_whole else here)
    # Told on a page of its own address: going back and reloading send nothing again.
    error = _missing(buyer, draft) if "check" in request.GET else ""
    context = {
        "store": request.store,
        "buyer": buyer,
        "draft": draft,
        "choices": choices,
        "conditions": [(code, label_of(code, "buyer_condition").text) for code in conditions],
        "photos": _photos(buyer, draft),
        "photo_room": _PHOTO_LIMIT - len(draft.file_ids),
        "note_limit": _NOTE_LIMIT,
        "error": error,
        "back_url": _pick_url(request, draft),
    }
    return render(request, "portal/reason.html", context)


def reason_choices(order: OrderData, draft: RequestDraft, policy: Policy) -> list[ReasonChoice]:
    """Return the reasons that can be true now, with the photos each needs."""
    arrived = order.state in {"delivered", "completed"} or any(
        parcel.signed_at or parcel.delivered_at for parcel in order.shipments
    )
    return [
        ReasonChoice(
            code.value,
            str(label_of(code, "buyer_reason").text),
            str(REASON_HINTS.get(code, "")),
            _photos_for(code, policy),
            code in _JUDGED_REASONS and arrived,
        )
        for code in (_REASONS if arrived else _REASONS_ON_THE_WAY)
    ]


def _photos_for(code: ReasonCode, policy: Policy) -> int:
    """Return how many photos a reason needs, to say so early; the decision has the last word."""
    terms = [
        term.photos
        for term in policy.evidence
        if not term.applies.reasons or code in term.applies.reasons
    ]
    return min(terms, default=0)


def conditions_of(order: OrderData, draft: RequestDraft, policy: Policy) -> list[str]:
    """Return the points of the picked goods' standards, as far as a buyer can tell."""
    groups = {
        policy.groups.get(line.category, "general")
        for line in order.lines
        if str(line.id) in draft.items
    }
    known = {str(condition) for condition in Condition}
    points = [point for group in sorted(groups) for point in checklist_of(group)]
    return [str(point) for point in dict.fromkeys(points) if str(point) in known]


def _read_reason(
    request: BuyerRequest,
    buyer: BuyerSession,
    draft: RequestDraft,
    choices: Sequence[ReasonChoice],
    conditions: Sequence[str],
) -> None:
    """Put what was sent into the draft."""
    sent = request.POST
    draft.note = sent.get("note", "").replace("\x00", "").strip()[:_NOTE_LIMIT]
    draft.file_ids = _own_files(buyer, sent.getlist("photos"))
    chosen = next((one for one in choices if one.code == sent.get("reason")), None)
    draft.reason = chosen.code if chosen else ""
    judged = chosen is not None and chosen.asks_condition
    draft.conditions = [one for one in sent.getlist("conditions") if one in conditions and judged]


def _missing(buyer: BuyerSession, draft: RequestDraft) -> str:
    """Return what a draft still lacks, in words; empty when it can be decided on."""
    if not draft.reason:
        return gettext("请选择一个原因。")
    if draft.reason == ReasonCode.OTHER and not draft.note:
        return gettext("请简单写一下情况，客服才好判断。")
    missing = _preview(buyer, draft, utcnow()).decision.evidence_missing
    if missing:
        needed = missing[0].needed
        return ngettext(
            "这个原因需要至少 %(count)d 张照片，拍清楚有问题的地方就行。",
            "这个原因需要至少 %(count)d 张照片，拍清楚有问题的地方就行。",
            needed,
        ) % {"count": needed}
    return ""


def _own_files(buyer: BuyerSession, sent: Sequence[str]) -> list[UUID]:
    """Return those of the ids that are photos of his own; others are dropped."""
    wanted = [one for one in (_uuid(text) for text in sent) if one is not None]
    mine = set(
        StoredFile.objects.filter(
            pk__in=wanted,
            by_kind=buyer.actor.kind,
            by_id=buyer.actor.id,
            media_type__startswith="image/",
        ).values_list("pk", flat=True)
    )
    return [one for one in dict.fromkeys(wanted) if one in mine][:_PHOTO_LIMIT]


# --- step 3: what is offered --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One line of the offer, added up by hand: price − discount + tax = refund."""

    name: str
    quantity: int
    price: Money
    discount: Money | None
    tax: Money | None
    refund: Money


@dataclass(frozen=True, slots=True)
class OfferPage:
    """What is offered, and what follows from it."""

    kind: RequestKind
    lines: tuple[AmountLine, ...]
    freight: Money | None
    deducted: Money | None
    total: Money
    freight_words: str
    deadlines: tuple[str, ...]
    explanation: Explanation
    verdict: str
    may_confirm: bool
    may_ask_person: bool
    seen: str


@require_http_methods(["GET", "POST"])
@for_buyer
def confirm(request: BuyerRequest, draft_id: UUID) -> HttpResponse:
    """Show what is offered, line by line, and take the buyer's yes."""
    buyer = request.buyer
    draft = get_draft(buyer, draft_id)
    if draft.request_id is not None:
        return _already(request, draft)
    if not draft.reason:
        return HttpResponseRedirect(_step(request, "reason", draft))
    preview = _preview(buyer, draft, utcnow())
    page, error = offer_page(preview), ""
    if request.method == "POST":
        if request.POST.get("seen") != page.seen:
            error = gettext("方案刚刚有变化，请看过新的金额再确认。")
        else:
            done, error = _confirm(request, draft, preview)
            if done is not None:
                return done
    before = "pick" if draft.is_unshipped else "reason"
    context = {
        "store": request.store,
        "buyer": buyer,
        "draft": draft,
        "page": page,
        "error": error,
        "others": list_requests(buyer.actor, order_id=draft.order_id).items if error else (),
        "back_url": _pick_url(request, draft)
        if before == "pick"
        else _step(request, before, draft),
    }
    return render(request, "portal/confirm.html", context, status=409 if error else 200)


def _confirm(
    request: BuyerRequest, draft: RequestDraft, preview: Preview
) -> tuple[HttpResponse | None, str]:
    """Open the request; return where to go, or what is in the way in words."""
    buyer, now = request.buyer, utcnow()
    try:
        confirmed = confirm_draft(buyer, draft.pk, now=now)
    except Conflict as error:
        return None, _in_the_way(error)
    except Invalid:
        return None, gettext("申请的内容有误，请返回上一步检查。")
    if not confirmed.is_new:
        draft.request_id = confirmed.request_id
        return _already(request, draft), ""
    if preview.decision.verdict is Verdict.DECLINE and request.POST.get("ask") == "person":
        try:
            appeal_request(buyer.actor, confirmed.request_id, now=now)
        except DomainError:  # refused meanwhile: the request's page offers it again
            messages.error(request, gettext("申请已记录，但还没有转给人工，请在本页再点一次。"))
    return HttpResponseRedirect(
        reverse("portal:request", args=[request.store.slug, confirmed.request_id])
    ), ""


def _in_the_way(error: Conflict) -> str:
    if error.code == "more_than_available":
        words = gettext(
            "其中有商品刚刚在别处申请过了，现在还可以申请 %(available)s 件。请返回修改，"
            "或查看已有的申请。"
        )
        return words % error.fields
    if error.code == "nothing_to_refund":
        return gettext("这个订单没有可退的款项。")
    return gettext("订单刚刚有变化，请刷新后再试。")


def offer_page(preview: Preview) -> OfferPage:
    """Return what a preview says, for the page."""
    decision = preview.decision

    def money(minor: int) -> Money:
        return Money(minor, preview.currency)

    declined = decision.verdict is Verdict.DECLINE
    return OfferPage(
        kind=preview.kind,
        lines=tuple(_amount(one, preview.currency) for one in preview.lines),
        freight=money(preview.freight_minor) if preview.freight_minor else None,
        deducted=money(-preview.deducted_minor) if preview.deducted_minor else None,
        total=money(preview.total_minor),
        freight_words=_freight_words(preview),
        deadlines=tuple(
            words
            for one in decision.deadlines
            if (words := deadline_words(one))
            and (one.code != "merchant_answer" or decision.verdict is Verdict.REVIEW)
        ),
        explanation=explained(decision, is_open=declined),
        verdict=decision.verdict.value,
        may_confirm=not declined,
        may_ask_person=declined and bool(decision.if_granted),
        seen=f"{decision.verdict}:{preview.kind}:{preview.total_minor}",
    )


def _amount(one: PreviewLine, currency: str) -> AmountLine:
    return AmountLine(
        one.name,
        one.quantity,
        Money(one.price_minor, currency),
        Money(-one.discount_minor, currency) if one.discount_minor else None,
        Money(one.tax_minor, currency) if one.tax_minor else None,
        Money(one.refund_minor, currency),
    )


def _freight_words(preview: Preview) -> str:
    if preview.kind is RequestKind.REFUND_ONLY:
        return gettext("不用寄回，没有退货运费")
    if preview.decision.freight_payer is FreightPayer.SELLER:
        return gettext("退货运费由商家承担，上门取件您不用付钱")
    if preview.decision.freight_payer is FreightPayer.BUYER:
        return gettext("退货运费由您承担，寄件时付给快递")
    return ""


# --- between the steps --------------------------------------------------------------------------


def _preview(buyer: BuyerSession, draft: RequestDraft, now: datetime) -> Preview:
    return preview_request(
        buyer.actor,
        draft.order_id,
        items_of(draft),
        draft.reason,
        kind_of(draft.reason),
        photos=len(draft.file_ids),
        now=now,
    )


def _photos(buyer: BuyerSession, draft: RequestDraft) -> list[tuple[UUID, Photo]]:
    name = gettext("已上传的照片")
    found = []
    for file_id in draft.file_ids:
        url = file_url(buyer.store, file_id)
        found.append((file_id, Photo(url, url, name)))
    return found


def _already(request: BuyerRequest, draft: RequestDraft) -> HttpResponse:
    messages.success(request, gettext("这份申请已经提交过了，没有重复提交。"))
    return HttpResponseRedirect(
        reverse("portal:request", args=[request.store.slug, draft.request_id])
    )


def _step(request: BuyerRequest, step: str, draft: RequestDraft) -> str:
    return reverse(f"portal:{step}", args=[request.store.slug, draft.pk])


def _pick_url(request: BuyerRequest, draft: RequestDraft) -> str:
    return f"{reverse('portal:pick', args=[request.store.slug, draft.order_id])}?draft={draft.pk}"


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
