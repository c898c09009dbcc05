"""Registers the commerce domain."""

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """The commerce domain as a Django app."""

    name = "anxin.domains.commerce"
    label = "commerce"
