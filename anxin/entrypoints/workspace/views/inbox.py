"""The page of three panes, and the queue in it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.workspace.queue import Filter, QueuePage, build_queue
from anxin.entrypoints.workspace.rows import rows_html
from anxin.entrypoints.workspace.shell import shell_html
from anxin.kernel.clock import utcnow


@room(Permission.CONVERSATIONS_READ)
def inbox(request: StaffRequest) -> HttpResponse:
    """Show the workspace; which conversation is open stands in the address and is fetched by it."""
    found = build_queue(request.actor, Filter.of(request.GET), utcnow())
    context = {"queue": found, "rows": rows_of(found), "panes": shell_html(get_language() or "")}
    return render(request, "workspace/inbox.html", context)


@room(Permission.CONVERSATIONS_READ)
def queue(request: StaffRequest) -> HttpResponse:
    """Answer the rows of a page of the queue; the first one with the counts of the views."""
    wanted = Filter.of(request.GET)
    found = build_queue(request.actor, wanted, utcnow(), with_tabs=not wanted.cursor)
    context = {"queue": found, "rows": rows_of(found)}
    response = HttpResponse(render_to_string("workspace/rows.html", context))
    response["Cache-Control"] = "no-store"
    return response


def rows_of(queue: QueuePage) -> SafeString:
    """Return the rows as HTML."""
    return rows_html(queue.rows, queue.filter.query())
