"""Addresses of the sandbox carrier and sender, below /console/sandbox/."""

from __future__ import annotations

from django.urls import path

import anxin.entrypoints.console.sandbox_carrier.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.sandbox_carrier import views

urlpatterns = [
    path("carrier/", views.sandbox_carrier, name="sandbox-carrier"),
    path("carrier/parcels/", views.parcels, name="sandbox-carrier-parcels"),
    path("carrier/move/", views.move, name="sandbox-carrier-move"),
    path("carrier/behave/", views.behave, name="sandbox-carrier-behave"),
    path("codes/", views.codes, name="sandbox-codes"),
]
