"""What holds of every decision, whatever the facts and the promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anxin.domains.policies.data import (
    Condition,
    DaysOff,
    Decision,
    Delivery,
    ExclusionKind,
    Facts,
    FreightPayer,
    LineFacts,
    OrderState,
    Policy,
    ReasonCode,
    Remedy,
    Roll,
    SignedBy,
    Verdict,
    from_json,
    to_json,
)
from anxin.domains.policies.rules import decide, period_after
from tests.builders_policies import a_policy, a_promise, some_facts

RANK = {Verdict.DECLINE: 0, Verdict.REVIEW: 1, Verdict.ALLOW: 2}
ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu"]
CATEGORIES = ["女装", "美妆", "手机", "杯"]
# Hypothesis wants the bounds naive.
moments = st.datetimes(datetime(2023, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
maybe = st.none() | moments
small = st.integers(0, 5)
money = st.integers(0, 80_000)


@st.composite
def lines(draw: st.DrawFn, number: int) -> LineFacts:
    bought = draw(st.integers(1, 5))
    shipped = draw(st.integers(0, bought))
    return LineFacts(
        line_id=str(number),
        sku=f"S{number}",
        bought=bought,
        shipped=shipped,
        claimed=draw(st.integers(0, shipped)),
        cancelled=draw(st.integers(0, bought - shipped)),
        asked=draw(st.integers(0, 6)),
        category=draw(st.sampled_from(CATEGORIES)),
        refundable_minor=draw(money),
        exclusion=draw(st.sampled_from(ExclusionKind)),
        exclusion_confirmed=draw(st.booleans()),
        conditions=tuple(sorted(draw(st.sets(st.sampled_from(Condition), max_size=2)))),
    )


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    signed = draw(maybe)
    asked = draw(moments)
    if signed is not None and draw(st.booleans()):
        asked = signed + timedelta(minutes=draw(st.integers(0, 30 * 24 * 60)))
    return Facts(
        asked_at=asked,
        placed_at=asked - timedelta(days=10),
        reason=draw(st.sampled_from(ReasonCode)),
        lines=tuple(draw(lines(n)) for n in range(draw(st.integers(1, 3)))),
        currency=draw(st.sampled_from(["CNY", "USD", "JPY"])),
        order_state=draw(st.sampled_from(OrderState)),
        wanted=draw(st.none() | st.sampled_from(Remedy)),
        delivery=Delivery(
            shipped_at=draw(maybe),
            delivered_at=draw(maybe),
            signed_at=signed,
            signed_by=draw(st.sampled_from(SignedBy)),
            picked_up_at=draw(maybe),
            consent_to_proxy=draw(st.booleans()),
        ),
        photos=draw(small),
        outbound_freight_left_minor=draw(money),
        is_rest_of_order=draw(st.booleans()),
        waived_freight_minor=draw(money),
        is_threshold_lost=draw(st.booleans()),
        pickup_fee_minor=draw(money),
        zone=draw(st.sampled_from(ZONES)),
        tier=draw(st.sampled_from(["", "gold"])),
    )


scopes = st.fixed_dictionaries(
    {},
    optional={
        "reasons": st.sets(st.sampled_from(ReasonCode), min_size=1).map(sorted),
        "categories": st.sets(st.sampled_from(CATEGORIES), min_size=1).map(sorted),
        "tiers": st.just(["gold"]),
    },
)


@st.composite
def promises(draw: st.DrawFn) -> dict[str, Any]:
    """Return a clause that can only promise more."""
    question = draw(
        st.sampled_from(
            ["window", "exclusion", "standard", "freight", "evidence", "approval", "keep"]
        )
    )
    scope = {} if question == "standard" else draw(scopes)
    terms: dict[str, Any] = {
        "window": {
            "days": draw(st.integers(1, 60)),
            "roll": draw(st.sampled_from(Roll)),
            "remedies": draw(st.sampled_from([["return_refund"], ["refund_only"]])),
            "review_days": draw(st.none() | st.integers(1, 90)),
        },
        "exclusion": {
            "kinds": draw(st.sets(st.sampled_from(ExclusionKind), min_size=1)),
            "is_waiver": True,
        },
        "standard": {
            "broken_by": draw(st.sets(st.sampled_from(Condition), min_size=1)),
            "is_waiver": True,
        },
        "freight": {
            "return_payer": draw(st.sampled_from(["buyer", "seller"])),
            "refunds_outbound": draw(st.booleans()),
            "deducts_waived": draw(st.booleans()),
        },
        "evidence": {"photos": 0},
        "approval": {"limits_minor": {"CNY": draw(money), "JPY": draw(money)}},
        "keep": {"limits_minor": {"CNY": draw(money), "USD": draw(money)}},
    }[question]
    return a_promise(question, f"p-{draw(st.uuids())}", **scope, **terms)


def _is_no_worse(before: Decision, after: Decision) -> bool:
    if RANK[after.verdict] != RANK[before.verdict]:
        return RANK[after.verdict] > RANK[before.verdict]
    totals = [max((o.total_minor for o in d.offers), default=0) for d in (before, after)]
    photos = [sum(e.needed for e in d.evidence_missing) for d in (before, after)]
    return totals[1] >= totals[0] and photos[1] <= photos[0] and _freight_is_no_worse(before, after)


def _freight_is_no_worse(before: Decision, after: Decision) -> bool:
    return not (
        before.freight_payer is FreightPayer.SELLER and after.freight_payer is FreightPayer.BUYER
    )


@settings(max_examples=600, deadline=None)
@given(facts(), st.lists(promises(), max_size=3), promises())
def test_a_better_promise_never_makes_it_worse_for_the_buyer(
    asked: Facts, given_before: list[dict[str, Any]], promise: dict[str, Any]
) -> None:
    """P14."""
    before = decide(asked, a_policy(*given_before))
    after = decide(asked, a_policy(*given_before, promise))

    assert _is_no_worse(before, after)


@settings(max_examples=300, deadline=None)
@given(facts(), st.lists(promises(), max_size=2))
def test_the_same_facts_give_the_same_decision(asked: Facts, clauses: list[dict[str, Any]]) -> None:
    policy = a_policy(*clauses)
    copied = from_json(Facts, to_json(asked))

    first, second = decide(asked, policy), decide(copied, policy)

    assert first == second
    assert to_json(first) == to_json(second)
    assert from_json(Decision, to_json(first)) == first


@settings(max_examples=500, deadline=None)
@given(facts(), st.lists(promises(), max_size=2))
def test_every_decision_holds_together(asked: Facts, clauses: list[dict[str, Any]]) -> None:
    decision = decide(asked, a_policy(*clauses))
    given_by_line = {line.line_id: line.refundable_minor for line in asked.lines}

    if decision.verdict is not Verdict.ALLOW:
        assert decision.clauses, "every adverse decision cites a clause"
    assert bool(decision.offers) == (decision.verdict is not Verdict.DECLINE)
    for offer in (*decision.offers, *([decision.if_granted] if decision.if_granted else [])):
        assert 0 <= offer.total_minor
        assert offer.freight_refund_minor <= asked.outbound_freight_left_minor
        assert offer.total_minor == (
            offer.goods_minor
            + offer.freight_refund_minor
            - offer.freight_deducted_minor
            - offer.pickup_deducted_minor
        )
        for amount in offer.lines:
            assert 0 <= amount.refund_minor <= given_by_line[amount.line_id]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ReasonCode),
    st.integers(1, 5),
    st.lists(money, min_size=6, max_size=6),
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from(Remedy),
    money,
)
def test_more_quantity_never_lowers_the_total(
    reason: ReasonCode,
    quantity: int,
    units: list[int],
    is_shipped: bool,
    is_threshold_lost: bool,
    wanted: Remedy | None,
    freight: int,
) -> None:
    """P6, for one state of the threshold: what the units carry is frozen and only adds up."""

    def total(asked: int) -> int:
        line = LineFacts(
            line_id="1", sku="S", bought=6, shipped=6 if is_shipped else 0, asked=asked,
            refundable_minor=sum(units[:asked]),
        )  # fmt: skip
        request = some_facts(
            reason=reason, lines=(line,), wanted=wanted, is_threshold_lost=is_threshold_lost,
            waived_freight_minor=freight, outbound_freight_left_minor=freight,
            is_rest_of_order=asked == 6,
        )  # fmt: skip
        offers = decide(request, PLAIN).offers
        return max((offer.total_minor for offer in offers), default=0)

    assert total(quantity) <= total(quantity + 1)


PLAIN: Policy = a_policy()
UNROLLED: Policy = replace(
    PLAIN, windows=tuple(replace(term, roll=Roll.NONE) for term in PLAIN.windows)
)


@settings(max_examples=400, deadline=None)
@given(moments, st.sampled_from(ZONES), st.sampled_from(["none", "rolled"]))
def test_the_minute_before_is_heard_and_the_minute_after_is_not(
    signed: datetime, zone: str, roll: str
) -> None:
    """P15: across leap day, year's end, summer time and days off, in any zone."""
    policy = UNROLLED if roll == "none" else PLAIN
    asked = replace(
        some_facts(),
        zone=zone,
        asked_at=signed,
        delivery=Delivery(signed_at=signed, signed_by=SignedBy.BUYER),
    )
    ends_at = decide(asked, policy).window_ends_at
    assert ends_at is not None
    last_day = (ends_at - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
    known = last_day.year in policy.days_off.years or roll == "none"

    minute = timedelta(minutes=1)
    before = decide(replace(asked, asked_at=ends_at - minute), policy)
    after = decide(replace(asked, asked_at=ends_at + minute), policy)

    assert before.verdict is Verdict.ALLOW
    assert after.verdict is (Verdict.DECLINE if known else Verdict.REVIEW)
    assert last_day - signed.astimezone(ZoneInfo(zone)).date() >= timedelta(days=7)


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 20)),
    st.times(),
    st.integers(0, 400),
    st.sampled_from(Roll),
    st.sampled_from(ZONES),
)
def test_a_period_counts_local_days_and_ends_on_a_day_that_is_not_off(
    day: date, at: time, days: int, roll: Roll, zone: str
) -> None:
    place = ZoneInfo(zone)
    started = datetime.combine(day, at, place)

    period = period_after(started.astimezone(UTC), days, roll, zone, PLAIN.days_off)

    counted = started.astimezone(UTC).astimezone(place).date() + timedelta(days=days)
    assert period.counted_day == counted
    assert period.ends_at.astimezone(place) == datetime.combine(
        period.last_day + timedelta(days=1), time.min, place
    )
    assume(period.are_days_off_known and roll is not Roll.NONE)
    assert period.last_day not in PLAIN.days_off.off
    if roll is Roll.STATUTORY_AND_WEEKEND:
        assert period.last_day.weekday() < 5 or period.last_day in PLAIN.days_off.worked


@given(st.dates(date(2024, 1, 1), date(2026, 12, 20)), st.sampled_from(Roll))
def test_without_known_years_nothing_is_guessed(day: date, roll: Roll) -> None:
    started = datetime.combine(day, time(12), UTC)

    period = period_after(started, 7, roll, "Asia/Shanghai", DaysOff())

    assert period.counted_day == period.last_day
    assert period.are_days_off_known is (roll is Roll.NONE)
