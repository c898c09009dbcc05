"""Addresses of the refund pages, below /console/refunds/."""

from __future__ import annotations

from django.urls import path

import anxin.entrypoints.console.refunds.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.refunds import views

urlpatterns = [
    path("", views.refunds, name="refunds"),
    path("<uuid:refund_id>/", views.refund, name="refund"),
    path("<uuid:refund_id>/approve/", views.approve, name="refund-approve"),
    path("<uuid:refund_id>/refuse/", views.refuse, name="refund-refuse"),
    path("<uuid:refund_id>/retry/", views.retry, name="refund-retry"),
]
