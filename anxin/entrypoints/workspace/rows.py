"""The rows of the queue as HTML.

Fifty rows with a dozen values each are most of the page's work, asked for at every change by every
agent: a template takes four times as long as this. Every value of a person is escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from anxin.entrypoints.workspace.queue import Row


def rows_html(rows: Sequence[Row], query: str) -> SafeString:
    """Return the rows; ``query`` is the view they stand in."""
    address = escape(query)
    return mark_safe("".join(_row(one, address) for one in rows))  # noqa: S308  (escaped below)


def _row(one: Row, address: str) -> str:
    unseen = f'<span class="q-unseen">{one.unseen}</span>' if one.unseen else ""
    wait = (
        f'<span class="wait tone-{one.tone}" data-wait="{one.wait_iso}">{escape(one.wait)}</span>'
        if one.wait
        else ""
    )
    where = f"{one.channel} · {one.store}" if one.store else one.channel
    return (
        f'<li><a class="q-row{" unread" if one.unseen else ""}" id="q-{one.id}" '
        f'href="?{address}&amp;c={one.id}" data-id="{one.id}">'
        f'<span class="q-top"><b class="clip">{escape(one.name)}</b>{unseen}'
        f'<time datetime="{one.at_iso}">{one.at}</time></span>'
        f'<span class="q-preview clip">{escape(one.preview)}</span>'
        f'<span class="q-foot">{wait}<span class="clip">{escape(where)}</span>'
        f'<span class="q-whose clip">{escape(one.assignee)}</span></span></a></li>'
    )
