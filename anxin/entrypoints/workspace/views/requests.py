"""Requests under review: the list, one request, and the agent's answer."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from anxin.domains.aftersales.data import OfferKind
from anxin.domains.aftersales.public import (
    State,
    decide_request,
    get_request,
    make_offer,
)
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.refusals import is_partial
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.ui.shapes import Column
from anxin.entrypoints.ui.templatetags.anxin_ui import money_text
from anxin.entrypoints.workspace.reviewing import (
    RequestFilter,
    build_request_list,
    build_request_page,
)
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, Invalid, NotAllowed
from anxin.kernel.money import Money, exponent_of


@room(Permission.REQUESTS_READ)
def request_list(request: StaffRequest) -> HttpResponse:
    """Show requests; inside the page only the further rows."""
    page = build_request_list(request.actor, RequestFilter.of(request.GET), utcnow())
    context = {
        "page": page,
        "columns": [
            Column(gettext("申请")),
            Column(gettext("买家")),
            Column(gettext("类型与原因")),
            Column(gettext("状态")),
            Column(gettext("期限")),
            Column(gettext("金额"), is_number=True),
            Column(gettext("申请时间")),
        ],
        "row_template": "workspace/requests/row.html",
        "states": [(str(one), one) for one in State],
    }
    if is_partial(request) and page.filter.cursor:
        rows = {"rows": page.rows, "next_url": page.next_url, "span": 7}
        return render(request, "ui/components/rows.html", {**context, **rows})
    return render(request, "workspace/requests/list.html", context)


@room(Permission.REQUESTS_READ)
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Show everything of a request; inside the page only what can change."""
    return _show(request, request_id)


def _show(request: StaffRequest, request_id: UUID, refusal: str = "") -> HttpResponse:
    page = build_request_page(request.actor, request_id)
    context = {"page": page, "refusal": refusal, "kinds": list(OfferKind), "typed": request.POST}
    template = "request_body" if is_partial(request) else "request"
    return render(
        request,
        f"workspace/requests/{template}.html",
        context,
        status=422 if refusal else 200,
    )


@require_POST
@room(Permission.REQUESTS_DECIDE)
def decide(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Grant or decline; a refusal keeps what was typed and says why."""
    accept = request.POST.get("answer") == "accept"
    version = request.POST.get("version", "")
    try:
        decide_request(
            request.actor,
            request_id,
            accept,
            request.POST.get("override_reason", ""),
            explanation=request.POST.get("explanation", ""),
            seen_version=int(version) if version.isdigit() else None,
            now=utcnow(),
        )
    except NotAllowed:
        words = gettext("金额超过您的审批上限，请主管处理。")
        return _show(request, request_id, words)
    except Invalid:
        missing = (
            gettext("规则不允许这个申请，要同意请写明理由。")
            if accept
            else gettext("拒绝时要写给买家看的说明。")
        )
        return _show(request, request_id, missing)
    except Conflict:
        words = gettext("申请刚刚有了变化，请看最新情况后再处理。")
        return _show(request, request_id, words)
    done = (
        gettext("已同意，买家会马上看到。") if accept else gettext("已拒绝，买家会看到您的说明。")
    )
    messages.success(request, done)
    return redirect("workspace:request", request_id)


@require_POST
@room(Permission.REQUESTS_DECIDE)
def offer(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Offer the buyer something else after a failed inspection."""
    currency = get_request(request.actor, request_id).currency
    try:
        minor = _minor(request.POST.get("amount", ""), currency)
        make_offer(request.actor, request_id, minor, request.POST.get("kind", ""), now=utcnow())
    except Invalid as error:
        return _show(request, request_id, _why_not(error, currency))
    except Conflict:
        words = gettext("申请刚刚有了变化，请看最新情况后再处理。")
        return _show(request, request_id, words)
    messages.success(request, gettext("新方案已发给买家，等买家答复。"))
    return redirect("workspace:request", request_id)


def _minor(typed: str, currency: str) -> int:
    try:
        amount = Decimal(typed.replace(",", "").replace("¥", "").strip())
        minor = amount.scaleb(exponent_of(currency))
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise Invalid("not an amount", field="amount")
        return int(minor)
    except InvalidOperation as error:
        raise Invalid("not an amount", field="amount") from error


def _why_not(error: Invalid, currency: str) -> str:
    if "least_minor" in error.fields:
        least = money_text(Money(error.fields["least_minor"], currency))
        most = money_text(Money(error.fields["most_minor"], currency))
        return gettext("金额要在 %(least)s 和 %(most)s 之间。") % {"least": least, "most": most}
    return gettext("请填写金额，如 128.00。")
