"""Addresses of the ledger, below /console/ledger/."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.console.ledger import views

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("reconciliation/", views.reconciliation, name="reconciliation"),
    path("reconciliation/recheck/", views.recheck, name="recheck"),
]
