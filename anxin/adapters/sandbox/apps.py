"""Registers the sandbox adapters."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The sandboxes as a Django app."""

    name = "anxin.adapters.sandbox"
    label = "sandbox"
