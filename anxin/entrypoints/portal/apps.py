"""Registers the portal entry point."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal entry point as a Django app."""

    name = "anxin.entrypoints.portal"
    label = "portal"
