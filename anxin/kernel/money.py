"""Amounts of money in minor units, and how an amount is spread without losing a cent.

Rounding and allocation follow docs/adr/0002-money.md: cumulative rounding, half up, so that the
parts always add up to the whole and what is owed after k units depends on k alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# ISO 4217 currencies whose minor unit is not a hundredth. Source: ISO 4217 list one, 2026.
_EXPONENTS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def exponent_of(currency: str) -> int:
    """Return how many decimals the minor unit of an ISO 4217 currency has (JPY 0, KWD 3)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (fen for CNY, yen for JPY) of an ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    @property
    def decimal(self) -> Decimal:
        """Return the amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:,.{exponent_of(self.currency)}f} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other


def parse_money(text: str, currency: str) -> Money:
    """Return the exact amount written in major units, such as ``"1,234.50"``.

    Raise ValueError when it is not a number or is finer than the currency's minor unit.
    """
    try:
        scaled = Decimal(text.replace(",", "").strip()).scaleb(exponent_of(currency))
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"not a whole number of minor units of {currency}: {text!r}")
    return Money(int(scaled), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum, zero of ``currency`` when there is nothing to add."""
    return sum(amounts, start=Money(0, currency))


def share_of(amount: int, part: int, whole: int) -> int:
    """Return ``amount * part / whole`` rounded half up, in integers. ``whole`` is positive.

    The cumulative target: what the first ``part`` of ``whole`` units carry together.
    """
    return (2 * amount * part + whole) // (2 * whole)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Spread ``amount`` minor units over ``weights`` so that the parts add up exactly.

    Each cut is made on the running sum of the weights, so no part is off by more than one unit.
    Weights are not negative; when all are zero every unit goes to the last part.
    """
    whole, passed, given, parts = sum(weights), 0, 0, []
    if whole == 0:
        return [0] * (len(weights) - 1) + [amount] if weights else []
    for weight in weights:
        passed += weight
        upto = share_of(amount, passed, whole)
        parts.append(upto - given)
        given = upto
    return parts
