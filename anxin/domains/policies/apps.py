"""Registers the policies domain."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """The policies domain as a Django app."""

    name = "anxin.domains.policies"
    label = "policies"
