"""Any permutation and repetition of the same news ends in the same state (P8, P9)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anxin.domains.deliveries.lifecycle import PICKUP, PickupState
from anxin.domains.deliveries.rules import move_for

CODES = ("failed", "collected", "in_transit", "out_for_delivery", "delivered", "customs", "")


def _end(codes: list[str]) -> PickupState:
    state, heard = PickupState.BOOKED, set[str]()
    for code in codes:
        heard.add(code)
        action = move_for(state, heard)
        state = state if action is None else PICKUP.after(state, action)
    return state


@given(st.data(), st.lists(st.sampled_from(CODES), max_size=8))
def test_order_and_repetition_of_news_do_not_matter(data: st.DataObject, codes: list[str]) -> None:
    repeated = codes + data.draw(st.lists(st.sampled_from(codes or [""]), max_size=4))
    shuffled = data.draw(st.permutations(repeated))

    assert _end(shuffled) == _end(codes)
