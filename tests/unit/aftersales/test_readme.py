"""The diagram in the domain's README is the table."""

from __future__ import annotations

from pathlib import Path

import anxin.domains.aftersales
import anxin.domains.deliveries
from anxin.domains.aftersales.lifecycle import REQUEST
from anxin.domains.aftersales.rules import TIMERS
from anxin.domains.deliveries.lifecycle import PICKUP


def _readme(domain: object) -> str:
    return (Path(str(domain.__file__)).parent / "README.md").read_text(encoding="utf-8")  # type: ignore[attr-defined]


def test_the_readme_shows_how_a_request_moves() -> None:
    assert REQUEST.diagram() in _readme(anxin.domains.aftersales)


def test_the_readme_shows_every_timer() -> None:
    readme = _readme(anxin.domains.aftersales)

    for state, timer in TIMERS.items():
        row = f"| {state} | {timer.owner} | {timer.code} | {timer.hours} h | {timer.consequence} |"
        assert row in readme


def test_the_readme_shows_how_a_pickup_moves() -> None:
    assert PICKUP.diagram() in _readme(anxin.domains.deliveries)
