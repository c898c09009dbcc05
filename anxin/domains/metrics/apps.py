"""Registers the metrics domain."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """The metrics domain as a Django app."""

    name = "anxin.domains.metrics"
    label = "metrics"
