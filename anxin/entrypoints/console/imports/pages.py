"""What the import pages show, gathered into frozen shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anxin.domains.commerce.data import ImportData, ImportKind
from anxin.domains.commerce.public import columns_of
from anxin.entrypoints.console.imports.labels import ENCODINGS, fault_text, refusal_text
from anxin.entrypoints.ui.shapes import Column

SHOWN_FAULTS = 200


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One thing wrong, with the column as the file calls it."""

    line: int
    column: str
    value: str
    text: str
    order_no: str


@dataclass(frozen=True, slots=True)
class PreviewTable:
    """The first rows as they were understood."""

    titles: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import."""

    run: ImportData
    faults: Sequence[FaultRow]
    warnings: Sequence[FaultRow]
    more_faults: int
    preview: PreviewTable
    refusal: str
    layout: str
    ignored: Sequence[str]
    is_all_possible: bool
    good: int


def build_import_page(run: ImportData) -> ImportPage:
    """Return all that the page of one import shows."""
    names = column_names(run.kind)
    faults = [_fault(run, names, one) for one in run.errors[:SHOWN_FAULTS]]
    return ImportPage(
        run=run,
        faults=faults,
        warnings=[_fault(run, names, one) for one in run.warnings[:20]],
        more_faults=max(0, run.error_count - len(faults)),
        preview=_preview(run, names),
        refusal=refusal_text(run.failure, names) if run.failure else "",
        layout=_layout(run),
        ignored=run.layout.get("ignored", []),
        is_all_possible=run.error_count == 0,
        good=run.created + run.updated + run.unchanged,
    )


def list_columns() -> list[Column]:
    """Return the columns of the list of imports."""
    return [
        Column(_("开始")),
        Column(_("内容")),
        Column(_("文件")),
        Column(_("状态")),
        Column(_("行数"), is_number=True),
        Column(_("新增"), is_number=True),
        Column(_("更新"), is_number=True),
        Column(_("不变"), is_number=True),
        Column(_("拒绝"), is_number=True),
        Column(_("操作人")),
    ]


def column_names(kind: ImportKind) -> dict[str, str]:
    """Return the columns' names in the reader's language, by our own name."""
    in_english = (get_language() or "").startswith("en")
    return {one.name: one.name if in_english else one.chinese for one in columns_of(kind)}


def fault_lines(run: ImportData) -> list[list[str]]:
    """Return the errors as rows of a table to be downloaded."""
    names = column_names(run.kind)
    rows = [_fault(run, names, one) for one in run.errors]
    head = [_("行"), _("列"), _("值"), _("问题"), _("订单号")]
    return [head, *([str(r.line), r.column, r.value, r.text, r.order_no] for r in rows)]


def _fault(run: ImportData, names: dict[str, str], fault: dict[str, Any]) -> FaultRow:
    column = str(fault["column"])
    title = run.layout.get("columns", {}).get(column) or names.get(column, column)
    return FaultRow(
        int(fault["line"]),
        title,
        str(fault.get("value", "")),
        fault_text(fault),
        str(fault.get("order_no", "")),
    )


def _preview(run: ImportData, names: dict[str, str]) -> PreviewTable:
    present = [name for name in names if name in run.layout.get("columns", {})]
    return PreviewTable(
        [names[name] for name in present],
        [(row["line"], [row["values"].get(name, "") for name in present]) for row in run.preview],
    )


def _layout(run: ImportData) -> str:
    if run.layout.get("format") == "xlsx":
        return _("XLSX，工作表“%(sheet)s”") % {"sheet": run.layout["sheet"]}
    if not run.layout:
        return ""
    mark = {"\t": "Tab"}.get(run.layout["delimiter"], run.layout["delimiter"])
    return _("CSV，编码 %(encoding)s，分隔符 %(mark)s") % {
        "encoding": ENCODINGS.get(run.layout["encoding"], run.layout["encoding"]),
        "mark": mark,
    }
