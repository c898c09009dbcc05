"""The front of the console: whatever it shows a person opens for him."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import User
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house, build_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


def _doors(client: Client) -> list[str]:
    page = client.get("/console/").content.decode()
    return re.findall(r'<a class="card" href="([^"]+)"', page)


def _browser(house: House, duty: Duty) -> Client:
    build_staff(house, "person", duty)
    client = Client()
    client.force_login(User.objects.get(username="person"))
    return client


@pytest.mark.parametrize("duty", list(Duty))
def test_every_door_that_is_shown_opens(house: House, duty: Duty) -> None:
    client = _browser(house, duty)

    doors = _doors(client)

    assert {url: client.get(url).status_code for url in doors} == dict.fromkeys(doors, 200)
    assert doors


@pytest.mark.parametrize(
    ("duty", "count"),
    [
        (Duty.ADMINISTRATOR, 17),
        (Duty.FINANCE, 5),
        (Duty.OPERATIONS, 7),
        (Duty.SUPERVISOR, 9),
        (Duty.LOGISTICS, 3),
    ],
)
def test_each_duty_is_shown_its_own_doors(house: House, duty: Duty, count: int) -> None:
    assert len(_doors(_browser(house, duty))) == count


def test_an_administrator_finds_a_way_to_every_list_of_the_console(house: House) -> None:
    client = _browser(house, Duty.ADMINISTRATOR)
    seen: set[str] = set()
    waiting = ["/console/"]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        page = client.get(url).content.decode(errors="replace")  # some are files
        waiting += re.findall(r'(?:href|hx-get)="(/console/[a-z0-9/.-]*)"', page)

    plain = {url for url in _addresses(get_resolver().url_patterns) if url.startswith("console/")}
    acts = {url for url in plain if client.get(f"/{url}").status_code == 405}
    assert {f"/{url}" for url in plain - acts} - seen == {"/console/settings/"}


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield the addresses without parameters."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, address)
        elif "<" not in address:
            yield address
