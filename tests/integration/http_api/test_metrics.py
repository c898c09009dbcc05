"""The catalogue and its figures over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import issue_key
from tests.builders import NOON, build_house
from tests.builders_metrics import catch_up, received, replied, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> Any:
    return build_house()


@pytest.fixture
def client(house: Any) -> Client:
    key = issue_key(house.merchant_id, "reader", [Permission.METRICS_READ])
    return Client(headers={"Authorization": f"Bearer {key}"})


def test_every_metric_is_listed_with_its_formula_in_words(client: Client) -> None:
    items = client.get("/api/v1/metrics").json()["items"]

    assert len(items) == 12
    first = next(item for item in items if item["name"] == "three_minute_response_rate")
    assert first["target"] == 0.95
    assert (first["unit"], first["direction"]) == ("ratio", "up")
    assert first["dimensions"] == ["store", "channel"]
    assert "180" in first["formula"]["zh"]


def test_a_metric_over_time_by_channel(house: Any, client: Client) -> None:
    tell(house, received(house, NOON), received(house, NOON, channel="wechat"))
    catch_up()

    answer = client.get(
        "/api/v1/metrics/inquiries",
        {
            "from": "2026-11-10T00:00:00+08:00",
            "to": "2026-11-12T00:00:00+08:00",
            "dimension": "channel",
        },
    ).json()

    lines = {line["key"]: [p["value"] for p in line["points"]] for line in answer["lines"]}
    assert lines == {"chat": [0, 1], "wechat": [0, 1]}
    assert answer["start"] == "2026-11-09T16:00:00Z"


def test_live_figures_with_their_alarm(house: Any, client: Client) -> None:
    tell(house, replied(house, NOON, 30))
    catch_up()

    answer = client.get("/api/v1/metrics/live").json()

    assert answer["waiting"] == 0
    assert answer["alarm"] is None
    assert answer["behind_seconds"] == 0


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("happiness", 404),
        ("inquiries?grain=minute", 422),
        ("inquiries?dimension=reason", 422),
        ("inquiries?from=yesterday", 422),
        ("inquiries?from=2026-11-11T00:00:00", 422),
        ("inquiries?from=2026-11-11T00:00:00Z&to=2026-11-10T00:00:00Z", 422),
        ("inquiries?to=0001-01-01T00:00:00Z", 422),
        ("inquiries?to=9999-12-31T23:59:59Z&grain=month", 422),
        ("inquiries?from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z", 422),
    ],
)
def test_what_cannot_be_answered_is_refused(client: Client, address: str, status: int) -> None:
    answer = client.get(f"/api/v1/metrics/{address}")

    assert answer.status_code == status, answer.content
