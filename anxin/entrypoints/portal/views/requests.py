"""One request: where it stands, what comes next, and what the buyer can do about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.aftersales.data import (
    OfferKind,
    ParcelData,
    ParcelState,
    RequestData,
    RequestLineData,
)
from anxin.domains.aftersales.public import (
    REQUEST,
    Action,
    State,
    agree_offer,
    appeal_request,
    choose_own_parcel,
    get_request,
    timeline_of,
    withdraw_request,
)
from anxin.domains.commerce.public import reveal_receiver
from anxin.domains.deliveries.data import PickupData, Slot
from anxin.domains.deliveries.ports import CarrierDown
from anxin.domains.deliveries.public import label_svg
from anxin.domains.finance.data import RefundData, RefundPartData, Source, SourceKind
from anxin.domains.finance.public import get_refund_of
from anxin.entrypoints.portal.files import file_url, take_file
from anxin.entrypoints.portal.forms import ParcelForm
from anxin.entrypoints.portal.labels import PICKUP_WORDS, TIMELINE_WORDS
from anxin.entrypoints.portal.visiting import BuyerRequest, BuyerSession, for_buyer, home_url
from anxin.entrypoints.portal.wording import (
    Standing,
    Where,
    day_of,
    explained,
    slot_words,
    where_of,
)
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.shapes import Explanation, Photo, TimelineEntry
from anxin.entrypoints.ui.templatetags.anxin_ui import money_text
from anxin.flows.return_shipping import order_pickup, pickup_of, slots_for
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, Invalid
from anxin.kernel.lifecycle import MoveRefused
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class LinePart:
    """A line of the request with its amount and what was found of it."""

    line: RequestLineData
    amount: Money
    photos: tuple[Photo, ...]


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What goes back to one way of payment."""

    part: RefundPartData
    amount: Money


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Everything the page of a request prints; ``tag`` changes when any of it does."""

    request: RequestData
    where: Where
    tag: str
    amount: Money
    lines: tuple[LinePart, ...]
    freight: Money | None
    deducted: Money | None
    refund: RefundData | None
    refund_parts: tuple[RefundPart, ...]
    pickup: PickupData | None
    slot: str
    parcel: ParcelData | None
    timeline: tuple[TimelineEntry, ...]
    explanation: Explanation
    photos: tuple[Photo, ...]
    offer: Money | None
    may_send: bool
    may_pick_up: bool
    may_correct_parcel: bool
    may_withdraw: bool
    may_answer: bool
    is_send_back: bool


@require_safe
@for_buyer
def request_page(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Show a request in one screen."""
    return _show(request, request_id)


def _show(
    request: BuyerRequest, request_id: UUID, form: ParcelForm | None = None, status: int = 200
) -> HttpResponse:
    page = build_request_page(request.buyer, request_id, now=utcnow())
    return render(request, "portal/request.html", _context(request, page, form), status=status)


