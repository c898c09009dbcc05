"""Facts become figures once each, and a recount from the facts puts wrong ones right."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from anxin.domains.commerce.models import Order
from anxin.domains.metrics.jobs import recount_last_days
from anxin.domains.metrics.models import HourFigure, Recount
from anxin.domains.metrics.services import recount
from anxin.kernel.clock import told
from anxin.kernel.events import name_of
from anxin.kernel.models import RecordedEvent, StreamCursor
from anxin.kernel.streams import PROJECTIONS, advance
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house
from tests.builders_metrics import catch_up, opened, received, refunded, replied, tell

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def build_order(house: House, order_no: str = "1", **changes: Any) -> UUID:
    given: dict[str, Any] = {
        "store_id": house.store_id,
        "state": "delivered",
        "currency": "CNY",
        "placed_at": NOON,
        "goods_minor": 12_800,
        "paid_minor": 12_800,
    }
    with acting_for(house.merchant_id):
        row = Order.objects.create(
            merchant_id=house.merchant_id, order_no=order_no, **{**given, **changes}
        )
    return UUID(str(row.pk))


def _kept(house: House) -> dict[tuple[str, str], tuple[int, int]]:
    with acting_for(house.merchant_id):
        return {(row.metric, row.cut): (row.count, row.total) for row in HourFigure.objects.all()}


def test_facts_add_up_in_their_hour() -> None:
    house = build_house()
    order = build_order(house)
    tell(
        house,
        received(house, NOON),
        received(house, NOON + timedelta(minutes=59), opened=False),
        replied(house, NOON, 30),
        replied(house, NOON, 200, is_first=False),
        opened(house, NOON, reason="quality_defect"),
        refunded(NOON, order, 3600),
    )

    catch_up()

    assert _kept(house) == {
        ("inquiries", ""): (2, 0),
        ("conversations_opened", ""): (1, 0),
        ("response", ""): (2, 230),
        ("three_minute_response", ""): (2, 1),
        ("first_response", ""): (1, 30),
        ("requests_opened", "quality_defect"): (1, 0),
        ("requests_of_kind", "return_refund"): (1, 0),
        ("requests_by_state", "reviewing"): (1, 0),
        ("refund_duration", ""): (1, 3600),
        ("refunded_amount", "CNY"): (1, 12_800),
    }
    with acting_for(house.merchant_id):
        assert {row.store for row in HourFigure.objects.all()} == {str(house.store_id)}


def test_later_batches_are_added_to_earlier_ones() -> None:
    house = build_house()
    tell(house, received(house, NOON))
    catch_up()
    tell(house, received(house, NOON), received(house, NOON + HOUR))

    catch_up()

    with acting_for(house.merchant_id):
        rows = HourFigure.objects.filter(metric="inquiries").order_by("hour")
        assert [row.count for row in rows] == [2, 1]


def test_each_merchants_facts_go_to_his_own_figures() -> None:
    mine, theirs = build_house(), build_house("别家", "other")
    tell(mine, received(mine, NOON))
    tell(theirs, received(theirs, NOON), received(theirs, NOON))

    catch_up()

    assert _kept(mine)["inquiries", ""] == (1, 0)
    assert _kept(theirs)["inquiries", ""] == (2, 0)


def test_a_batch_that_fails_is_folded_once_when_it_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = build_house()
    tell(house, received(house, NOON))
    fold = PROJECTIONS.get("metrics")

    def fold_and_die(*args: Any) -> None:
        assert fold is not None
        fold(*args)
        raise SystemExit

    monkeypatch.setitem(PROJECTIONS, "metrics", fold_and_die)
    for _ in range(200):
        try:
            advance("metrics")
        except SystemExit:
            break
    monkeypatch.undo()

    catch_up()

    assert _kept(house)["inquiries", ""] == (1, 0)


def test_a_recount_of_right_figures_changes_nothing() -> None:
    house = build_house()
    order = build_order(house)
    tell(house, received(house, NOON), refunded(NOON, order, 60), replied(house, NOON + HOUR, 5))
    catch_up()
    before = _kept(house)

    with acting_for(house.merchant_id):
        result = recount(house.merchant_id, NOON - HOUR, NOON + 3 * HOUR, now=NOON + 3 * HOUR)

    assert (result.events, list(result.differences)) == (3, [])
    assert _kept(house) == before


def test_a_recount_puts_wrong_figures_right_and_reports_them() -> None:
    house = build_house()
    tell(house, received(house, NOON), received(house, NOON + HOUR))
    catch_up()
    right = _kept(house)
    with acting_for(house.merchant_id):
        HourFigure.objects.filter(metric="inquiries").update(count=99)
        HourFigure.objects.filter(metric="conversations_opened").delete()

        result = recount(house.merchant_id, NOON, NOON + 2 * HOUR, now=NOON + 3 * HOUR)

        assert len(result.differences) == 4
        report = Recount.objects.get()
    assert _kept(house) == right
    assert (report.difference_count, report.event_count) == (4, 2)
    assert {entry["figure"] for entry in report.differences} == {
        "inquiries",
        "conversations_opened",
    }


def test_a_recount_leaves_other_hours_alone() -> None:
    house = build_house()
    tell(house, received(house, NOON), received(house, NOON + HOUR))
    catch_up()
    with acting_for(house.merchant_id):
        HourFigure.objects.filter(metric="inquiries").update(count=99)

        recount(house.merchant_id, NOON, NOON + HOUR, now=NOON + HOUR)

        counts = HourFigure.objects.filter(metric="inquiries").order_by("hour")
        assert [row.count for row in counts] == [1, 99]


def test_a_recount_does_not_count_what_is_still_to_be_folded() -> None:
    house = build_house()
    tell(house, received(house, NOON))
    catch_up()
    tell(house, received(house, NOON))

    with acting_for(house.merchant_id):
        result = recount(house.merchant_id, NOON, NOON + HOUR, now=NOON + HOUR)

    assert result.differences == []
    catch_up()
    assert _kept(house)["inquiries", ""] == (2, 0)


def test_the_place_in_the_stream_commits_with_the_figures() -> None:
    house = build_house()
    tell(house, received(house, NOON))

    catch_up()

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from kernel_streamcursor where name = 'metrics'")
        assert cursor.fetchone() == (1,)
    assert StreamCursor.objects.get(name="metrics").xid > 0


def test_figures_that_cannot_be_recounted_do_not_hold_up_those_of_other_merchants(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, sound = build_house("甲", "one"), build_house("乙", "two")
    # The opening of a request that does not say why: as an older version might have told it.
    nameless = opened(broken, NOON)
    with acting_for(broken.merchant_id):
        RecordedEvent.objects.create(
            merchant_id=broken.merchant_id, name=name_of(type(nameless)),
            subject_kind="aftersales", subject_id=nameless.subject_id, payload={},
            by_kind="system", by_id="system", occurred_at=NOON,
        )  # fmt: skip
    tell(sound, received(sound, NOON))
    StreamCursor.objects.update_or_create(
        name="metrics", defaults={"xid": 10**15, "event_id": UUID(int=0)}
    )
    night = NOON.astimezone(UTC).replace(hour=19)

    with told(night):
        recount_last_days()

    assert f"recounting the figures of merchant {broken.merchant_id}" in caplog.text
    assert _kept(sound)["inquiries", ""] == (1, 0)
