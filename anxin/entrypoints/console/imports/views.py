"""Import pages: list, upload, one import with its preview, progress and result."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anxin.domains.commerce.data import ImportKind, ImportMode
from anxin.domains.commerce.public import (
    FileRefused,
    approve_import,
    cancel_import,
    get_import,
    list_imports,
    template_of,
)
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.entrypoints.console.imports.forms import MAX_MB, UploadForm
from anxin.entrypoints.console.imports.labels import refusal_text
from anxin.entrypoints.console.imports.pages import (
    build_import_page,
    fault_lines,
    list_columns,
)
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.flows.importing import SMALL_BYTES, apply_import, check_import, start_import
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict

# What the page applies itself, within a second; more is the worker's.
_SMALL_ROWS = 1_000


@require_safe
@room(Permission.ORDERS_IMPORT)
def imports(request: StaffRequest) -> HttpResponse:
    """Show the newest imports."""
    rows = list_imports(request.actor)
    shown = {"rows": rows, "columns": list_columns()}
    return render(request, "console/imports/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@room(Permission.ORDERS_IMPORT)
def upload(request: StaffRequest) -> HttpResponse:
    """Take a file; small ones are checked at once, large ones by the worker."""
    stores = list_stores(request.actor.merchant_id)
    form = UploadForm(stores, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if refusal := _take(request, form):
            form.add_error("file", refusal)
        else:
            return redirect("console:import", run_id=request.run_id)  # type: ignore[attr-defined]
    status = 422 if form.errors else 200
    shown = {"form": form, "kinds": list(ImportKind), "limit_mb": MAX_MB}
    return render(request, "console/imports/upload.html", shown, status=status)


@require_safe
@room(Permission.ORDERS_IMPORT)
def page(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Show one import."""
    shown = {"page": build_import_page(get_import(request.actor, run_id))}
    return render(request, "console/imports/page.html", shown)


@require_safe
@room(Permission.ORDERS_IMPORT)
def progress(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Show how far it is; when it is over, have the page come anew."""
    run = get_import(request.actor, run_id)
    answer = render(request, "console/imports/progress.html", {"run": run})
    if not run.is_running:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@room(Permission.ORDERS_IMPORT)
def apply(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Apply a checked file in the chosen mode."""
    is_each = request.POST.get("mode") == ImportMode.EACH.value
    mode = ImportMode.EACH if is_each else ImportMode.ALL
    is_small = get_import(request.actor, run_id).rows_total <= _SMALL_ROWS
    try:
        approve_import(request.actor, run_id, mode=mode, is_inline=is_small, now=utcnow())
        if is_small:
            apply_import(request.actor, run_id)
    except Conflict:
        messages.error(request, _("没有执行：这次导入的状态刚刚变了，下面是现在的情况。"))
    return redirect("console:import", run_id=run_id)


@require_POST
@room(Permission.ORDERS_IMPORT)
def cancel(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Stop an import."""
    try:
        cancel_import(request.actor, run_id, now=utcnow())
    except Conflict:
        messages.error(request, _("已经停不下来了：下面是现在的情况。"))
    return redirect("console:import", run_id=run_id)


@require_safe
@room(Permission.ORDERS_IMPORT)
def errors(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Give the errors as a file that spreadsheets open."""
    rows = fault_lines(get_import(request.actor, run_id))
    return _csv([[_harmless(cell) for cell in row] for row in rows], "errors.csv")


@require_safe
@room(Permission.ORDERS_IMPORT)
def template(request: StaffRequest, kind: str, form: str) -> HttpResponse:
    """Give an example file that imports as it is."""
    if kind not in set(ImportKind) or form not in {"csv", "xlsx"}:
        raise Http404
    in_chinese = not (get_language() or "").startswith("en")
    rows = template_of(ImportKind(kind), in_chinese=in_chinese)
    return _csv(rows, f"{kind}.csv") if form == "csv" else _xlsx(rows, f"{kind}.xlsx")


def _take(request: StaffRequest, form: UploadForm) -> str:
    """Start the import; return why not, in words."""
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    size = file.size or 0
    try:
        run_id = start_import(
            request.actor,
            ImportKind(form.cleaned_data["kind"]),
            file.name or "",
            file.chunks(),
            mode=ImportMode.ALL,
            store=form.cleaned_data["store"],
            is_strict=form.cleaned_data["is_strict"],
            is_inline=size <= SMALL_BYTES,
            now=utcnow(),
        )
    except FileRefused as refusal:
        return refusal_text(refusal.fields, {})
    if size <= SMALL_BYTES:
        check_import(request.actor, run_id)
    request.run_id = run_id  # type: ignore[attr-defined]  # read by the caller alone
    return ""


def _csv(rows: list[list[str]], name: str) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    # With a byte order mark, or Excel reads UTF-8 as the local code page.
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell that begins like a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell[:1] else cell


def _xlsx(rows: list[list[str]], name: str) -> HttpResponse:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        as_text = book.add_format({"num_format": "@"})  # order numbers keep their digits
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(index, column, cell, as_text)
        sheet.set_column(0, len(rows[0]) - 1, 16)
    answer = HttpResponse(
        content.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
