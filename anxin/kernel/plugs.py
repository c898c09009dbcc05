"""Which adapter stands behind a port, by setting."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def plugged(port: str) -> Any:
    """Return the adapter that ``settings.PLUGS`` names for ``port``, made once a process."""
    return import_string(settings.PLUGS[port])()
