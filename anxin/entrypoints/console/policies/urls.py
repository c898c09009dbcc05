"""Addresses of policies, below /console/policies/."""

from __future__ import annotations

from django.urls import path

import anxin.entrypoints.console.policies.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.policies import views

urlpatterns = [
    path("", views.policies, name="policies"),
    path("default.yaml", views.default, name="policy-default"),
    path("<uuid:version_id>/", views.policy, name="policy"),
    path("<uuid:version_id>/document.yaml", views.document, name="policy-document"),
]
