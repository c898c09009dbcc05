"""Registers the realtime entry point."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """The realtime entry point as a Django app."""

    name = "anxin.entrypoints.realtime"
    label = "realtime"
