"""Live pages: one WebSocket a page, one LISTEN connection a process. Protocol: docs/realtime.md."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    # Late, because Django imports this package before its models are ready.
    if name in {"app", "startup", "shutdown"}:
        return getattr(import_module("anxin.entrypoints.realtime.server"), name)
    raise AttributeError(name)
