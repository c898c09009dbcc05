"""Template tags of the shared front end: they format what they are given and never query."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from anxin.entrypoints.ui.labels import Label, label_of
from anxin.entrypoints.ui.rooms import Room, rooms_of
from anxin.kernel.clock import utcnow
from anxin.kernel.money import Money, exponent_of

register = template.Library()

# The folder carries the version, so that a new one is a new address (script/vendor).
VENDOR = {
    "tabler": "vendor/tabler-1.4.0/tabler.min.css",
    "htmx": "vendor/htmx-2.0.11/htmx.min.js",
    "alpine": "vendor/alpinejs-csp-3.17.4/alpine.min.js",
    "icons": "vendor/tabler-icons-3.52.0/icons.svg",
    "echarts": "vendor/echarts-6.1.0/echarts.esm.min.js",
}
TONE_ICONS = {
    "good": "circle-check",
    "soon": "clock",
    "late": "alert-circle",
    "ours": "user",
    "neutral": "circle-dashed",
}
_SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}
_DAY = 86_400


@register.simple_tag
def vendor(name: str) -> str:
    """Return the address of a vendored file."""
    return static(VENDOR[name])


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon of the sprite; with ``label`` it has a name for screen readers."""
    hidden = mark_safe('aria-hidden="true"')
    named = format_html('role="img" aria-label="{}"', label) if label else hidden
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        named,
        static(VENDOR["icons"]),
        name,
    )


@register.filter
def tone_icon(tone: str) -> str:
    """Return the icon that says the same as the tone's colour."""
    return TONE_ICONS.get(tone, TONE_ICONS["neutral"])


