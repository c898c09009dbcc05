"""Figures are measured only when asked for: ``pytest -m benchmark tests/benchmarks``."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave benchmarks out of a run that did not ask for them; they are not counted as skipped."""
    if "benchmark" in config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("benchmark")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
