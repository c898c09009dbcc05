"""The wall itself, and the two answers with which it stays true."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from anxin.domains.merchants.data import Permission
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.entrypoints.wallboard.charts import build_charts
from anxin.entrypoints.wallboard.figures import build_figures
from anxin.kernel.clock import utcnow


@room(Permission.METRICS_READ)
def wall(request: StaffRequest) -> HttpResponse:
    """Show the figures as they stand, and their history."""
    now = utcnow()
    charts = build_charts(request.actor, now)
    return render(
        request,
        "wallboard/wall.html",
        {
            "figures": build_figures(request.actor, now),
            "charts": charts,
            "drawn": {chart.key: asdict(chart) for chart in charts},
        },
    )


@room(Permission.METRICS_READ)
def figures(request: StaffRequest) -> HttpResponse:
    """Answer the figures as they stand now."""
    return _fresh(JsonResponse(asdict(build_figures(request.actor, utcnow()))))


@room(Permission.METRICS_READ)
def history(request: StaffRequest) -> HttpResponse:
    """Answer the charts anew."""
    charts = build_charts(request.actor, utcnow())
    return _fresh(JsonResponse({chart.key: asdict(chart) for chart in charts}))


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
