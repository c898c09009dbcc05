"""Registers the wallboard entry point."""

from django.apps import AppConfig


class WallboardConfig(AppConfig):
    """The wallboard entry point as a Django app."""

    name = "anxin.entrypoints.wallboard"
    label = "wallboard"
