"""The scene of every after-sales test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import Scene, build_scene


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    """Return the scene, acting for its merchant."""
    scene = build_scene()
    with acting_for(scene.house.merchant_id):
        yield scene
