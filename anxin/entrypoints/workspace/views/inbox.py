"""The page of three panes, and the queue in it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.workspace.labels import EVENT_WORDS
from anxin.entrypoints.workspace.queue import Filter, build_queue
from anxin.entrypoints.workspace.words import words_of_workspace
from anxin.kernel.clock import utcnow


@room(Permission.CONVERSATIONS_READ)
def inbox(request: StaffRequest) -> HttpResponse:
    """Show the workspace; which conversation is open stands in the address and is fetched by it."""
    wanted = Filter.of(request.GET)
    return render(
        request,
        "workspace/inbox.html",
        {
            "queue": build_queue(request.actor, wanted, utcnow()),
            "words": words_of_workspace(),
            "events": {code: str(words) for code, words in EVENT_WORDS.items()},
            "may_reply": request.actor.may(Permission.CONVERSATIONS_REPLY),
        },
    )


@room(Permission.CONVERSATIONS_READ)
def queue(request: StaffRequest) -> HttpResponse:
    """Answer the rows of a page of the queue; the first one with the counts of the views."""
    wanted = Filter.of(request.GET)
    found = build_queue(request.actor, wanted, utcnow(), with_tabs=not wanted.cursor)
    response = HttpResponse(render_to_string("workspace/rows.html", {"queue": found}))
    response["Cache-Control"] = "no-store"
    return response
