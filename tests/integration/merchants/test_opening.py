"""Stores, and the amount above which a refund needs a second person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import Duty, StoreId, StoreTerms
from anxin.domains.merchants.models import SiteAddress, Store
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff

pytestmark = pytest.mark.django_db

HOME = StoreTerms(
    "安心家居生活馆",
    return_address="江苏省苏州市吴中区金枫路 216 号",
    return_contact="退货组",
    return_phone="051288880000",
    widget_origins=("https://home.example.cn/",),
)


@pytest.fixture
def house() -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


@pytest.fixture
def boss(house: House) -> Actor:
    return build_staff(house, "boss", Duty.ADMINISTRATOR)


def test_a_new_store_is_found_at_its_address(boss: Actor) -> None:
    store_id = merchants.add_store(boss, "Home", HOME, currency="CNY", now=NOON)

    store = merchants.store_at("home")
    assert store.id == store_id
    assert store.return_phone == "051288880000"
    assert merchants.widget_origins(boss.merchant_id, store_id) == ["https://home.example.cn"]
    assert AuditEntry.objects.get().action == "store.opened"


def test_an_address_in_use_is_refused_even_at_another_merchant(boss: Actor) -> None:
    build_house("别家", "other")

    for slug in ("anxin", "other", "OTHER"):
        with pytest.raises(merchants.NameTaken):
            merchants.add_store(boss, slug, HOME, currency="CNY", now=NOON)

    assert SiteAddress.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"region": "China"}, "region"),
        ({"return_address": "x" * 301}, "return_address"),
        ({"widget_origins": ("*",)}, "widget_origins"),
    ],
)
def test_an_unusable_detail_is_refused(
    house: House, boss: Actor, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(merchants.DetailRefused) as refusal:
        merchants.change_store(boss, house.store_id, replace(HOME, **change), now=NOON)

    assert refusal.value.fields["field"] == field
    assert merchants.store_at("anxin").name == "安心优选旗舰店"


def test_a_change_of_a_store_is_in_the_trail_with_what_was_before(
    house: House, boss: Actor
) -> None:
    store = merchants.store_at("anxin")
    terms = StoreTerms(
        store.name, return_address="新库", return_contact="仓库收件组", return_phone="057188880000"
    )

    merchants.change_store(boss, house.store_id, terms, now=NOON)
    merchants.change_store(boss, house.store_id, terms, now=NOON)

    assert merchants.store_at("anxin").return_address == "新库"
    assert AuditEntry.objects.get().detail == {
        "before": {"return_address": "浙江省杭州市余杭区仓前路 1 号 3 号库"},
        "after": {"return_address": "新库"},
    }


def test_a_store_of_another_merchant_is_not_found(boss: Actor) -> None:
    other = build_house("别家", "other")

    with pytest.raises(NotFound):
        merchants.change_store(boss, other.store_id, HOME, now=NOON)


def test_only_administrators_change_stores(house: House) -> None:
    finance = build_staff(house, "finance", Duty.FINANCE)

    for act in (
        lambda: merchants.add_store(finance, "home", HOME, currency="CNY", now=NOON),
        lambda: merchants.change_store(finance, StoreId(house.store_id), HOME, now=NOON),
        lambda: merchants.change_refund_approval(finance, 10**9, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Store.objects.count() == 1
    assert merchants.refund_approval_above_minor(house.merchant_id) == 50_000


def test_the_amount_that_needs_a_second_person_changes(house: House, boss: Actor) -> None:
    merchants.change_refund_approval(boss, 30_000, now=NOON)

    assert merchants.refund_approval_above_minor(house.merchant_id) == 30_000
    assert AuditEntry.objects.get().detail == {"before_minor": 50_000, "after_minor": 30_000}


@pytest.mark.parametrize("amount", [-1, 10**12 + 1])
def test_an_absurd_amount_is_refused(house: House, boss: Actor, amount: int) -> None:
    with pytest.raises(merchants.DetailRefused):
        merchants.change_refund_approval(boss, amount, now=NOON)

    assert merchants.refund_approval_above_minor(house.merchant_id) == 50_000
