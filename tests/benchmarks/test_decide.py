"""The specification's figure: 15,000 decisions a second and core."""

from __future__ import annotations

import pytest

from anxin.domains.policies.public import benchmark_decide


@pytest.mark.benchmark
def test_a_core_makes_15_000_decisions_a_second() -> None:
    measured = benchmark_decide(3)

    print(measured)
    assert int(measured["decisions_per_second_and_core"]) >= 15_000
