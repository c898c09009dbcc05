"""The token bucket: bursts up to the limit, then as many as flow in."""

from __future__ import annotations

from anxin.entrypoints.http_api.limits import RateLimiter


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_call_after_a_full_burst_must_wait() -> None:
    limiter = RateLimiter(3, Clock())

    waits = [limiter.wait_for("a") for _ in range(4)]

    assert waits == [0, 0, 0, 20]


def test_a_call_flows_in_after_its_share_of_the_minute() -> None:
    clock = Clock()
    limiter = RateLimiter(3, clock)
    for _ in range(4):
        limiter.wait_for("a")

    clock.now = 20.0

    assert [limiter.wait_for("a"), limiter.wait_for("a")] == [0, 20]


def test_callers_do_not_take_from_each_other() -> None:
    limiter = RateLimiter(1, Clock())
    limiter.wait_for("a")

    assert limiter.wait_for("b") == 0


def test_zero_means_no_limit() -> None:
    limiter = RateLimiter(0, Clock())

    assert [limiter.wait_for("a") for _ in range(1000)] == [0] * 1000
