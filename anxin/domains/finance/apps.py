"""Registers the finance domain."""

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """The finance domain as a Django app."""

    name = "anxin.domains.finance"
    label = "finance"
