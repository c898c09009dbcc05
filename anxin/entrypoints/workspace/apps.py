"""Registers the workspace entry point."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    """The workspace entry point as a Django app."""

    name = "anxin.entrypoints.workspace"
    label = "workspace"
