"""Registers the flows: importing them ties listeners to events."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """The flows as a Django app."""

    name = "anxin.flows"
    label = "flows"

    def ready(self) -> None:
        """Import every flow."""
        for path in sorted(Path(__file__).parent.glob("*.py")):
            if path.stem not in ("__init__", "apps"):
                import_module(f"anxin.flows.{path.stem}")
