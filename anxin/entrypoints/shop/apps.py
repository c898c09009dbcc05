"""Registers the shop entry point."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """The shop entry point as a Django app."""

    name = "anxin.entrypoints.shop"
    label = "shop"
