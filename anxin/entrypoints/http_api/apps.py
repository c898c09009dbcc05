"""Registers the http_api entry point."""

from django.apps import AppConfig


class HttpApiConfig(AppConfig):
    """The http_api entry point as a Django app."""

    name = "anxin.entrypoints.http_api"
    label = "http_api"
