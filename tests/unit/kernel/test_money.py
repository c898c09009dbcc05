"""Money: exact, in minor units, of one currency."""

from __future__ import annotations

import pytest

from anxin.kernel.money import Money, allocate, exponent_of, parse_money, share_of, total


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_each_currency_has_its_own_minor_unit(currency: str, digits: int) -> None:
    assert exponent_of(currency) == digits


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1,234.50", "CNY", 123450), (" 12 ", "JPY", 12), ("0.001", "KWD", 1), ("-3.10", "CNY", -310)],
)
def test_written_amounts_are_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.005", "CNY"),
        ("12.5", "JPY"),
        ("", "CNY"),
        ("十元", "CNY"),
        ("NaN", "CNY"),
        ("Infinity", "CNY"),
    ],
)
def test_what_is_not_an_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"not a"):
        parse_money(text, currency)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="do not mix"):
        Money(1, "CNY") + Money(1, "EUR")


def test_amounts_add_subtract_and_print() -> None:
    assert total([Money(150, "CNY"), Money(50, "CNY")], "CNY") - Money(1, "CNY") == Money(
        199, "CNY"
    )
    assert -Money(5, "CNY") == Money(-5, "CNY")
    assert str(Money(123456789, "CNY")) == "1,234,567.89 CNY"
    assert total([], "JPY") == Money(0, "JPY")


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (1000, [1, 1, 1], [333, 334, 333]),
        (0, [5, 5], [0, 0]),
        (7, [0, 0], [0, 7]),
        (7, [], []),
        (100, [0, 1, 0], [0, 100, 0]),
    ],
)
def test_an_amount_is_spread_without_losing_a_cent(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert allocate(amount, weights) == parts


def test_a_share_is_rounded_half_up() -> None:
    assert share_of(1, 1, 2) == 1
    assert share_of(1000, 1, 3) == 333
