"""Addresses of the sandbox refund provider, below /console/sandbox/refunds/."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.console.sandbox_provider import views

urlpatterns = [
    path("", views.sandbox_refunds, name="sandbox-refunds"),
    path("bounce/", views.bounce, name="sandbox-refund-bounce"),
    path("behave/", views.behave, name="sandbox-refund-behave"),
]
