"""Addresses. Each room owns its own; the stable ones are listed in README.md."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from django.urls import include, path

logger = logging.getLogger(__name__)


def _room(address: str, module: str) -> list[Any]:
    # TODO(#2): while rooms are being built, one that cannot be imported is left out.
    try:
        found = import_module(module)
        if hasattr(found, "api"):
            return [path(address, found.api.urls)]
        return [path(address, include(module))]
    except Exception:
        logger.exception("%s is left out", module)
        return []


_ROOMS = {
    "": "anxin.entrypoints.ui.urls",
    "accounts/": "anxin.entrypoints.ui.account_urls",
    "workspace/": "anxin.entrypoints.workspace.urls",
    "portal/": "anxin.entrypoints.portal.urls",
    "station/": "anxin.entrypoints.station.urls",
    "console/": "anxin.entrypoints.console.urls",
    "wallboard/": "anxin.entrypoints.wallboard.urls",
    "shop/": "anxin.entrypoints.shop.urls",
    "hooks/sandbox/": "anxin.adapters.sandbox.urls",
    "api/v1/": "anxin.entrypoints.http_api.api",
    "api/docs": "anxin.entrypoints.http_api.docs",
}
urlpatterns = [entry for address, module in _ROOMS.items() for entry in _room(address, module)]
urlpatterns += _room("", "anxin.entrypoints.http_api.health")
