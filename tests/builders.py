"""A small cast known by name: the merchant 安心优选, its stores and its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from anxin.domains.merchants.data import Duty, StaffId, StoreId
from anxin.domains.merchants.public import found_merchant, hire, open_store, signed_in
from anxin.kernel.actors import Actor, MerchantId

NOON = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Wednesday


@dataclass(frozen=True, slots=True)
class House:
    """One merchant with a store; ``system`` acts for it."""

    merchant_id: MerchantId
    store_id: StoreId
    system: Actor


def build_house(name: str = "安心优选", slug: str = "anxin") -> House:
    """Return a merchant with one store."""
    merchant_id = found_merchant(name)
    store_id = open_store(
        merchant_id,
        slug,
        f"{name}旗舰店",
        return_address="浙江省杭州市余杭区仓前路 1 号 3 号库",
        return_contact="仓库收件组",
        return_phone="057188880000",
    )
    return House(merchant_id, store_id, Actor.system(merchant_id))


def build_staff(house: House, user_name: str, *duties: Duty, limit_minor: int = 0) -> Actor:
    """Return a person of the staff as an actor; the password is the user name twice."""
    from anxin.domains.merchants.models import User

    staff_id: StaffId = hire(
        house.merchant_id,
        user_name=user_name,
        password=user_name * 2,
        name=user_name.title(),
        duties=duties,
        approval_limit_minor=limit_minor,
    )
    found = signed_in(User.objects.get(username=user_name).pk)
    assert found is not None, staff_id
    return found.actor
