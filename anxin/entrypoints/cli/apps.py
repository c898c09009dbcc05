"""Registers the cli entry point."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    """The cli entry point as a Django app."""

    name = "anxin.entrypoints.cli"
    label = "cli"
