"""The pages of what happened: facts, audit, and deliveries that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

import anxin
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import User
from anxin.entrypoints.ui.labels import label_of
from anxin.kernel import jobs
from anxin.kernel.audit import record
from anxin.kernel.events import Event, name_of
from anxin.kernel.models import AuditEntry, RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.builders_metrics import opened, received, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return build_house()


def _browser(house: House, duty: Duty = Duty.ADMINISTRATOR) -> Client:
    build_staff(house, "sun", duty)
    client = Client()
    client.force_login(User.objects.get(username="sun"))
    return client


def _failed_delivery(house: House) -> int:
    tell(house, opened(house, NOON))
    with acting_for(house.merchant_id), connection.cursor() as cursor:
        jobs.defer_delivery(RecordedEvent.objects.get(), "anxin.flows.nothing.listens")
        cursor.execute(
            "update procrastinate_jobs set status = 'failed', attempts = 10 "
            "where args->>'listener' = 'anxin.flows.nothing.listens' returning id"
        )
        return int(cursor.fetchone()[0])


def test_facts_are_listed_newest_first_and_found_by_subject(house: House) -> None:
    first, second = received(house, NOON), opened(house, NOON)
    tell(house, first)
    tell(house, second)
    client = _browser(house)

    everything = client.get("/console/events/").content.decode()
    one = client.get("/console/events/", {"subject": str(first.conversation_id)}).content.decode()

    assert str(first.conversation_id) in everything
    assert str(second.request_id) in everything
    assert str(second.request_id) not in one


def test_further_facts_come_behind_a_cursor(house: House) -> None:
    facts = [received(house, NOON) for _ in range(60)]
    for fact in facts:
        tell(house, fact)
    client = _browser(house)
    page = client.get("/console/events/").content.decode()
    cursor = page.split("cursor=")[1].split('"')[0].replace("&amp;", "&")

    more = client.get(f"/console/events/?cursor={cursor}", headers={"HX-Request": "true"})

    shown = more.content.decode()
    assert str(facts[0].conversation_id) in shown
    assert str(facts[-1].conversation_id) not in shown


def test_the_audit_trail_shows_who_did_what(house: House) -> None:
    with acting_for(house.merchant_id):
        record(house.system, "customer.revealed", "customer", "c-1", now=NOON, field="phone")

    text = _browser(house).get("/console/audit/").content.decode()

    assert "customer.revealed" in text
    assert "phone" in text


def test_a_failed_delivery_is_shown_and_sent_again_once(house: House) -> None:
    letter = _failed_delivery(house)
    client = _browser(house)
    assert "anxin.flows.nothing.listens" in client.get("/console/dead-letters/").content.decode()

    answers = [client.post(f"/console/dead-letters/{letter}/resend/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 404]
    with connection.cursor() as cursor:
        cursor.execute(
            "select status::text, count(*) from procrastinate_jobs "
            "where args->>'listener' = 'anxin.flows.nothing.listens' group by 1"
        )
        assert cursor.fetchall() == [("todo", 1)]
    with acting_for(house.merchant_id):
        assert AuditEntry.objects.get().action == "dead_letter.resent"


def test_a_failed_delivery_of_another_merchant_cannot_be_sent(house: House) -> None:
    letter = _failed_delivery(build_house("别家", "other"))
    client = _browser(house)

    assert "nothing.listens" not in client.get("/console/dead-letters/").content.decode()
    assert client.post(f"/console/dead-letters/{letter}/resend/").status_code == 404


@pytest.mark.parametrize("address", ["events/", "audit/", "dead-letters/", ""])
def test_empty_pages_say_what_will_be_there(house: House, address: str) -> None:
    answer = _browser(house).get(f"/console/{address}")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "address", ["events/?cursor=x", "audit/?cursor=x", "dead-letters/?cursor=x"]
)
def test_a_broken_cursor_is_refused(house: House, address: str) -> None:
    assert _browser(house).get(f"/console/{address}").status_code == 422


def test_agents_do_not_see_the_trail(house: House) -> None:
    client = _browser(house, Duty.AGENT)

    codes: list[Any] = [
        client.get(f"/console/{page}/").status_code for page in ("events", "audit", "dead-letters")
    ]

    assert codes == [403, 403, 403]


def _below(kind: type[Event]) -> Iterator[type[Event]]:
    for one in kind.__subclasses__():
        yield from _below(one)
        if one.__module__.startswith("anxin.") and not one.__subclasses__():
            yield one


def test_every_fact_has_a_name_in_words() -> None:
    nameless = [name for kind in _below(Event) if _is_nameless(name := name_of(kind), "event_name")]

    assert nameless == []


def test_every_audited_action_has_a_name_in_words() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(anxin.__file__).parent.rglob("*.py"))
    calls = re.findall(r"\brecord\(((?:[^()]|\([^()]*\))*)\)", source)
    actions = {code for call in calls for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', call)}

    assert len(actions) > 20
    assert [code for code in sorted(actions) if _is_nameless(code, "audit_action")] == []


def _is_nameless(code: str, kind: str) -> bool:
    return str(label_of(code, kind).text) == code
