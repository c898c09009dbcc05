"""Registers the console entry point."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console entry point as a Django app."""

    name = "anxin.entrypoints.console"
    label = "console"
