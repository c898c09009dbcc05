"""How many policy decisions one core makes in a second, beside what it can call at all."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from time import process_time

from anxin.domains.policies.public import benchmark_decide


@dataclass(frozen=True, slots=True)
class _Point:
    x: int
    y: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=5)


def run(args: argparse.Namespace) -> dict[str, object]:
    """Return decisions a second and core; the limit is copying a small frozen dataclass."""
    figures = benchmark_decide(args.seconds)
    made = float(figures["decisions_per_second_and_core"])
    limit = _copies_per_second(args.seconds / 5)
    return {
        **figures,
        "limit: dataclass copies per second and core": round(limit),
        "copies that one decision costs": round(limit / made, 1),
    }


def _copies_per_second(seconds: float) -> float:
    point, made, started = _Point(1, 2), 0, process_time()
    while process_time() - started < seconds:
        for _ in range(1_000):
            point = replace(point, x=point.y)
        made += 1_000
    return made / (process_time() - started)
