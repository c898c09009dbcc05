"""Registers the deliveries domain."""

from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """The deliveries domain as a Django app."""

    name = "anxin.domains.deliveries"
    label = "deliveries"
