"""Data of strangers, turned into our import format; found beside the repository or by a setting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def shared_data(name: str) -> Path:
    """Return a folder of third-party data, or skip the test and say how to get it."""
    base = os.environ.get("ANXIN_SHARED_DATA") or ROOT.parent / "shared" / "data"
    folder = Path(base) / name
    if not folder.is_dir():
        pytest.skip(f"no {name}: set ANXIN_SHARED_DATA to the folder of third-party data")
    return folder
