"""The wall shows what is, links to the lists behind it, and says what is alarming."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import User
from anxin.entrypoints.wallboard.figures import STATES, build_figures
from anxin.kernel import clock
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.builders_metrics import catch_up, opened, received, refunded, replied, tell
from tests.integration.metrics.test_folding import build_order
from tests.integration.metrics.test_reading import _conversation

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def house() -> House:
    return build_house()


def _browser(house: House, *duties: Duty, language: str = "zh-hans") -> Client:
    build_staff(house, "sun", *duties)
    client = Client()
    client.force_login(User.objects.get(username="sun"))
    client.cookies["anxin_language"] = language
    return client


def _fill(house: House) -> None:
    order = build_order(house)
    for day in range(3):
        at = NOON - day * DAY
        tell(
            house,
            received(house, at),
            replied(house, at, 40 + 100 * day),
            opened(house, at),
            refunded(at, order, 3600),
        )
    catch_up()


def test_an_empty_wall_says_what_will_be_here(house: House) -> None:
    answer = _browser(house, Duty.SUPERVISOR).get("/wallboard/")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'id="wall-empty"' in text
    assert text.count("data-figure=") == 6
    assert text.count("data-state=") == len(STATES)


def test_the_wall_shows_figures_and_charts(house: House) -> None:
    _fill(house)
    with clock.told(NOON + timedelta(minutes=5)):
        answer = _browser(house, Duty.SUPERVISOR).get("/wallboard/")

    text = answer.content.decode()
    assert "wall-empty" not in text
    drawn = json.loads(text.split('id="wall-charts" type="application/json">')[1].split("<")[0])
    assert sum(value or 0 for value in drawn["inquiries"]["now"]) == 1
    assert len(drawn["inquiries"]["labels"]) == 24
    assert drawn["first_response_seconds"]["now"][-3:] == [240, 140, 40]
    assert drawn["first_response_seconds"]["target"] == 60
    assert (drawn["refund_duration"]["unit"], drawn["refund_duration"]["now"][-1]) == ("h", 1)


def test_hours_to_come_are_not_drawn_as_nothing(house: House) -> None:
    _fill(house)
    with clock.told(NOON + timedelta(minutes=5)):
        answer = _browser(house, Duty.SUPERVISOR).get("/wallboard/history.json").json()

    now = answer["inquiries"]["now"]
    assert (now[12], now[13]) == (1, None)


def test_each_figure_leads_to_its_list(house: House) -> None:
    _browser(house, Duty.SUPERVISOR)
    with acting_for(house.merchant_id):
        from anxin.domains.merchants.public import signed_in

        found = signed_in(User.objects.get(username="sun").pk)
        assert found is not None
        figures = build_figures(found.actor, NOON)

    assert all(card.href for card in figures.cards)
    client = Client()
    client.force_login(User.objects.get(username="sun"))
    for href in {card.href for card in figures.cards} | {state.href for state in figures.states}:
        assert client.get(href).status_code == 200, href
    assert figures.states[0].href == "/workspace/requests/?state=reviewing"


def test_who_may_not_open_a_list_gets_no_link(house: House) -> None:
    answer = _browser(house, Duty.LOGISTICS).get("/wallboard/figures.json").json()

    hrefs = {card["key"]: card["href"] for card in answer["cards"]}
    assert hrefs["waiting"] == hrefs["refund_duration"] == ""
    assert hrefs["requests"]


def test_the_wall_speaks_english(house: House) -> None:
    client = _browser(house, Duty.SUPERVISOR)
    client.post("/preferences/", {"language": "en"})
    tell(house)

    answer = client.get("/wallboard/figures.json").json()

    assert answer["cards"][0]["name"] == "Waiting for a reply"
    assert answer["warning"]["text"] == "All is well"


def test_a_long_wait_alarms_the_room(house: House) -> None:
    _conversation(house, "waiting_us", NOON - timedelta(minutes=10))
    with clock.told(NOON):
        answer = _browser(house, Duty.SUPERVISOR).get("/wallboard/figures.json").json()

    assert answer["warning"]["tone"] == "late"
    assert answer["warning"]["href"].startswith("/workspace/")
    assert answer["cards"][0]["tone"] == "late"


def test_the_wall_is_for_those_who_may_see_figures(house: House) -> None:
    client = _browser(house, Duty.WAREHOUSE)

    assert client.get("/wallboard/").status_code == 403
    assert client.get("/wallboard/figures.json").status_code == 403
    assert Client().get("/wallboard/").status_code == 302


def test_another_merchants_figures_do_not_show(house: House) -> None:
    other = build_house("别家", "other")
    _conversation(other, "waiting_us", NOON)

    answer = _browser(house, Duty.SUPERVISOR).get("/wallboard/figures.json").json()

    assert answer["cards"][0]["value"] == "0"


def test_live_figures_take_few_queries(house: House, django_assert_max_num_queries: Any) -> None:
    client = _browser(house, Duty.SUPERVISOR)
    client.get("/wallboard/figures.json")

    with django_assert_max_num_queries(14):
        client.get("/wallboard/figures.json")
