"""Addresses of what happened, below /console/."""

from __future__ import annotations

from django.urls import path

import anxin.entrypoints.console.trail.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.trail import views

urlpatterns = [
    path("", views.home, name="home"),
    path("events/", views.events, name="events"),
    path("audit/", views.audit, name="audit"),
    path("dead-letters/", views.dead_letters, name="dead-letters"),
    path("dead-letters/<int:letter_id>/resend/", views.resend, name="dead-letter-resend"),
]
