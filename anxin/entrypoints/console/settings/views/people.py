"""People, their sign-ins, teams, and what duties allow."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anxin.domains.merchants.data import (
    Duty,
    Permission,
    StaffId,
    StaffRecord,
    StaffTerms,
    StoreData,
    TeamData,
    TeamId,
)
from anxin.domains.merchants.public import (
    add_staff,
    change_staff,
    create_team,
    forget_second_factor,
    get_merchant,
    get_staff_record,
    list_stores,
    list_teams,
    rename_team,
    reset_password,
)
from anxin.entrypoints.console.settings.forms import (
    HireForm,
    PasswordForm,
    StaffForm,
    TeamForm,
    say,
    staff_initial,
)
from anxin.entrypoints.console.settings.pages import (
    build_roles,
    build_staff_page,
    suggest_password,
)
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, Invalid, NotAllowed

_EDIT = ["GET", "HEAD", "POST"]


@require_safe
@room(Permission.STAFF_MANAGE)
def staff(request: StaffRequest) -> HttpResponse:
    """Show people by name; with a cursor only the next rows."""
    page = build_staff_page(
        request.actor,
        text=request.GET.get("q", "").replace("\0", "").strip()[:60],
        is_active=request.GET.get("state") != "former",
        cursor=request.GET.get("cursor", ""),
    )
    context = {"page": page, "row_template": "console/settings/staff_row.html"}
    if "HX-Request" in request.headers and request.GET.get("cursor"):
        rows = {"rows": page.rows, "next_url": page.next_url, "span": len(page.columns)}
        return render(request, "ui/components/rows.html", {**context, **rows})
    return render(request, "console/settings/staff.html", context)


@never_cache
@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def hire(request: StaffRequest) -> HttpResponse:
    """Hire somebody."""
    initial = {"password": suggest_password(), "approval_limit": 0}
    form = HireForm(*_choices(request), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            staff_id = add_staff(
                request.actor,
                data["user_name"],
                data["password"],
                form.terms(),
                email=data["email"],
                now=utcnow(),
            )
        except (Conflict, Invalid, NotAllowed) as refusal:
            say(form, refusal)
        else:
            words = _("已添加 %(name)s，用户名 %(user_name)s。请把初始密码转告本人。")
            who = {"name": data["name"], "user_name": data["user_name"].strip().lower()}
            messages.success(request, words % who)
            return redirect("console:settings-person", staff_id=staff_id)
    status = 422 if form.errors else 200
    return render(request, "console/settings/hire.html", {"form": form}, status=status)


@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def person(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Show a person and change what he is there for."""
    record = get_staff_record(request.actor, StaffId(staff_id))
    form = StaffForm(*_choices(request), request.POST or None, initial=staff_initial(record))
    if request.method == "POST" and form.is_valid():
        try:
            change_staff(
                request.actor,
                record.id,
                form.terms(is_active=record.is_active),
                now=utcnow(),
            )
        except (Conflict, Invalid, NotAllowed) as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("已保存，从他的下一步操作起生效。"))
            return redirect("console:settings-person", staff_id=staff_id)
    context = {
        "form": form,
        "person": record,
        "duties": [duty for duty in Duty if duty in record.duties],
        "is_self": str(record.id) == request.actor.id,
    }
    return render(
        request, "console/settings/person.html", context, status=422 if form.errors else 200
    )


@require_POST
@room(Permission.STAFF_MANAGE)
def activity(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Let a person go, or back in."""
    record = get_staff_record(request.actor, StaffId(staff_id))
    is_active = request.POST.get("active") == "1"
    try:
        change_staff(
            request.actor, record.id, replace(_terms(record), is_active=is_active), now=utcnow()
        )
    except Conflict:
        messages.error(request, _("没有停用：这是最后一位在职的管理员。请先让另一个人成为管理员。"))
    except NotAllowed:
        messages.error(request, _("没有执行：他有您自己没有的权限。"))
    else:
        done = _("已恢复 %(name)s，可以登录了。") if is_active else _("已停用 %(name)s，立即生效。")
        messages.success(request, done % {"name": record.name})
    return redirect("console:settings-person", staff_id=staff_id)


@never_cache
@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def password(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Give somebody a new password."""
    record = get_staff_record(request.actor, StaffId(staff_id))
    form = PasswordForm(request.POST or None, initial={"password": suggest_password()})
    if request.method == "POST" and form.is_valid():
        try:
            reset_password(request.actor, record.id, form.cleaned_data["password"], now=utcnow())
        except (Invalid, NotAllowed) as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("密码已重设，他之前的登录都已失效。请把新密码转告本人。"))
            return redirect("console:settings-person", staff_id=staff_id)
    context = {"form": form, "person": record}
    return render(
        request, "console/settings/password.html", context, status=422 if form.errors else 200
    )


@require_POST
@room(Permission.STAFF_MANAGE)
def second_factor(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Forget somebody's second factor."""
    try:
        forget_second_factor(request.actor, StaffId(staff_id), now=utcnow())
    except NotAllowed:
        messages.error(request, _("没有执行：他有您自己没有的权限。"))
    else:
        messages.success(request, _("已解除两步验证，他下次只用密码登录。"))
    return redirect("console:settings-person", staff_id=staff_id)


@require_http_methods(_EDIT)
@room(Permission.STAFF_MANAGE)
def teams(request: StaffRequest) -> HttpResponse:
    """Show teams and create one."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_team(request.actor, form.cleaned_data["name"], now=utcnow())
        except (Conflict, Invalid) as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("已创建团队。"))
            return redirect("console:settings-teams")
    context = {"form": form, "teams": list_teams(request.actor)}
    return render(
        request, "console/settings/teams.html", context, status=422 if form.errors else 200
    )


@require_POST
@room(Permission.STAFF_MANAGE)
def team(request: StaffRequest, team_id: UUID) -> HttpResponse:
    """Rename a team."""
    form = TeamForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有改名：名称要有 1 到 60 个字。"))
        return redirect("console:settings-teams")
    try:
        rename_team(request.actor, TeamId(team_id), form.cleaned_data["name"], now=utcnow())
    except Conflict:
        messages.error(request, _("没有改名：已经有同名的团队。"))
    else:
        messages.success(request, _("已改名。"))
    return redirect("console:settings-teams")


@require_safe
@room(Permission.STAFF_MANAGE)
def roles(request: StaffRequest) -> HttpResponse:
    """Show what each duty may do."""
    context = {"groups": build_roles(), "duties": list(Duty), "span": len(Duty) + 1}
    return render(request, "console/settings/roles.html", context)


def _choices(request: StaffRequest) -> tuple[str, list[TeamData], list[StoreData]]:
    by = request.actor
    return get_merchant(by).currency, list_teams(by), list_stores(by.merchant_id)


def _terms(record: StaffRecord) -> StaffTerms:
    return StaffTerms(
        record.name,
        record.duties,
        record.team_ids,
        record.store_ids,
        record.approval_limit_minor,
        record.is_active,
    )
