"""Words for imports: states, kinds, what is wrong with a file, a row or a cell."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import Label, register
from anxin.entrypoints.ui.templatetags.anxin_ui import money_text
from anxin.kernel.money import Money

register(
    "import_state",
    {
        "reading": Label(_("检查中"), "soon", "loader-2"),
        "checked": Label(_("等您确认"), "ours"),
        "applying": Label(_("导入中"), "soon", "loader-2"),
        "done": Label(_("已导入"), "good"),
        "refused": Label(_("有错误，未导入"), "late"),
        "failed": Label(_("读不了这个文件"), "late"),
        "cancelled": Label(_("已取消"), "neutral", "ban"),
    },
)
register(
    "import_kind",
    {
        "orders": Label(_("订单")),
        "products": Label(_("商品")),
        "shipments": Label(_("发货与物流")),
    },
)
register(
    "import_mode",
    {"all": Label(_("全部或全不")), "per-order": Label(_("逐单导入"))},
)

# Each sentence says what is wrong and, where there is one, what would be right.
FAULTS: dict[str, str | Promise] = {
    "required": _("这一格不能空"),
    "text_too_long": _("太长了，最多 {limit} 个字"),
    "text_has_control_characters": _("含有不可见的控制字符"),
    "amount_not_readable": _("看不懂这个金额，请写成 1234.50 这样"),
    "amount_too_fine": _("小数位太多，{currency} 没有这么小的单位"),
    "amount_negative": _("金额不能是负数"),
    "amount_absurd": _("金额大得不合理，是不是错列了"),
    "quantity_not_whole": _("数量要写成整数"),
    "quantity_not_positive": _("数量至少是 1"),
    "quantity_absurd": _("数量大得不合理，最多 {limit}"),
    "not_yes_or_no": _("请写是或否"),
    "unknown_choice": _("不认识这个值，可以写：{allowed}"),
    "unknown_tender": _("不认识这种支付方式，可以写：{allowed}"),
    "unknown_currency": _("不认识这个币种，请写 CNY 这样的三个字母"),
    "unknown_region": _("请写 CN 这样的两个字母"),
    "options_not_readable": _("规格请写成 颜色：红；尺码:M 这样"),
    "time_not_readable": _("看不懂这个时间，请写成 2026-11-11 10:03:22"),
    "time_absurd": _("时间不合理"),
    "time_in_future": _("时间在未来"),
    "store_missing": _("请写明店铺，可以写：{allowed}"),
    "unknown_store": _("没有这个店铺，可以写：{allowed}"),
    "differs_within_order": _("与第 {first_line} 行同一订单的“{first_value}”不一致"),
    "paid_does_not_add_up": _("实付写的是 {stated}，按商品 − 优惠 + 运费 + 税算是 {computed}"),
    "payments_does_not_add_up": _("各支付方式合计 {stated}，与实付 {computed} 不一致"),
    "tax_does_not_add_up": _("各商品税额合计 {computed}，与订单税费 {stated} 不一致"),
    "discount_does_not_add_up": _("优惠 {stated} 超过了商品金额 {computed}"),
    "lines_does_not_add_up": _("商品的数量、单价或优惠不合理"),
    "order_claimed": _("这个订单已有售后或退款，金额不能再改（现为 {computed}）"),
    "too_many_lines": _("一个订单最多 {limit} 行"),
    "sku_twice": _("同一个商品编码出现了不同的两行"),
    "unknown_sku": _("商品库里没有这个商品"),
    "unknown_order": _("没有这个订单，请先导入订单"),
    "sku_not_in_order": _("订单里没有这个商品"),
    "more_than_bought": _("发货数量超过了购买数量"),
    "store_unknown": _("没有这个店铺"),
}
REFUSALS: dict[str, str | Promise] = {
    "file_empty": _("文件里没有数据。请从模板开始填写。"),
    "file_too_large": _("文件太大了，最多 200 MB。请分成几个文件。"),
    "not_a_table": _("这不是表格文件。请上传 CSV 或 XLSX。"),
    "old_excel_format": _("这是旧的 XLS 格式。请在 Excel 里另存为 XLSX 或 CSV。"),
    "workbook_damaged": _("这个 XLSX 文件已损坏。请重新导出或另存一次。"),
    "file_is_a_bomb": _("这个压缩文件展开后大得不合理，没有读取。"),
    "encoding_unknown": _("认不出文字编码。请另存为 UTF-8 或 GB18030 的 CSV。"),
    "csv_broken": _("第 {line} 行起读不下去，常见原因是引号没有成对。"),
    "too_many_columns": _("第 {line} 行的列太多了，最多 {limit} 列。"),
    "column_missing": _("缺少必需的列：{columns}。文件里有：{titles}"),
    "column_twice": _("同一个意思的列出现了两次：{columns}"),
    "column_unknown": _("没有这样的字段：{columns}"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 BOM",
    "gb18030": "GB18030",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


def fault_text(fault: dict[str, Any]) -> str:
    """Return what is wrong with a cell, in the reader's words."""
    sentence = FAULTS.get(fault["code"])
    if sentence is None:
        return str(fault["code"])
    return str(sentence).format_map(_Words(fault))


def refusal_text(failure: dict[str, Any], names: dict[str, str]) -> str:
    """Return why a file could not be read; ``names`` are the columns' names for the reader."""
    known = {
        **failure,
        "columns": gettext("、").join(names.get(one, one) for one in failure.get("columns", [])),
        "titles": gettext("、").join(failure.get("titles", [])[:12]),
    }
    sentence = REFUSALS.get(str(failure.get("reason")))
    return str(sentence).format_map(_Words(known)) if sentence else gettext("读不了这个文件")


class _Words(dict[str, Any]):
    """What a sentence is filled with: amounts in their currency, lists as words, gaps as dashes."""

    def __missing__(self, key: str) -> str:
        return "—"

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if key in {"stated", "computed"} and isinstance(value, int) and "currency" in self:
            return money_text(Money(value, self["currency"]))
        return gettext("、").join(map(str, value[:20])) if isinstance(value, list) else value
