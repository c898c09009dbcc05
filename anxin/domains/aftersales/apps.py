"""Registers the aftersales domain."""

from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    """The aftersales domain as a Django app."""

    name = "anxin.domains.aftersales"
    label = "aftersales"