@require_safe
@for_buyer
def now_part(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Answer the part of the page that changes; 204 when the reader has it already."""
    page = build_request_page(request.buyer, request_id, now=utcnow())
    if request.GET.get("tag") == page.tag:
        return HttpResponse(status=204)
    return render(request, "portal/request_now.html", _context(request, page))


def _context(
    request: BuyerRequest, page: RequestPage, form: ParcelForm | None = None
) -> dict[str, Any]:
    return {
        "store": request.store,
        "buyer": request.buyer,
        "page": page,
        "parcel_form": form or _parcel_form(page),
        "live_token": request.buyer.live_token,
        "back_url": home_url(request.store),
    }


def _parcel_form(page: RequestPage) -> ParcelForm:
    if page.parcel is None or page.parcel.how != "own":
        return ParcelForm()
    return ParcelForm(
        initial={"carrier": page.parcel.carrier, "tracking_no": page.parcel.tracking_no}
    )


def build_request_page(buyer: BuyerSession, request_id: UUID, *, now: datetime) -> RequestPage:
    """Gather a request's page. Raise NotFound for one that is not his."""
    by, zone = buyer.actor, ZoneInfo(buyer.store.zone)
    found = get_request(by, request_id)
    buyer.check(found.order_id)
    pickup = pickup_of(by, request_id)
    refund = get_refund_of(by, Source(SourceKind.REQUEST, request_id))
    where = where_of(Standing(found, pickup, refund, zone, now))
    state, parcel = State(found.state), _live_parcel(found)
    courier = pickup is not None and pickup.state in {"requested", "booked", "collected"}

    def money(minor: int) -> Money:
        return Money(minor, found.currency)

    amount = found.refunded_minor or (
        found.promised_minor if found.owed_minor is None else found.owed_minor
    )
    answering = state is State.NEGOTIATING and not found.is_offer_refused
    waits_for_goods = state is State.AUTHORIZED and parcel is None and not courier
    return RequestPage(
        request=found,
        where=where,
        tag=_tag(found, pickup, refund),
        amount=money(amount),
        lines=tuple(
            LinePart(
                one,
                money(one.promised_minor if one.owed_minor is None else one.owed_minor),
                _photos(buyer, one.finding.file_ids if one.finding else ()),
            )
            for one in found.lines
        ),
        freight=money(found.freight_minor) if found.freight_minor else None,
        deducted=money(-found.deducted_minor) if found.deducted_minor else None,
        refund=refund,
        refund_parts=tuple(
            RefundPart(part, money(part.amount_minor)) for part in (refund.parts if refund else ())
        ),
        pickup=pickup if pickup is None or pickup.state != "cancelled" else None,
        slot=slot_words(pickup.slot, zone, now) if pickup and pickup.slot else "",
        parcel=parcel,
        timeline=timeline(found, pickup, refund, where),
        explanation=explained(found.decision, is_open=state is State.DECLINED),
        photos=_photos(buyer, found.file_ids),
        offer=money(found.offered_minor) if found.offered_minor is not None else None,
        may_send=waits_for_goods,
        may_pick_up=waits_for_goods,
        may_correct_parcel=state is State.IN_TRANSIT
        and parcel is not None
        and parcel.how == "own"
        and parcel.state is ParcelState.IN_TRANSIT,
        may_withdraw=REQUEST.allows(state, Action.WITHDRAW),
        may_answer=answering,
        is_send_back=answering and found.offer_kind is OfferKind.SEND_BACK,
    )


def _live_parcel(found: RequestData) -> ParcelData | None:
    live = [one for one in found.parcels if one.state is not ParcelState.FAILED]
    return live[-1] if live else None


def _photos(buyer: BuyerSession, file_ids: tuple[UUID, ...]) -> tuple[Photo, ...]:
    name = gettext("照片")
    urls = [file_url(buyer.store, file_id) for file_id in file_ids]
    return tuple(Photo(url, url, f"{name} {number}") for number, url in enumerate(urls, 1))


def _tag(found: RequestData, pickup: PickupData | None, refund: RefundData | None) -> str:
    """Return what changes with anything the page shows."""
    seen = [
        found.version,
        [(p.tracking_no, p.state) for p in found.parcels],
        pickup and (pickup.state, pickup.tracking_no, len(pickup.events), pickup.slot),
        refund and (refund.state, [part.state for part in refund.parts]),
        bool(found.disinfection),
    ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def timeline(
    found: RequestData, pickup: PickupData | None, refund: RefundData | None, where: Where
) -> tuple[TimelineEntry, ...]:
    """Return what happened, newest first, with what comes next above it."""
    entries = [
        TimelineEntry(words, entry.at, _detail(entry.detail, found.currency), tone=tone, icon=icon)
        for entry in timeline_of(found)
        if (known := TIMELINE_WORDS.get(entry.code))
        for words, tone, icon in [(str(known.text), known.tone, known.icon)]
    ]
    if pickup is not None:
        entries += [
            TimelineEntry(
                str(known.text) if known else event.text, event.at, event.place, icon="truck"
            )
            for event in pickup.events
            for known in [PICKUP_WORDS.get(event.code)]
        ]
        entries.append(
            TimelineEntry(
                gettext("预约了上门取件"), pickup.created_at, pickup.carrier, icon="calendar"
            )
        )
    if refund is not None:
        amount = money_text(refund.amount)
        entries.append(
            TimelineEntry(gettext("退款已发起"), refund.requested_at, amount, icon="receipt-refund")
        )
    # Sorted, then turned: of what happened in one moment the later stands above as well.
    entries.sort(key=lambda entry: entry.at.timestamp() if entry.at else 0)
    entries.reverse()
    if found.ended_at is None:
        ahead = TimelineEntry(where.next, where.due_at, tone=where.tone, is_future=True)
        entries.insert(0, ahead)
    return tuple(entries)


def _detail(detail: Any, currency: str) -> str:
    for name in ("refunded_minor", "owed_minor", "offered_minor"):
        if detail.get(name) is not None:
            return money_text(Money(int(detail[name]), str(detail.get("currency") or currency)))
    return str(detail.get("tracking_no", ""))


# --- what the buyer does ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlotDay:
    """The courier's times of one day: (value, 10:00–12:00)."""

    name: str
    slots: tuple[tuple[str, str], ...]


@require_safe
@for_buyer
def slots(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Answer the times a courier can come, by day, with where he comes."""
    found = _mine(request, request_id)
    now, zone = utcnow(), ZoneInfo(request.store.zone)
    context: dict[str, Any] = {"store": request.store, "request_id": request_id}
    try:
        context["days"] = _days(slots_for(request.buyer.actor, request_id, now=now), zone, now)
    except CarrierDown:
        context["is_down"] = True
    receiver = reveal_receiver(request.buyer.actor, found.order_id, now=now)
    context["receiver"] = receiver
    context["phone"] = receiver.phone.removeprefix("+86")
    return render(request, "portal/slots.html", context)


def _days(found: list[Slot], zone: ZoneInfo, now: datetime) -> list[SlotDay]:
    days: dict[str, list[tuple[str, str]]] = {}
    for slot in found:
        start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
        value = f"{slot.start.isoformat()}|{slot.end.isoformat()}"
        days.setdefault(day_of(slot.start, zone, now), []).append(
            (value, f"{start:%H:%M}–{end:%H:%M}")
        )
    return [SlotDay(name, tuple(times)) for name, times in days.items()]


@require_POST
@for_buyer
def pickup(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Order a courier."""
    _mine(request, request_id)
    by, now = request.buyer.actor, utcnow()
    try:
        slot = _slot(request.POST.get("slot", ""))
        if slot is None or slot not in slots_for(by, request_id, now=now):
            return _back(request, request_id, gettext("请选择一个上门时间；刚才的时间可能已过。"))
        order_pickup(by, request_id, slot, now=now)
    except CarrierDown:
        return _back(
            request, request_id, gettext("快递公司暂时没有响应，请稍后再试，或选择自己寄回。")
        )
    except Conflict as error:
        return _back(request, request_id, _refusal(error))
    except Invalid:
        return _back(request, request_id, gettext("订单没有完整的地址，请选择自己寄回。"))
    return _back(request, request_id, "")


def _slot(text: str) -> Slot | None:
    start, _, end = text.partition("|")
    try:
        slot = Slot(datetime.fromisoformat(start), datetime.fromisoformat(end))
    except ValueError:
        return None
    return slot if slot.start.tzinfo and slot.end.tzinfo else None


@require_POST
@for_buyer
def parcel(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Note the parcel the buyer sends himself."""
    _mine(request, request_id)
    form = ParcelForm(request.POST)
    if not form.is_valid():
        return _show(request, request_id, form, 422)
    try:
        choose_own_parcel(
            request.buyer.actor,
            request_id,
            form.cleaned_data["tracking_no"],
            form.cleaned_data["carrier"],
            now=utcnow(),
        )
    except Conflict as error:
        form.add_error("tracking_no", _refusal(error))
        return _show(request, request_id, form, 409)
    return _back(request, request_id, "")


@require_POST
@for_buyer
def withdraw(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Take the request back."""
    return _do(request, request_id, withdraw_request)


@require_POST
@for_buyer
def offer(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Answer what was offered after the inspection."""
    answer = request.POST.get("answer")
    if answer not in {"accept", "refuse"}:
        return _back(request, request_id, gettext("请选择接受或不接受。"))
    return _do(request, request_id, agree_offer, answer == "accept")


@require_POST
@for_buyer
def appeal(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Have a person look at what the system refused."""
    note = request.POST.get("note", "").replace("\x00", "")[:1000]
    return _do(request, request_id, appeal_request, note=note)


@require_safe
@for_buyer
def label(request: BuyerRequest, request_id: UUID) -> HttpResponse:
    """Draw the code the courier scans."""
    _mine(request, request_id)
    found = pickup_of(request.buyer.actor, request_id)
    text = found.label_text if found else ""
    if not text:
        return HttpResponse(status=404)
    response = HttpResponse(label_svg(text), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
@for_buyer
def upload(request: BuyerRequest) -> HttpResponse:
    """Take a photo in."""
    return take_file(request, request.buyer.actor, request.store, images_only=True)


def _mine(request: BuyerRequest, request_id: UUID) -> RequestData:
    found = get_request(request.buyer.actor, request_id)
    request.buyer.check(found.order_id)
    return found


def _do(
    request: BuyerRequest, request_id: UUID, service: Callable[..., object], *args: Any, **more: Any
) -> HttpResponse:
    _mine(request, request_id)
    try:
        service(request.buyer.actor, request_id, *args, **more, now=utcnow())
    except Conflict as error:
        return _back(request, request_id, _refusal(error))
    return _back(request, request_id, "")


def _refusal(error: Conflict) -> str:
    if isinstance(error, MoveRefused):
        return gettext("申请刚刚有了新进展，这一步不用做了，请看最新状态。")
    return {
        "pickup_ordered_already": gettext("快递员已经约好了，时间见本页。"),
        "pickup_under_way": gettext("快递员已经约好了，不用再填单号。"),
        "parcel_under_way": gettext("您已填写寄回的单号，不用再约快递员。"),
        "tracking_number_taken": gettext("这个单号已被别的申请使用，请检查有没有填错。"),
        "offer_refused_already": gettext("您已拒绝这个方案，请等商家的新方案。"),
        "not_appealable": gettext("客服已经答复过。如有新情况，请直接联系客服。"),
        "more_than_available": gettext("这些商品已在别的申请中，请查看那份申请。"),
    }.get(error.code, gettext("申请刚刚有了新进展，请看最新状态。"))


def _back(request: BuyerRequest, request_id: UUID, wrong: str) -> HttpResponse:
    if wrong and refusals.is_partial(request):
        return refusals.spoken(wrong, 409)
    if wrong:
        messages.error(request, wrong)
    return HttpResponseRedirect(reverse("portal:request", args=[request.store.slug, request_id]))
