"""Customers are made once, found by any address, and revealed only with a trace."""

from __future__ import annotations

import pytest

from anxin.domains.customers.data import Buyer
from anxin.domains.customers.models import Customer, Identity
from anxin.domains.customers.public import (
    ensure_customer,
    ensure_customers,
    find_by_identity,
    get_customer,
    list_customers,
    reveal_customer,
    reveal_identity,
    save_customer,
)
from anxin.domains.merchants.data import Duty
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house, build_staff

pytestmark = pytest.mark.django_db


def test_the_same_address_twice_is_one_customer() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        first = ensure_customer(house.system, "phone", "13812348000", "张三", now=NOON)

        again = ensure_customer(house.system, "phone", "+86 138 1234 8000", "三哥", now=NOON)

        assert again == first
        assert Customer.objects.get().sort_key == "zhang san"
        found = find_by_identity(house.merchant_id, "phone", "13812348000")
        assert found is not None
        assert found.id == first
        assert found.identities[0].address == "+86138****8000"


def test_a_batch_of_buyers_joins_those_with_the_same_number_or_address() -> None:
    house = build_house()
    buyers = [
        Buyer("C1", "张三", "13812348000"),
        Buyer("C1", "张三", "", "zs@example.com"),
        Buyer("", "李四", "13912348000"),
        Buyer("", "", "139 1234 8000", "ls@example.com"),
        Buyer("C2", "王五", "13812348000"),
        Buyer("", "无名"),
    ]
    with acting_for(house.merchant_id):
        ids = ensure_customers(house.system, buyers, now=NOON)

        assert ids[0] == ids[1]
        assert ids[2] == ids[3]
        assert ids[4] not in {ids[0], ids[2]}
        assert ids[5] is None
        assert Customer.objects.count() == 3
        assert Identity.objects.count() == 4
        assert ensure_customers(house.system, buyers, now=NOON) == ids
        assert Customer.objects.count() == 3


def test_a_reveal_is_written_down_and_needs_the_permission() -> None:
    house = build_house()
    agent = build_staff(house, "anna", Duty.AGENT)
    logistics = build_staff(house, "luo", Duty.LOGISTICS)
    with acting_for(house.merchant_id):
        pk = ensure_customer(house.system, "email", "zs@example.com", "张三", now=NOON)
        identity = get_customer(agent, pk).identities[0]

        assert identity.address == "z***@example.com"
        assert reveal_identity(agent, identity.id, now=NOON) == "zs@example.com"
        assert reveal_customer(agent, pk, now=NOON).identities[0].address == "zs@example.com"
        with pytest.raises(NotAllowed):
            reveal_identity(logistics, identity.id, now=NOON)

        assert AuditEntry.objects.count() == 2


def test_a_buyer_sees_nobody_but_himself() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        one = ensure_customer(house.system, "phone", "13812348000", "张三", now=NOON)
        other = ensure_customer(house.system, "phone", "13912348000", "李四", now=NOON)
        buyer = Actor.buyer(house.merchant_id, one)

        assert get_customer(buyer, one).name == "张三"
        with pytest.raises(NotFound):
            get_customer(buyer, other)


def test_customers_are_listed_in_pinyin_order_page_by_page() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        for number, name in enumerate(["王五", "Anna", "李四", "张三"]):
            save_customer(house.system, f"C{number}", name=name, now=NOON)

        first = list_customers(house.system, limit=3)
        rest = list_customers(house.system, limit=3, cursor=first.next_cursor)

        assert [one.name for one in first.items + rest.items] == ["Anna", "李四", "王五", "张三"]
        assert [one.name for one in list_customers(house.system, search="zhang").items] == ["张三"]
