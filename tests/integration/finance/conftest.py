"""A merchant being acted for, a provider of its own, and a finance officer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anxin.domains.merchants.data import Duty
from anxin.kernel.actors import Actor
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff
from tests.builders_finance import Rehearsal


@pytest.fixture
def house(db: None) -> Iterator[House]:
    """Return the merchant 安心优选, active."""
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


@pytest.fixture
def rehearsal() -> Rehearsal:
    """Return the sandbox provider at noon."""
    return Rehearsal()


@pytest.fixture
def officer(house: House) -> Actor:
    """Return 王芳 of finance, who may approve up to 5,000 yuan."""
    return build_staff(house, "wangfang", Duty.FINANCE, limit_minor=500_000)
