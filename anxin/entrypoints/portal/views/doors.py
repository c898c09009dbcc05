"""Signing in and out: order number and address, then the code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from anxin.domains.customers.public import mask
from anxin.entrypoints.portal.forms import CodeForm, OrderForm
from anxin.entrypoints.portal.sign_in import (
    CodeOver,
    CodeWrong,
    TooManyCodes,
    ask_for_code,
    check_code,
    read_address,
)
from anxin.entrypoints.portal.visiting import PortalRequest, at_store, enter, home_url, leave
from anxin.kernel.clock import utcnow


def landing(
    request: PortalRequest, form: OrderForm | None = None, status: int = 200
) -> HttpResponse:
    """Show what can be done here, and the sign-in."""
    chosen = form or OrderForm(
        region=request.store.region, initial={"order_no": request.GET.get("order", "")[:60]}
    )
    context = {"store": request.store, "form": chosen, "next": _next_of(request)}
    return render(request, "portal/landing.html", context, status=status)


@require_POST
@at_store
def ask(request: PortalRequest) -> HttpResponse:
    """Have a code sent, and ask for it. The same whether or not there is such an order."""
    form = OrderForm(request.POST, region=request.store.region)
    if not form.is_valid():
        return landing(request, form, 422)
    wanted = {
        "order_no": form.cleaned_data["order_no"],
        "address": form.cleaned_data["address"],
        "next": _next_of(request),
    }
    try:
        _ask(request, wanted)
    except TooManyCodes:
        form.add_error(None, _too_many())
        return landing(request, form, 429)
    return HttpResponseRedirect(reverse("portal:code", args=[request.store.slug]))


def _ask(request: PortalRequest, wanted: dict[str, str]) -> None:
    code_id = ask_for_code(
        request.store,
        wanted["order_no"],
        wanted["address"],
        ip=request.META.get("REMOTE_ADDR", ""),
        language=get_language() or "zh-hans",
        now=utcnow(),
    )
    request.visit["pending"] = {**wanted, "store": request.store.slug, "code_id": str(code_id)}


@require_http_methods(["GET", "POST"])
@at_store
def code(request: PortalRequest) -> HttpResponse:
    """Ask for the code, and let in who knows it."""
    pending = _pending(request)
    if pending is None:
        return HttpResponseRedirect(home_url(request.store))
    if request.method == "GET":
        return _code_page(request, pending, CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, pending, form, 422)
    try:
        proven = check_code(
            request.store, UUID(pending["code_id"]), form.cleaned_data["code"], now=utcnow()
        )
    except CodeWrong as error:
        words = gettext("验证码不对，请检查后再输一次，还可以试 %(left)d 次。")
        form.add_error("code", words % error.fields)
    except CodeOver:
        form.add_error("code", gettext("这个验证码已失效，请重新获取。"))
    else:
        enter(request, proven)
        return HttpResponseRedirect(pending["next"] or home_url(request.store))
    return _code_page(request, pending, form, 422)


def _code_page(
    request: PortalRequest, pending: dict[str, str], form: CodeForm, status: int = 200
) -> HttpResponse:
    kind, address = read_address(pending["address"], request.store.region)
    context = {
        "store": request.store,
        "form": form,
        "order_no": pending["order_no"],
        "address": mask(kind, address),
        "next": pending["next"],
        "back_url": home_url(request.store),
    }
    return render(request, "portal/code.html", context, status=status)


@require_POST
@at_store
def again(request: PortalRequest) -> HttpResponse:
    """Send another code to the same address."""
    pending = _pending(request)
    if pending is None:
        return HttpResponseRedirect(home_url(request.store))
    try:
        _ask(request, {key: pending[key] for key in ("order_no", "address", "next")})
    except TooManyCodes:
        messages.error(request, _too_many())
    else:
        messages.success(request, gettext("已重新发送，请输入最新收到的验证码。"))
    return HttpResponseRedirect(reverse("portal:code", args=[request.store.slug]))


@require_POST
@at_store
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the buyer's session at this merchant."""
    leave(request)
    return HttpResponseRedirect(home_url(request.store))


def _pending(request: PortalRequest) -> dict[str, str] | None:
    found: dict[str, Any] | None = request.visit.get("pending")
    return found if found and found["store"] == request.store.slug else None


def _next_of(request: PortalRequest) -> str:
    """Return the page of this store to come back to; addresses elsewhere are dropped."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    is_here = page.startswith(home_url(request.store)) and url_has_allowed_host_and_scheme(
        page, {request.get_host()}
    )
    return page if is_here else ""


def _too_many() -> str:
    return gettext("获取验证码太频繁了，请过一个小时再试，或联系客服。")
