"""The map in ARCHITECTURE.md names the folders that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MAP = ROOT / "ARCHITECTURE.md"


def _folders(under: str) -> set[str]:
    return {
        path.parent.name
        for path in (ROOT / "anxin" / under).glob("*/__init__.py")
        if not path.parent.name.startswith("_")
    }


@pytest.mark.skipif(not MAP.exists(), reason="ARCHITECTURE.md is not written yet")
@pytest.mark.parametrize("under", ["domains", "entrypoints", "adapters"])
def test_every_folder_is_on_the_map(under: str) -> None:
    words = set(re.findall(r"[a-z_]+", MAP.read_text(encoding="utf-8")))

    assert _folders(under) - words == set()


@pytest.mark.skipif(not MAP.exists(), reason="ARCHITECTURE.md is not written yet")
def test_every_address_on_the_map_exists() -> None:
    text = MAP.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:anxin|tests|docs|script|tools)/[A-Za-z0-9_./-]*)`", text))

    assert {name for name in named if not (ROOT / name).exists()} == set()
