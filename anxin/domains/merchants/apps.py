"""Registers the merchants domain."""

from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    """Merchants as a Django app."""

    name = "anxin.domains.merchants"
    label = "merchants"
