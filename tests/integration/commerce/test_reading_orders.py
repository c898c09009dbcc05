"""Orders are read whole, by who may, in a fixed number of queries."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anxin.domains.commerce.models import Order, Shipment, ShipmentLine
from anxin.domains.commerce.public import (
    find_by_tracking,
    find_order,
    get_order,
    list_orders,
    lock_order,
    receiver_of,
    reveal_receiver,
)
from anxin.domains.merchants.data import Duty
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed, NotFound
from anxin.kernel.ids import uuid7
from anxin.kernel.models import AuditEntry
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house, build_staff
from tests.integration.commerce.builders import build_order

pytestmark = pytest.mark.django_db


def test_an_order_comes_with_lines_payments_and_what_was_shipped() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        row = build_order(house)
        parcel = Shipment.objects.create(
            merchant_id=house.merchant_id, order=row, tracking_no="SF1", carrier="sf"
        )
        ShipmentLine.objects.create(
            merchant_id=house.merchant_id, shipment=parcel, order_line=row.lines.get(line_no=1),
            quantity=2,
        )  # fmt: skip

        order = get_order(house.system, row.pk)

        assert [(one.sku, one.payable_minor, one.shipped_quantity) for one in order.lines] == [
            ("MUG", 5_400, 2),
            ("SPOON", 1_800, 0),
        ]
        assert order.payments[0].amount_minor == 7_800
        assert order.shipments[0].tracking_no == "SF1"
        assert find_by_tracking(house.system, " SF1 ") == order == find_order(house.system, "A1")


def test_a_delivered_order_without_known_parcels_counts_as_shipped() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        row = build_order(house, state="delivered")

        assert [one.shipped_quantity for one in get_order(house.system, row.pk).lines] == [3, 1]


def test_a_list_takes_as_many_queries_for_twenty_orders_as_for_one() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        for number in range(20):
            build_order(house, f"A{number:02}")

        with CaptureQueriesContext(connection) as queries:
            page = list_orders(house.system, limit=15)

        assert len(page.items) == 15
        assert len(queries) == 4  # no parcels, so nothing to ask of what is in them
        rest = list_orders(house.system, cursor=page.next_cursor, limit=15)
        assert {o.order_no for o in page.items + rest.items} == {f"A{n:02}" for n in range(20)}
        assert rest.next_cursor == ""


def test_a_buyer_sees_his_own_orders_only() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        row = build_order(house)
        stranger = Actor.buyer(house.merchant_id, uuid7())

        with pytest.raises(NotFound):
            get_order(stranger, row.pk)
        assert list_orders(stranger).items == ()


def test_claiming_an_order_fixes_what_it_cost() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        row = build_order(house)

        with transaction.atomic():
            lock_order(house.system, row.pk)

        assert Order.objects.get(pk=row.pk).is_fixed


def test_the_receiver_is_masked_until_revealed_and_the_look_is_written_down() -> None:
    house = build_house()
    agent = build_staff(house, "anna", Duty.AGENT)
    clerk = build_staff(house, "wei", Duty.WAREHOUSE)
    with acting_for(house.merchant_id):
        row = build_order(house)

        assert receiver_of(agent, row.pk).phone == "+86138****8000"
        assert receiver_of(agent, row.pk).name == "张**"
        assert reveal_receiver(agent, row.pk, now=NOON).phone == "+8613812348000"
        with pytest.raises(NotAllowed):
            reveal_receiver(clerk, row.pk, now=NOON)

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.by_id) == ("commerce.receiver_revealed", agent.id)
