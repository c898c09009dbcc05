"""Parts add up to the whole, whatever the whole and the weights."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anxin.kernel.money import allocate, share_of

_WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(st.integers(0, 10**12), _WEIGHTS)
def test_parts_add_up_to_the_amount(amount: int, weights: list[int]) -> None:
    assert sum(allocate(amount, weights)) == amount


@given(st.integers(0, 10**12), _WEIGHTS)
def test_no_part_is_negative_or_off_by_more_than_one(amount: int, weights: list[int]) -> None:
    parts, whole = allocate(amount, weights), sum(weights)

    assert all(part >= 0 for part in parts)
    if whole:
        exact = [amount * weight / whole for weight in weights]
        assert all(
            abs(part - wish) <= 1 + wish * 1e-9 for part, wish in zip(parts, exact, strict=True)
        )


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.data())
def test_what_k_units_carry_grows_with_k_and_ends_at_the_whole(
    amount: int, whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole - 1))

    assert share_of(amount, part, whole) <= share_of(amount, part + 1, whole)
    assert share_of(amount, whole, whole) == amount
    assert share_of(amount, 0, whole) == 0
