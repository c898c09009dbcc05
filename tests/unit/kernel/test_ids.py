"""Identifiers sort by birth, also when the clock jumps back."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from anxin.kernel.ids import uuid7


def test_ids_of_one_process_are_in_order() -> None:
    ids = [uuid7() for _ in range(10_000)]

    assert all(first < second for first, second in pairwise(ids))
    assert {one.version for one in ids} == {7}


def test_ids_stay_in_order_when_the_clock_jumps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = uuid7()
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 3_600 * 10**9)

    assert uuid7() > before


def test_threads_never_draw_the_same_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: uuid7(), range(8_000)))

    assert len(set(ids)) == 8_000