@register.filter
def money_text(amount: Money | None) -> str:
    """Return ``¥1,234.50``: the currency's sign and its exact minor units; no mark-up."""
    if amount is None:
        return "—"
    sign = "-" if amount.minor < 0 else ""
    digits = f"{abs(amount.decimal):,.{exponent_of(amount.currency)}f}"
    symbol = _SIGNS.get(amount.currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {amount.currency}"


@register.filter
def money(amount: Money | None) -> SafeString:
    """Print an amount in figures of equal width."""
    return format_html('<span class="num">{}</span>', money_text(amount))


@register.filter
def exact(at: datetime | None) -> str:
    """Return ``2026-11-11 00:03:21`` in the reader's zone."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else "—"


@register.filter
def short(at: datetime | None) -> str:
    """Return ``11-11 00:03``, with the year when it is another one."""
    if at is None:
        return "—"
    local = timezone.localtime(at)
    same_year = local.year == timezone.localtime(utcnow()).year
    return local.strftime("%m-%d %H:%M" if same_year else "%Y-%m-%d %H:%M")


@register.simple_tag
def when(at: datetime | None, css: str = "") -> SafeString | str:
    """Print a relative time with the exact one on hover; the page's script keeps it fresh."""
    if at is None:
        return "—"
    return format_html(
        '<time class="{}" datetime="{}" title="{}" data-relative>{}</time>',
        css,
        at.isoformat(),
        exact(at),
        ago(utcnow() - at),
    )


def ago(passed: timedelta) -> str:
    """Return ``3 分钟前``; for the future ``3 分钟后``."""
    seconds = int(passed.total_seconds())
    if abs(seconds) < 45:
        return gettext("刚刚") if seconds >= 0 else gettext("马上")
    span = spell(abs(seconds))
    words = gettext("%(span)s前") if seconds > 0 else gettext("%(span)s后")
    return words % {"span": span}


def spell(seconds: int) -> str:
    """Return a span in its largest unit, rounded down: ``3 分钟``, ``5 小时``, ``12 天``."""
    if seconds < 3600:
        count = max(1, seconds // 60)
        return ngettext("%(count)d 分钟", "%(count)d 分钟", count) % {"count": count}
    if seconds < 2 * _DAY:
        count = seconds // 3600
        return ngettext("%(count)d 小时", "%(count)d 小时", count) % {"count": count}
    count = seconds // _DAY
    return ngettext("%(count)d 天", "%(count)d 天", count) % {"count": count}


@register.inclusion_tag("ui/components/deadline.html")
def deadline(due: datetime | None, start: datetime | None = None) -> dict[str, Any]:
    """Print the time left until ``due`` with a bar from ``start``; red when late."""
    if due is None:
        return {"due": None}
    left = int((due - utcnow()).total_seconds())
    whole = int((due - start).total_seconds()) if start else 24 * 3600
    return {
        "due": due,
        "start": start,
        "iso": due.isoformat(),
        "exact": exact(due),
        "tone": tone_of_rest(left, whole),
        "words": left_words(left),
        "rest": max(0, min(left, whole)),
        "whole": max(1, whole),
    }


def tone_of_rest(left: int, whole: int) -> str:
    """Return late when over, soon in the last quarter, else good."""
    if left < 0:
        return "late"
    return "soon" if left * 4 <= whole else "good"


def left_words(left: int) -> str:
    """Return ``剩 3 小时`` or ``超时 20 分钟``."""
    span = spell(abs(left))
    return (gettext("剩 %(span)s") if left >= 0 else gettext("超时 %(span)s")) % {"span": span}


@register.filter
def masked_phone(phone: str | None) -> str:
    """Return ``138****5678``: enough to recognise, not enough to call."""
    digits = (phone or "").strip()
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}"


@register.filter
def label(code: object, kind: str) -> str:
    """Return the words for a stable code of a kind (``labels.py`` of the entry points)."""
    return str(label_of(code, kind).text)


@register.inclusion_tag("ui/components/badge.html")
def state(code: object, kind: str) -> dict[str, Any]:
    """Print a state as a badge: icon, words and tone of its label."""
    known: Label = label_of(code, kind)
    return {"text": known.text, "tone": known.tone, "icon": known.icon}


@register.simple_tag
def control(field: forms.BoundField, **attributes: str) -> SafeString:
    """Print a form field's widget in our look."""
    widget = field.field.widget
    css = "form-control"
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        css = ""
    elif isinstance(widget, forms.Select):
        css = "form-select"
    given = {key.replace("_", "-"): value for key, value in attributes.items()}
    own = str(widget.attrs.get("class", ""))
    return field.as_widget(attrs={"class": f"{own} {css}".strip(), **given})


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Return whether the label belongs beside the widget."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag(takes_context=True)
def rooms(context: dict[str, Any]) -> list[Room]:
    """Return the rooms of the bar for whoever asks for the page."""
    actor = getattr(context.get("request"), "actor", None)
    return rooms_of(actor) if actor is not None else []


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """Return the page's theme: auto, light or dark."""
    return getattr(context.get("request"), "theme", "auto")


@register.simple_tag
def page_language() -> str:
    """Return the page's language for ``<html lang>``: zh-CN or en."""
    return "en" if (get_language() or "").startswith("en") else "zh-CN"


@register.simple_tag
def htmx_config() -> str:
    """Return htmx's configuration for its meta element: nothing inline, nothing evaluated."""
    return json.dumps(
        {
            "includeIndicatorStyles": False,
            "allowEval": False,
            "allowScriptTags": False,
            "selfRequestsOnly": True,
            "historyCacheSize": 0,
            "timeout": 20_000,
            "responseHandling": [
                {"code": "204", "swap": False},
                {"code": "[23]..", "swap": True},
                # A form with its errors is shown; every other refusal becomes a toast.
                {"code": "422", "swap": True, "error": False},
                {"code": "[45]..", "swap": False, "error": True},
            ],
        }
    )


@register.simple_tag
def words() -> SafeString:
    """Print the sentences that our scripts say, as data."""
    return json_script(
        {
            "just_now": gettext("刚刚"),
            "soon": gettext("马上"),
            "ago": gettext("{span}前"),
            "ahead": gettext("{span}后"),
            "left": gettext("剩 {span}"),
            "late": gettext("超时 {span}"),
            "copied": gettext("已复制"),
            "not_copied": gettext("没能复制，请手动选择后复制。"),
            "close": gettext("关闭"),
            "sign_in": gettext("重新登录"),
            "expired": gettext("登录已过期。请重新登录，您填写的内容会保留在本页。"),
            "failed": gettext("操作没有成功，请稍后再试。"),
            "refused": gettext("您没有权限进行这项操作。"),
            "missing": gettext("找不到该内容，它可能已被删除或不属于您。"),
            "unreachable": gettext("连不上服务器，请检查网络后再试。您填写的内容还在。"),
            "too_slow": gettext("服务器没有及时回应，请稍后再试。"),
            "lost": gettext("连接已断开，正在重新连接…"),
            "back": gettext("已重新连接"),
            "restored": gettext("已恢复您之前填写的内容。"),
            "too_big": gettext("“{name}”超过 {limit} MB，请压缩后再上传。"),
            "wrong_type": gettext("“{name}”不是可用的文件类型。"),
            "too_many": gettext("最多只能上传 {count} 个文件。"),
            "not_uploaded": gettext("“{name}”没有上传成功，请重试。"),
            "remove": gettext("移除"),
            "undo": gettext("撤销"),
        },
        "ui-words",
    )
