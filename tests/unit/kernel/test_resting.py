"""Folding gives way to those who take messages in, and never by so much that figures grow old."""

from __future__ import annotations

from itertools import pairwise

from anxin.kernel.worker import rest_after


def test_the_rest_grows_with_the_work_and_ends_at_the_patience() -> None:
    rests = [rest_after(busy, 0.9) for busy in (0, 0.005, 0.02, 0.1, 0.5, 10)]

    assert all(first <= second for first, second in pairwise(rests))
    assert rests[0] == 0.05
    assert rests[-1] == 0.9
