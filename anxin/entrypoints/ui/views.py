"""Pages that belong to no room: the front door, preferences, the expired form, the gallery."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.merchants.public import keep_preferences
from anxin.entrypoints.ui import refusals, rooms
from anxin.entrypoints.ui.gallery import build_gallery
from anxin.entrypoints.ui.preferences import keep_in_cookies
from anxin.kernel.actors import Actor


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the person's first room, strangers to sign-in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return rooms.sign_in_first(request)
    first = rooms.home_of(actor)
    if first is None:
        return refusals.forbidden(request, rooms.nothing_here())
    return HttpResponseRedirect(first)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Switch language or theme: on the staff row, and in a cookie for pages before sign-in."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        keep_preferences(actor, language=language, theme=theme)
    response: HttpResponse = (
        HttpResponse(status=204)
        if refusals.is_partial(request)
        else HttpResponseRedirect(rooms.page_of(request))
    )
    keep_in_cookies(response, language=language, theme=theme)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is no longer ours; Django's CSRF_FAILURE_VIEW."""
    sign_in = rooms.sign_in_url(rooms.page_of(request))
    if refusals.is_partial(request):
        return refusals.session_expired(sign_in)
    return render(request, "ui/errors/419.html", {"back": rooms.page_of(request)}, status=403)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with typical, empty, too much and wrong data; in debug only."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "ui/gallery.html", {"page": build_gallery()})
