"""Registers the widget entry point."""

from django.apps import AppConfig


class WidgetConfig(AppConfig):
    """The widget entry point as a Django app."""

    name = "anxin.entrypoints.widget"
    label = "widget"
