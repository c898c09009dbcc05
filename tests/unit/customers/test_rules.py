"""Addresses are found again however they are written, and shown masked."""

from __future__ import annotations

import pytest

from anxin.domains.customers.rules import AddressInvalid, mask, normalise


@pytest.mark.parametrize(
    ("channel", "written", "stored"),
    [
        ("phone", "138 1234 8000", "+8613812348000"),
        ("phone", "+86-138-1234-8000", "+8613812348000"),
        ("phone", "0086 13812348000", "+8613812348000"),
        ("phone", "8613812348000", "+8613812348000"),
        ("phone", "１３８１２３４８０００", "+8613812348000"),
        ("phone", "0571-88880000", "+8657188880000"),
        ("email", " Li.Lei@Example.COM ", "li.lei@example.com"),
        ("chat", " visitor-1 ", "visitor-1"),
    ],
)
def test_the_same_address_is_stored_one_way(channel: str, written: str, stored: str) -> None:
    assert normalise(channel, written) == stored


def test_a_phone_without_code_takes_the_code_of_its_region() -> None:
    assert normalise("phone", "020 7946 0000", region="GB") == "+442079460000"


@pytest.mark.parametrize(
    ("channel", "written"),
    [("phone", "call me"), ("phone", "12"), ("email", "nobody"), ("chat", " "), ("x", "y" * 201)],
)
def test_what_is_no_address_is_refused(channel: str, written: str) -> None:
    with pytest.raises(AddressInvalid):
        normalise(channel, written)


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("phone", "+8613812348000", "+86138****8000"),
        ("phone", "12345", "*****"),
        ("email", "lilei@example.com", "l***@example.com"),
        ("external", "buyer-20391", "bu***91"),
        ("chat", "abc", "a***"),
    ],
)
def test_an_address_is_shown_without_its_middle(channel: str, address: str, shown: str) -> None:
    assert mask(channel, address) == shown
