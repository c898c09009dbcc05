"""Refusals in the warehouse's words: what is wrong, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import label_of
from anxin.kernel.errors import DomainError

_WORDS = {
    "tracking_number_refused": _("这不像运单号，请重新扫描或核对后输入。"),
    "tracking_number_taken": _("这个运单号已经登记过，请直接扫描处理。"),
    "already_inspected": _("这件退货已经验过货，不能重复验货。"),
    "already_disinfected": _("消毒已经登记过。"),
    "already_disposed": _("这件退货已经处置过。"),
    "not_received_yet": _("还没有签收，请先扫描运单号。"),
    "not_inspected_yet": _("还没有验货，或买家还没有答复方案，暂不能处置。"),
    "disinfection_missing": _("请先登记消毒，再重新上架。"),
    "restock_refused": _("只有验货合格的商品才能重新上架。"),
    "disposal_does_not_add_up": _("每件收到的商品都要选一个去向，数量要对上。"),
    "findings_incomplete": _("每一行商品都要填写验货结果。"),
    "file_unknown": _("照片没有上传成功，请重新拍照。"),
}
_FIELDS = {
    "method": _("请选择消毒方式。"),
    "agent": _("请填写消毒剂。"),
    "dwell_minutes": _("请填写停留时间，1 到 1440 分钟。"),
    "grade": _("请选择成色等级。"),
    "codes": _("有不合格的商品时，请勾选原因或写明情况。"),
}


def words_of(error: DomainError) -> str:
    """Return a sentence for the clerk; what has no own words says that it was refused."""
    if error.code == "findings_do_not_add_up" and "expected" in error.fields:
        return gettext("数量对不上：应有 %(expected)s 件，填了 %(found)s 件。") % error.fields
    if error.code == "move_refused":
        state = label_of(error.fields.get("state", ""), "station_state").text
        return gettext("现在不能这样操作：该售后单的状态是“%(state)s”。") % {"state": state}
    known = _WORDS.get(error.code) or _FIELDS.get(str(error.fields.get("field", "")))
    return str(known) if known else gettext("没有成功，请检查填写的内容后再试。")
