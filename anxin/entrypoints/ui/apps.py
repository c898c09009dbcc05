"""The Django app of the shared front end."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class UiConfig(AppConfig):
    """Shared pages; finds every entry point's ``labels.py``."""

    name = "anxin.entrypoints.ui"
    label = "ui"

    def ready(self) -> None:
        """Collect the labels that entry points give to states and reasons."""
        autodiscover_modules("labels")
