"""Addresses. Each room owns its own; the stable ones are listed in README.md."""

from __future__ import annotations

from django.urls import include, path

from anxin.entrypoints.http_api.api import api

urlpatterns = [
    path("", include("anxin.entrypoints.ui.urls")),
    path("accounts/", include("anxin.entrypoints.ui.account_urls")),
    path("workspace/", include("anxin.entrypoints.workspace.urls")),
    path("portal/", include("anxin.entrypoints.portal.urls")),
    path("station/", include("anxin.entrypoints.station.urls")),
    path("console/", include("anxin.entrypoints.console.urls")),
    path("wallboard/", include("anxin.entrypoints.wallboard.urls")),
    path("shop/", include("anxin.entrypoints.shop.urls")),
    path("widget/", include("anxin.entrypoints.widget.urls")),
    path("hooks/sandbox/", include("anxin.adapters.sandbox.urls")),
    path("api/v1/", api.urls),
    path("api/docs", include("anxin.entrypoints.http_api.docs")),
    path("", include("anxin.entrypoints.http_api.health")),
]
