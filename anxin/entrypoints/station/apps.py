"""Registers the station entry point."""

from django.apps import AppConfig


class StationConfig(AppConfig):
    """The station entry point as a Django app."""

    name = "anxin.entrypoints.station"
    label = "station"
