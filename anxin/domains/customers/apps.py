"""Registers the customers domain."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The customers domain as a Django app."""

    name = "anxin.domains.customers"
    label = "customers"
