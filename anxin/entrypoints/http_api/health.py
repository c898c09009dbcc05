"""Is it alive, is it ready, and figures for Prometheus."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process runs."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer whether requests can be served: 503 while the database does not answer.

    ``workers`` is told but decides nothing: without one, messages are still taken and kept.
    """
    try:
        workers = living_workers()
    except DatabaseError:
        return JsonResponse({"status": "not ready", "database": False}, status=503)
    return JsonResponse({"status": "ready", "database": True, "workers": workers})


def living_workers() -> int:
    """Return how many worker processes live."""
    with connection.cursor() as cursor:
        cursor.execute("select kernel_living_workers()")
        return int(cursor.fetchone()[0])


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures of all processes of this machine, and of the database's queues.

    With ``ANXIN_METRICS_TOKEN`` set, only who sends it as bearer token reads them.
    """
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not secrets.compare_digest(given, token):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    body = generate_latest(_processes()) + generate_latest(_database())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _processes() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # theirs
    return registry


def _database() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Queues())
    return registry


class _Queues(Collector):
    """What waits in the database. Merchants are not told apart: figures here are the operator's."""

    def collect(self) -> list[Any]:
        """Return the gauges."""
        jobs = GaugeMetricFamily(
            "anxin_jobs", "Jobs by queue and status.", labels=["queue", "status"]
        )
        lag = GaugeMetricFamily(
            "anxin_projection_lag_seconds", "Age of a projection's place.", labels=["projection"]
        )
        workers = GaugeMetricFamily("anxin_workers", "Workers that gave a sign of life.")
        with connection.cursor() as cursor:
            cursor.execute(
                "select queue_name, status::text, count(*) from procrastinate_jobs"
                " where status in ('todo', 'doing', 'failed') group by 1, 2"
            )
            for queue, status, count in cursor.fetchall():
                jobs.add_metric([queue, status], count)
            cursor.execute("select name, seconds from kernel_projection_lag()")
            for name, seconds in cursor.fetchall():
                lag.add_metric([name], seconds)
        workers.add_metric([], living_workers())
        return [jobs, lag, workers]


urlpatterns = [path("healthz", alive), path("readyz", ready), path("metrics", metrics)]
