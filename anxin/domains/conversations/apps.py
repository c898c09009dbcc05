"""Registers the conversations domain."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """The conversations domain as a Django app."""

    name = "anxin.domains.conversations"
    label = "conversations"
