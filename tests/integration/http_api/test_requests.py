"""A return through REST, from the question to the stock, and what bad input gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api.auth import forget_keys
from anxin.kernel.clock import utcnow
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import DAY, Scene, build_scene

pytestmark = pytest.mark.django_db


@dataclass
class Api:
    """Calls the API with a key that may do everything."""

    scene: Scene
    key: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return Client(raise_request_exception=False).generic(
            method,
            f"/api/v1/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )

    def post(self, path: str, body: Any = None, expect: int = 201) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code == expect, answer.content
        return answer.json()

    def get(self, path: str, expect: int = 200) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == expect, answer.content
        return answer.json()

    def open(self, quantity: int = 2, **more: Any) -> Any:
        return self.post("requests", {**ASKED, **_items(quantity), **more})


ASKED = {"order_no": "AX20261101001", "reason": "no_reason", "kind": "return_refund"}


def _items(quantity: int) -> dict[str, Any]:
    return {"items": [{"sku": "LAMP-1", "quantity": quantity}]}


@pytest.fixture
def api(db: None) -> Iterator[Api]:
    forget_keys()
    scene = build_scene(placed_at=utcnow() - 5 * DAY)
    with acting_for(None):
        yield Api(scene, issue_key(scene.house.merchant_id, "test", ["*"]))
    forget_keys()


def test_a_question_is_answered_with_amounts_and_clauses(api: Api) -> None:
    said = api.post("decisions", {**ASKED, **_items(2)}, expect=200)

    assert (said["decision"]["verdict"], said["total_minor"]) == ("allow", 6_67)
    assert said["lines"][0]["refund_minor"] == 6_67
    assert all(clause["zh"] and clause["en"] for clause in said["decision"]["clauses"])
    assert api.get("requests")["items"] == []


def test_a_question_about_another_day_is_answered_for_that_day(api: Api) -> None:
    late = (utcnow() + 60 * DAY).isoformat()

    said = api.post("decisions", {**ASKED, **_items(2), "at": late}, expect=200)

    assert said["decision"]["verdict"] == "decline"


def test_a_return_goes_all_its_way(api: Api) -> None:
    opened = api.open()
    path, line = f"requests/{opened['id']}", opened["lines"][0]
    assert (opened["state"], opened["next_step"]["code"]) == ("authorized", "send_back")
    assert api.get(f"{path}/slots")

    api.post(f"{path}/parcels", {"tracking_no": "sf1234567"})
    assert api.get("parcels/SF1234567")["id"] == opened["id"]
    api.post("parcels/SF1234567/receipt", expect=200)
    inspected = api.post(
        f"{path}/inspections", {"findings": [{"line_id": line["id"], "accepted": 2}]}
    )
    assert (inspected["state"], inspected["owed_minor"]) == ("settling", 6_67)
    disposal = {"disposed": [{"line_id": line["id"], "disposition": "restock", "quantity": 2}]}
    refused = api.post(f"{path}/dispositions", disposal, expect=409)
    assert refused["code"] == "disinfection_missing"
    api.post(f"{path}/disinfections", {"method": "wipe", "agent": "酒精", "dwell_minutes": 10})
    disposed = api.post(f"{path}/dispositions", disposal)

    assert disposed["lines"][0]["disposed"] == {"restock": 2}
    codes = [entry["code"] for entry in api.get(f"{path}/timeline")]
    assert codes[0] == "RequestAuthorized"
    assert codes[-1] == "GoodsDisposed"


def test_a_courier_is_ordered_and_seen(api: Api) -> None:
    path = f"requests/{api.open()['id']}"
    api.get(f"{path}/pickup", expect=404)
    slot = api.get(f"{path}/slots")[0]

    pickup = api.post(f"{path}/pickup", slot, expect=202)

    assert pickup["state"] == "requested"
    assert api.get(f"{path}/pickup")["pickup_no"] == pickup["pickup_no"]


def test_an_agent_answers_what_waits(api: Api) -> None:
    waiting = api.open(reason="quality_defect")
    path = f"requests/{waiting['id']}"
    assert [r["id"] for r in api.get("requests?state=reviewing")["items"]] == [waiting["id"]]

    refused = api.post(f"{path}/decision", {"accept": False}, expect=422)
    assert refused["code"] == "reason_missing"
    answered = api.post(f"{path}/decision", {"accept": True}, expect=200)

    assert answered["state"] == "authorized"
    assert api.post(f"{path}/withdrawal", expect=200)["state"] == "withdrawn"


def test_a_failed_inspection_is_talked_over(api: Api) -> None:
    opened = api.open()
    path, line = f"requests/{opened['id']}", opened["lines"][0]
    api.post(f"{path}/parcels", {"tracking_no": "SF1234567"})
    api.post("parcels/SF1234567/receipt", expect=200)
    found = {"line_id": line["id"], "accepted": 1, "rejected": 1, "codes": ["soiled"]}
    api.post(f"{path}/inspections", {"findings": [found]})

    api.post(f"{path}/offer", {"amount_minor": 5_00}, expect=200)
    agreed = api.post(f"{path}/offer/answer", {"accept": True}, expect=200)

    assert (agreed["state"], agreed["owed_minor"]) == ("settling", 5_00)


def test_the_second_scan_says_who_was_first(api: Api) -> None:
    path = f"requests/{api.open()['id']}"
    api.post(f"{path}/parcels", {"tracking_no": "SF1234567"})
    api.post("parcels/SF1234567/receipt", expect=200)

    refused = api.post("parcels/SF1234567/receipt", expect=409)

    assert (refused["code"], refused["fields"]["received_by"]) == ("already_received", "test")


def test_an_unknown_parcel_is_kept_and_matched(api: Api) -> None:
    opened = api.open()
    refused = api.post("parcels/YT000001/receipt", expect=404)
    assert refused["code"] == "unknown_tracking"

    kept = api.post("parcels/unknown", {"tracking_no": "YT000001", "note": "没有面单"})
    assert [p["id"] for p in api.get("parcels/unknown")] == [kept["id"]]
    matched = api.post(
        f"parcels/unknown/{kept['id']}/match", {"request_id": opened["id"]}, expect=200
    )

    assert matched["state"] == "received"


def test_lists_come_in_pages(api: Api) -> None:
    ids = [api.open(1)["id"] for _ in range(3)]

    first = api.get("requests?limit=2")
    second = api.get(f"requests?limit=2&cursor={first['next_cursor'].replace('+', '%2B')}")

    assert [r["id"] for r in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**ASKED, **_items(4)}, 422, "more_than_bought"),
        ({**ASKED, **_items(0)}, 422, "invalid"),
        ({**ASKED, **_items(-1)}, 422, "invalid"),
        ({**ASKED, **_items(10**30)}, 422, "invalid"),
        ({**ASKED, "items": [{"sku": "NOPE", "quantity": 1}]}, 422, "invalid"),
        ({**ASKED, "items": [{"order_line_id": str(uuid4()), "quantity": 1}]}, 422, "invalid"),
        ({**ASKED, **_items(1), "order_no": "NOPE"}, 404, "not_found"),
        ({**ASKED, **_items(1), "reason": "<script>"}, 422, "invalid"),
        ({**ASKED, **_items(1), "file_ids": [str(uuid4())]}, 404, "not_found"),
        ({**ASKED, **_items(1), "note": "x" * 3000}, 422, "invalid"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(
    api: Api, body: dict[str, Any], status: int, code: str
) -> None:
    assert api.post("requests", body, expect=status)["code"] == code
    assert api.get("requests")["items"] == []


def test_another_merchants_requests_are_not_there(api: Api) -> None:
    opened = api.open()
    other = build_scene("beta")
    with acting_for(None):
        stranger = Api(other, issue_key(other.house.merchant_id, "other", ["*"]))

    stranger.get(f"requests/{opened['id']}", expect=404)
    stranger.post(f"requests/{opened['id']}/withdrawal", expect=404)
    stranger.post("requests", {**ASKED, **_items(9)}, expect=422)
    assert stranger.get("requests")["items"] == []


def test_the_same_key_opens_one_request(api: Api) -> None:
    body = {**ASKED, **_items(1)}

    answers = [
        api.call("POST", "requests", body, **{"Idempotency-Key": "tab-1"}).json()["id"]
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert len(api.get("requests")["items"]) == 1
