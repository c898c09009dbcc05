"""Addresses of the import pages, below /console/imports/."""

from __future__ import annotations

from django.urls import path

import anxin.entrypoints.console.imports.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("new/", views.upload, name="import-new"),
    path("template/<str:kind>.<str:form>", views.template, name="import-template"),
    path("<uuid:run_id>/", views.page, name="import"),
    path("<uuid:run_id>/progress/", views.progress, name="import-progress"),
    path("<uuid:run_id>/apply/", views.apply, name="import-apply"),
    path("<uuid:run_id>/cancel/", views.cancel, name="import-cancel"),
    path("<uuid:run_id>/errors.csv", views.errors, name="import-errors"),
]
