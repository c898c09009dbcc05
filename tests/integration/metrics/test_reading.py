"""Figures as pages and programs read them: live ones in one call, series without gaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from anxin.domains.conversations.models import Conversation
from anxin.domains.customers.models import Customer
from anxin.domains.finance.models import Refund
from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.public import open_store
from anxin.domains.metrics.data import Dimension, Grain
from anxin.domains.metrics.public import live_figures, series
from anxin.domains.metrics.queries import DimensionInvalid, MetricUnknown, RangeInvalid
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed
from anxin.kernel.ids import uuid7
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff
from tests.builders_metrics import catch_up, opened, received, refunded, replied, tell
from tests.integration.metrics.test_folding import build_order

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _conversation(house: House, state: str, since: datetime | None = None) -> None:
    with acting_for(house.merchant_id):
        customer = Customer.objects.create(merchant_id=house.merchant_id, name="张三")
        Conversation.objects.create(
            merchant_id=house.merchant_id,
            customer=customer,
            channel="chat",
            state=state,
            waiting_since=since,
        )


def _refund(house: House, state: str, order_id: Any) -> None:
    with acting_for(house.merchant_id):
        Refund.objects.create(
            merchant_id=house.merchant_id,
            number=f"R{uuid7()}"[:30],
            source_kind="request",
            source_id=uuid7(),
            order_id=order_id,
            amount_minor=1,
            currency="CNY",
            state=state,
            requested_by_kind="system",
            requested_by_id="system",
            requested_at=NOON,
        )


def test_nothing_at_all_is_shown_as_nothing() -> None:
    house = build_house()
    with acting_for(house.merchant_id):
        figures = live_figures(house.system, NOON)

    assert (figures.waiting, figures.open, figures.inquiries_today) == (0, 0, 0)
    assert figures.first_response_seconds is None
    assert figures.return_rate is None
    assert figures.requests_by_state == {}
    assert figures.behind == timedelta()


def test_live_figures_count_what_is_open_and_what_happened_today() -> None:
    house = build_house()
    order = build_order(house, "1")
    for number in range(2, 5):
        build_order(house, str(number), placed_at=NOON - 10 * DAY)
    build_order(house, "old", placed_at=NOON - 40 * DAY)
    _conversation(house, "waiting_us", NOON - 5 * HOUR)
    _conversation(house, "waiting_us", NOON - HOUR)
    _conversation(house, "waiting_customer")
    _conversation(house, "closed")
    _refund(house, "held", order)
    _refund(house, "failed", order)
    _refund(house, "succeeded", order)
    tell(
        house,
        received(house, NOON),
        received(house, NOON, opened=False),
        received(house, NOON - DAY),
        replied(house, NOON, 30),
        replied(house, NOON, 270),
        opened(house, NOON - 20 * DAY),
        refunded(NOON - 3 * DAY, order, 7200),
        refunded(NOON - 8 * DAY, order, 99_999),
    )
    catch_up()

    with acting_for(house.merchant_id):
        figures = live_figures(house.system, NOON + HOUR)

    assert (figures.waiting, figures.open) == (2, 3)
    assert figures.waiting_since == NOON - 5 * HOUR
    assert (figures.inquiries_today, figures.conversations_today) == (2, 1)
    assert (figures.first_response_seconds, figures.three_minute_rate) == (150, 0.5)
    assert figures.refunds_by_state == {"held": 1, "failed": 1}
    assert (figures.refunds_pending, figures.refund_seconds) == (2, 7200)
    assert figures.return_rate == 0.25


def test_live_figures_take_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    house = build_house()
    with acting_for(house.merchant_id), django_assert_num_queries(2):
        live_figures(house.system, NOON)


def test_facts_not_yet_folded_show_how_far_behind_the_figures_are() -> None:
    house = build_house()
    tell(house, received(house, NOON))

    with acting_for(house.merchant_id):
        figures = live_figures(house.system, NOON + 10_000 * DAY)

    assert figures.behind > DAY


def test_another_merchants_figures_stay_his() -> None:
    mine, theirs = build_house(), build_house("别家", "other")
    _conversation(theirs, "waiting_us", NOON)
    tell(theirs, received(theirs, NOON))
    catch_up()

    with acting_for(mine.merchant_id):
        figures = live_figures(mine.system, NOON)
        line = series(mine.system, "inquiries", NOON - DAY, NOON + DAY).lines[0]

    assert (figures.waiting, figures.inquiries_today) == (0, 0)
    assert {point.count for point in line.points} == {0}


def test_a_series_has_every_interval_of_the_merchants_days() -> None:
    house = build_house()
    # 23:30 and 00:30 in Shanghai: two days there, one in UTC.
    late, early = NOON.replace(hour=15, minute=30), NOON.replace(hour=16, minute=30)
    tell(house, received(house, late), received(house, early))
    catch_up()

    with acting_for(house.merchant_id):
        found = series(house.system, "inquiries", NOON - DAY, NOON + 2 * DAY)

    (line,) = found.lines
    assert [point.value for point in line.points] == [0, 1, 1, 0]
    assert line.points[0].start == NOON.replace(day=9, hour=16)


def test_a_mean_over_days_weighs_by_cases() -> None:
    house = build_house()
    tell(
        house,
        replied(house, NOON, 10),
        replied(house, NOON + HOUR, 10),
        replied(house, NOON + 2 * HOUR, 100),
    )
    catch_up()

    with acting_for(house.merchant_id):
        found = series(house.system, "first_response_seconds", NOON, NOON + HOUR * 3)

    assert [point.value for point in found.lines[0].points] == [40]


def test_a_series_by_store_has_a_line_for_each_the_biggest_first() -> None:
    house = build_house()
    second = open_store(house.merchant_id, "second", "二店")
    tell(
        house,
        received(house, NOON),
        received(house, NOON, store_id=second),
        received(house, NOON, store_id=second),
    )
    catch_up()

    with acting_for(house.merchant_id):
        found = series(house.system, "inquiries", NOON, NOON + HOUR, Grain.HOUR, Dimension.STORE)

    assert [(line.key, line.points[0].value) for line in found.lines] == [
        (str(second), 2),
        (str(house.store_id), 1),
    ]


def test_requests_are_cut_by_reason() -> None:
    house = build_house()
    tell(
        house,
        opened(house, NOON, reason="quality_defect"),
        opened(house, NOON),
        opened(house, NOON),
    )
    catch_up()

    with acting_for(house.merchant_id):
        found = series(
            house.system, "requests_opened", NOON, NOON + HOUR, Grain.DAY, Dimension.REASON
        )

    assert [(line.key, line.points[0].value) for line in found.lines] == [
        ("no_reason", 2),
        ("quality_defect", 1),
    ]


def test_rates_divide_by_the_orders_of_the_same_days() -> None:
    house = build_house()
    for number in range(4):
        build_order(house, str(number))
    tell(
        house,
        opened(house, NOON, reason="quality_defect"),
        opened(house, NOON, kind="refund_only"),
    )
    catch_up()

    def value(name: str) -> float | None:
        found = series(house.system, name, NOON, NOON + HOUR)
        return found.lines[0].points[0].value

    with acting_for(house.merchant_id):
        rates = [value(n) for n in ("return_rate", "quality_return_rate", "refund_only_rate")]

    assert rates == [0.5, 0.25, 0.5]


def test_amounts_of_other_currencies_are_not_mixed_in() -> None:
    house = build_house()
    order = build_order(house)
    tell(
        house,
        refunded(NOON, order, 1, amount_minor=500),
        refunded(NOON, order, 1, amount_minor=700, currency="USD"),
    )
    catch_up()

    with acting_for(house.merchant_id):
        plain = series(house.system, "refunded_amount", NOON, NOON + HOUR)
        cut = series(
            house.system, "refunded_amount", NOON, NOON + HOUR, Grain.DAY, Dimension.CURRENCY
        )

    assert (plain.currency, plain.lines[0].points[0].value) == ("CNY", 500)
    assert {line.key: line.points[0].value for line in cut.lines} == {"CNY": 500, "USD": 700}


def test_an_unknown_metric_is_not_found() -> None:
    house = build_house()
    with acting_for(house.merchant_id), pytest.raises(MetricUnknown):
        series(house.system, "happiness", NOON, NOON + DAY)


@pytest.mark.parametrize(
    ("start", "end", "grain"),
    [
        (NOON, NOON, Grain.DAY),
        (NOON, NOON - DAY, Grain.DAY),
        (NOON, NOON + 60 * DAY, Grain.HOUR),
        (NOON - 40_000 * DAY, NOON, Grain.DAY),
        (NOON.replace(tzinfo=None), NOON, Grain.DAY),
    ],
)
def test_an_absurd_range_is_refused(start: datetime, end: datetime, grain: Grain) -> None:
    house = build_house()
    with acting_for(house.merchant_id), pytest.raises(RangeInvalid):
        series(house.system, "inquiries", start, end, grain)


def test_a_dimension_the_metric_lacks_is_refused() -> None:
    house = build_house()
    with acting_for(house.merchant_id), pytest.raises(DimensionInvalid):
        series(house.system, "inquiries", NOON, NOON + DAY, Grain.DAY, Dimension.REASON)


def test_figures_are_for_those_who_may_see_them() -> None:
    house = build_house()
    clerk: Actor = build_staff(house, "wang", Duty.WAREHOUSE)
    with acting_for(house.merchant_id), pytest.raises(NotAllowed):
        live_figures(clerk, NOON)
