"""What a carrier's words add up to, whatever order they come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from anxin.domains.deliveries.lifecycle import PICKUP, PickupAction, PickupState
from anxin.domains.deliveries.rules import look_again_at, move_for

NOW = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "codes", "action"),
    [
        (PickupState.BOOKED, [], None),
        (PickupState.BOOKED, ["arrived_at_hub_x"], None),
        (PickupState.BOOKED, ["collected"], PickupAction.COLLECT),
        (PickupState.BOOKED, ["in_transit"], PickupAction.COLLECT),
        (PickupState.BOOKED, ["delivered"], PickupAction.DELIVER),
        (PickupState.BOOKED, ["failed"], PickupAction.FAIL),
        (PickupState.FAILED, ["failed", "collected"], PickupAction.COLLECT),
        (PickupState.COLLECTED, ["collected", "in_transit"], None),
        (PickupState.DELIVERED, ["delivered", "collected"], None),
        (PickupState.CANCELLED, ["collected"], None),
    ],
)
def test_the_heaviest_word_moves_the_pickup(
    state: PickupState, codes: list[str], action: PickupAction | None
) -> None:
    assert move_for(state, codes) is action


@pytest.mark.parametrize(
    "codes", [("failed", "collected", "in_transit", "delivered"), ("failed", "in_transit")]
)
def test_any_order_of_the_same_words_ends_in_the_same_state(codes: tuple[str, ...]) -> None:
    ends = set()
    for order in permutations(codes):
        state, heard = PickupState.BOOKED, []
        for code in order:
            heard.append(code)
            action = move_for(state, heard)
            state = state if action is None else PICKUP.after(state, action)
        ends.add(state)

    assert len(ends) == 1


@pytest.mark.parametrize(
    ("state", "age", "wait"),
    [
        (PickupState.REQUESTED, timedelta(0), timedelta(minutes=20)),
        (PickupState.BOOKED, timedelta(minutes=5), timedelta(minutes=1)),
        (PickupState.COLLECTED, timedelta(hours=5), timedelta(minutes=15)),
        (PickupState.DELIVERED, timedelta(0), None),
        (PickupState.FAILED, timedelta(0), None),
        (PickupState.CANCELLED, timedelta(0), None),
    ],
)
def test_the_carrier_is_asked_as_long_as_there_is_something_to_hear(
    state: PickupState, age: timedelta, wait: timedelta | None
) -> None:
    assert look_again_at(state, NOW - age, NOW) == (None if wait is None else NOW + wait)
