"""Policies as a Django app."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Versioned terms, and decisions made under them."""

    name = "anxin.domains.policies"
    label = "policies"
