"""Addresses of the console."""

from __future__ import annotations

from django.urls import include, path

app_name = "console"
urlpatterns = [
    path("", include("anxin.entrypoints.console.trail.urls")),
    path("imports/", include("anxin.entrypoints.console.imports.urls")),
    path("", include("anxin.entrypoints.console.records.urls")),
    path("refunds/", include("anxin.entrypoints.console.refunds.urls")),
    path("ledger/", include("anxin.entrypoints.console.ledger.urls")),
    path("policies/", include("anxin.entrypoints.console.policies.urls")),
    path("settings/", include("anxin.entrypoints.console.settings.urls")),
    path("sandbox/refunds/", include("anxin.entrypoints.console.sandbox_provider.urls")),
    path("sandbox/", include("anxin.entrypoints.console.sandbox_carrier.urls")),
]
