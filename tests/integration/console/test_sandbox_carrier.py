"""The sandbox carrier's page: its book, its behaviour, a step by hand; and the codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from anxin.domains.deliveries.data import Place, Slot
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import User
from anxin.kernel.clock import utcnow
from anxin.kernel.plugs import plugged
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff

pytestmark = pytest.mark.django_db
PAGE = "/console/sandbox/carrier/"
HOME = Place("林小满", "+8613800001111", "浙江省杭州市西湖区文一路 9 号")


@pytest.fixture
def house(db: None) -> House:
    house = build_house()
    build_staff(house, "admin", Duty.ADMINISTRATOR)
    build_staff(house, "agent", Duty.AGENT)
    return house


def _signed_in(user_name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=user_name))
    return client


def _book(house: House) -> str:
    start = utcnow() + timedelta(hours=1)
    with acting_for(house.merchant_id):
        booking = plugged("carrier").book(
            "PU1", HOME, HOME, Slot(start, start + timedelta(hours=2))
        )
    return str(booking.tracking_no)


def test_the_page_shows_the_carriers_book(house: House) -> None:
    empty = _signed_in("admin").get(PAGE)
    tracking_no = _book(house)

    page = _signed_in("admin").get(PAGE)

    assert "还没有人预约取件" in empty.content.decode()
    assert tracking_no in page.content.decode()


def test_a_parcel_is_pushed_along_and_a_courier_fails(house: House) -> None:
    tracking_no, admin = _book(house), _signed_in("admin")

    admin.post(f"{PAGE}move/", {"advance": tracking_no})
    admin.post(f"{PAGE}move/", {"fail": tracking_no})

    with acting_for(house.merchant_id):
        (parcel,) = plugged("carrier").parcels()
    assert (parcel.state, len(parcel.events)) == ("collected", 1)
    assert "已揽收" in admin.get(f"{PAGE}parcels/").content.decode()


def test_the_carrier_behaves_as_told_until_told_otherwise(house: House) -> None:
    admin = _signed_in("admin")

    admin.post(PAGE, {"step_seconds": 5, "slow_seconds": 0, "refuses": "on"})
    with acting_for(house.merchant_id):
        told = plugged("carrier").mood()
    admin.post(f"{PAGE}behave/")

    assert (told.refuses, told.step_seconds, told.moves_by_itself) == (True, 5, False)
    with acting_for(house.merchant_id):
        assert not plugged("carrier").mood().refuses


def test_nonsense_is_refused_beside_the_field(house: House) -> None:
    answer = _signed_in("admin").post(PAGE, {"step_seconds": "0", "slow_seconds": "x"})

    assert answer.status_code == 422


def test_codes_can_be_read(house: House) -> None:
    with acting_for(house.merchant_id):
        plugged("code_sender").send("+8613800001111", "428163", "zh-hans")

    assert "428163" in _signed_in("admin").get("/console/sandbox/codes/").content.decode()


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}parcels/", "/console/sandbox/codes/"])
def test_only_who_may_use_the_sandbox_sees_it(house: House, page: str) -> None:
    assert _signed_in("agent").get(page).status_code == 403
    assert Client().get(page).status_code == 302
