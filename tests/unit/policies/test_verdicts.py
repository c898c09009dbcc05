"""Dated cases: the verdict, and the facts of the law or the edge case that settle each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from anxin.domains.policies.data import (
    Condition,
    Delivery,
    Effect,
    ExclusionKind,
    Ground,
    OrderState,
    ReasonCode,
    Remedy,
    SignedBy,
    Verdict,
)
from anxin.domains.policies.rules import decide
from tests.builders_policies import a_line, a_policy, a_promise, shanghai, some_facts

ALLOW, REVIEW, DECLINE = Verdict.ALLOW, Verdict.REVIEW, Verdict.DECLINE
G, R, K, C = Ground, ReasonCode, ExclusionKind, Condition
POLICY = a_policy()

# signed, asked (Shanghai), verdict; what the case shows. CN-05 and EDGE_CASES 1 throughout.
WITHDRAWAL = [
    ("2026-11-02 10:00", "2026-11-02 10:01", ALLOW, "day 0 counts for the buyer"),
    ("2026-11-02 23:59", "2026-11-02 23:59", ALLOW, "the very minute of signing"),
    ("2026-11-02 10:00", "2026-11-03 00:00", ALLOW, "first counted day"),
    ("2026-11-02 10:00", "2026-11-09 10:01", ALLOW, "168 h from signing is not the end"),
    ("2026-11-02 10:00", "2026-11-09 23:59", ALLOW, "minute before the end"),
    ("2026-11-02 10:00", "2026-11-10 00:00", ALLOW, "24:00 is the last instant"),
    ("2026-11-02 10:00", "2026-11-10 00:01", DECLINE, "minute after the end"),
    ("2026-11-02 00:00", "2026-11-09 23:59", ALLOW, "signed at midnight: that day is day 0"),
    ("2026-11-01 23:59", "2026-11-09 00:01", ALLOW, "day 8 is Sunday: rolls to Monday 9th"),
    ("2026-11-01 23:59", "2026-11-09 23:59", ALLOW, "CN-38: rolled over the Sunday"),
    ("2026-11-01 23:59", "2026-11-10 00:01", DECLINE, "CN-38: and not further"),
    ("2026-10-31 12:00", "2026-11-09 23:59", ALLOW, "CN-38: Saturday 7th rolls to Monday 9th"),
    ("2026-10-30 12:00", "2026-11-06 23:59", ALLOW, "Friday the 6th stays"),
    ("2026-10-30 12:00", "2026-11-07 00:01", DECLINE, "Friday the 6th does not roll"),
    ("2024-02-21 12:00", "2024-02-28 23:59", ALLOW, "leap year, before the leap day"),
    ("2024-02-22 12:00", "2024-02-29 23:59", ALLOW, "the leap day is the last day"),
    ("2024-02-22 12:00", "2024-03-01 00:01", DECLINE, "the day after the leap day"),
    ("2024-02-23 12:00", "2024-03-01 23:59", ALLOW, "across the leap day"),
    ("2025-02-21 12:00", "2025-02-28 23:59", ALLOW, "month end, ordinary year"),
    ("2025-02-21 12:00", "2025-03-01 00:01", DECLINE, "after the month end"),
    ("2025-02-24 12:00", "2025-03-03 23:59", ALLOW, "across the month end"),
    ("2025-03-24 12:00", "2025-03-31 23:59", ALLOW, "31st as the last day"),
    ("2025-03-24 12:00", "2025-04-01 00:01", DECLINE, "after the 31st"),
    ("2025-04-23 12:00", "2025-04-30 23:59", ALLOW, "30th as the last day"),
    ("2025-04-23 12:00", "2025-05-01 00:01", DECLINE, "30 April is worked, no roll into May Day"),
    ("2025-12-24 12:00", "2025-12-31 23:59", ALLOW, "year end"),
    ("2025-12-24 12:00", "2026-01-01 00:01", DECLINE, "after the year end"),
    ("2025-12-26 12:00", "2026-01-04 23:59", ALLOW, "2 January is off, Sunday 4th is worked"),
    ("2025-12-26 12:00", "2026-01-05 00:01", DECLINE, "the worked Sunday ends it"),
    ("2025-12-29 12:00", "2026-01-05 23:59", ALLOW, "across the year boundary"),
    ("2026-02-09 12:00", "2026-02-24 23:59", ALLOW, "spring festival: 16th rolls to the 24th"),
    ("2026-02-09 12:00", "2026-02-25 00:01", DECLINE, "spring festival is over"),
    ("2026-02-07 12:00", "2026-02-14 23:59", ALLOW, "Saturday 14th is a working day"),
    ("2026-02-07 12:00", "2026-02-24 23:59", DECLINE, "a worked Saturday does not roll"),
    ("2025-09-24 12:00", "2025-10-09 23:59", ALLOW, "national week rolls to the 9th"),
    ("2025-09-24 12:00", "2025-10-10 00:01", DECLINE, "national week is over"),
    ("2025-09-21 12:00", "2025-09-28 23:59", ALLOW, "Sunday 28 September 2025 is worked"),
    ("2025-09-21 12:00", "2025-09-29 00:01", DECLINE, "so it does not roll"),
    ("2026-12-24 12:00", "2026-12-31 23:59", ALLOW, "last known day"),
    ("2026-12-25 12:00", "2027-01-01 23:59", ALLOW, "in time whatever 2027 holds"),
    ("2026-12-25 12:00", "2027-01-02 00:01", REVIEW, "2027 is unknown: said, not guessed"),
    ("2026-12-25 12:00", "2027-01-20 00:01", DECLINE, "no roll is that long"),
]


@pytest.mark.parametrize(("signed", "asked", "verdict", "shows"), WITHDRAWAL)
def test_withdrawal_is_heard_in_its_seven_days(
    signed: str, asked: str, verdict: Verdict, shows: str
) -> None:
    decision = decide(some_facts(signed, asked), POLICY)

    assert decision.verdict is verdict, shows
    assert any({"CN-01", "CN-05"} & set(clause.sources) for clause in decision.clauses)


def test_unknown_days_off_are_said() -> None:
    decision = decide(some_facts("2026-12-25 12:00", "2027-01-02 00:01"), POLICY)

    assert decision.reasons == (G.HOLIDAYS_UNKNOWN,)
    assert "放假安排尚未录入" in decision.clauses[0].zh


# facts changed, verdict, a reason that must be given, a source that must be cited
OTHERS: list[tuple[str, dict[str, Any], Verdict, Ground, str]] = [
    ("made to order", {"exclusion": K.CUSTOM_MADE}, DECLINE, G.EXCLUDED_GOODS, "CN-02"),
    ("fresh", {"exclusion": K.FRESH_PERISHABLE}, DECLINE, G.EXCLUDED_GOODS, "CN-02"),
    ("newspaper", {"exclusion": K.PERIODICAL}, DECLINE, G.EXCLUDED_GOODS, "CN-02"),
    ("sealed disc", {"exclusion": K.DIGITAL_UNSEALED}, ALLOW, G.WITHIN_WITHDRAWAL_PERIOD, "CN-05"),
    (
        "downloaded",
        {"exclusion": K.DIGITAL_UNSEALED, "conditions": (C.DOWNLOADED,)},
        DECLINE, G.EXCLUDED_GOODS, "CN-02",
    ),
    (
        "underwear, confirmed",
        {"exclusion": K.UNSEALING_AFFECTS_SAFETY, "exclusion_confirmed": True},
        DECLINE, G.EXCLUDED_GOODS, "CN-07",
    ),
    (
        "underwear, no confirmation (EDGE_CASES 8)",
        {"exclusion": K.UNSEALING_AFFECTS_SAFETY},
        ALLOW, G.EXCLUSION_NOT_CONFIRMED, "CN-08",
    ),
    (
        "activated, confirmed",
        {"exclusion": K.VALUE_LOSS_AFTER_ACTIVATION, "exclusion_confirmed": True},
        DECLINE, G.EXCLUDED_GOODS, "CN-08",
    ),
    ("flawed, not confirmed", {"exclusion": K.DECLARED_FLAWED}, ALLOW, G.EXCLUSION_NOT_CONFIRMED,
     "CN-08"),
    ("cream, seal broken", {"category": "美妆", "conditions": (C.SEAL_BROKEN,)}, DECLINE,
     G.NOT_INTACT, "CN-10"),
    ("dress, package opened", {"conditions": (C.SEAL_BROKEN,)}, ALLOW,
     G.WITHIN_WITHDRAWAL_PERIOD, "CN-05"),
    ("dress, tags off", {"conditions": (C.TAGS_REMOVED,)}, DECLINE, G.NOT_INTACT, "CN-10"),
    ("phone, activated", {"category": "手机", "conditions": (C.ACTIVATED,)}, DECLINE,
     G.NOT_INTACT, "CN-10"),
    ("phone, tags off", {"category": "手机", "conditions": (C.TAGS_REMOVED,)}, ALLOW,
     G.WITHIN_WITHDRAWAL_PERIOD, "CN-05"),
    ("a cup, used", {"category": "杯", "conditions": (C.USED,)}, REVIEW, G.CONDITION_TO_JUDGE,
     "CN-09"),
    ("a cup, parts missing", {"category": "杯", "conditions": (C.ACCESSORIES_MISSING,)}, REVIEW,
     G.CONDITION_TO_JUDGE, "CN-09"),
    ("three of two", {"asked": 3}, DECLINE, G.MORE_THAN_AVAILABLE, "CN-16"),
    ("one, both claimed", {"claimed": 2}, DECLINE, G.MORE_THAN_AVAILABLE, "CN-16"),
    ("two, one claimed", {"asked": 2, "claimed": 1}, DECLINE, G.MORE_THAN_AVAILABLE, "CN-16"),
    ("none", {"asked": 0}, DECLINE, G.NOTHING_ASKED, "CN-16"),
    ("less than none", {"asked": -1}, DECLINE, G.NOTHING_ASKED, "CN-16"),
    ("two, one shipped", {"asked": 2, "shipped": 1}, REVIEW, G.UNITS_IN_DIFFERENT_STAGES, "CN-01"),
    ("not shipped", {"shipped": 0}, ALLOW, G.NOT_SHIPPED_YET, "CN-16"),
    ("dear", {"refundable_minor": 50_001}, REVIEW, G.ABOVE_AUTOMATIC_LIMIT, "CN-05"),
    ("at the limit", {"refundable_minor": 50_000}, ALLOW, G.WITHIN_WITHDRAWAL_PERIOD, "CN-05"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "line", "verdict", "reason", "source"), OTHERS)
def test_goods_their_state_and_their_number_decide(
    case: str, line: dict[str, Any], verdict: Verdict, reason: Ground, source: str
) -> None:
    decision = decide(some_facts(lines=(a_line(**line),)), POLICY)

    assert decision.verdict is verdict, case
    assert reason in decision.reasons
    assert any(source in clause.sources for clause in decision.clauses)


def _delivery(**evidence: Any) -> Delivery:
    moments = {k: shanghai(v) if isinstance(v, str) and k.endswith("_at") else v
               for k, v in evidence.items()}  # fmt: skip
    return Delivery(**{"shipped_at": shanghai("2026-10-01 08:00")} | moments)


# EDGE_CASES 4, CN-28: asked long after; only evidence that carries starts the clock.
CLOCKS: list[tuple[str, Delivery, Verdict]] = [
    ("signed by the buyer", _delivery(signed_at="2026-10-09 10:00", signed_by=SignedBy.BUYER),
     DECLINE),
    ("signed, by whom is not said", _delivery(signed_at="2026-10-09 10:00"), DECLINE),
    ("put down, nobody signed", _delivery(delivered_at="2026-10-09 10:00"), ALLOW),
    ("in a locker, no consent",
     _delivery(delivered_at="2026-10-09 10:00", signed_at="2026-10-09 10:00",
               signed_by=SignedBy.LOCKER), ALLOW),
    ("in a locker, with consent",
     _delivery(delivered_at="2026-10-09 10:00", signed_by=SignedBy.LOCKER,
               consent_to_proxy=True), DECLINE),
    ("at the neighbour's, no consent",
     _delivery(signed_at="2026-10-09 10:00", signed_by=SignedBy.PROXY), ALLOW),
    ("at the neighbour's, with consent",
     _delivery(signed_at="2026-10-09 10:00", signed_by=SignedBy.PROXY, consent_to_proxy=True),
     DECLINE),
    ("locker without consent, picked up in time",
     _delivery(delivered_at="2026-10-09 10:00", signed_by=SignedBy.LOCKER,
               picked_up_at="2026-10-30 10:00"), ALLOW),
    ("locker without consent, picked up long ago",
     _delivery(delivered_at="2026-10-09 10:00", signed_by=SignedBy.LOCKER,
               picked_up_at="2026-10-12 10:00"), DECLINE),
    ("signed before it was sent: not credible",
     _delivery(signed_at="2026-09-09 10:00", signed_by=SignedBy.BUYER), ALLOW),
    ("on its way", _delivery(), ALLOW),
    ("on its way to a locker", _delivery(signed_by=SignedBy.LOCKER, consent_to_proxy=True), ALLOW),
]  # fmt: skip


@pytest.mark.parametrize(("case", "delivery", "verdict"), CLOCKS)
def test_only_good_evidence_of_receipt_starts_the_clock(
    case: str, delivery: Delivery, verdict: Verdict
) -> None:
    decision = decide(some_facts(asked="2026-11-05 09:00", delivery=delivery), POLICY)

    assert decision.verdict is verdict, case
    if verdict is ALLOW and decision.window_ends_at is None:
        assert Ground.PERIOD_NOT_STARTED in decision.reasons
        assert any("CN-28" in clause.sources for clause in decision.clauses)


# reason, signed, asked, photos, wanted → verdict, reason given (CN-20, CN-23)
FAULTS: list[tuple[ReasonCode, str, str, int, Remedy | None, Verdict, Ground]] = [
    (R.QUALITY_DEFECT, "2026-11-02 10:00", "2026-11-09 23:59", 1, None, ALLOW,
     G.WITHIN_DEFECT_PERIOD),
    (R.QUALITY_DEFECT, "2026-11-02 10:00", "2026-11-10 00:01", 1, None, REVIEW,
     G.EXCHANGE_OR_REPAIR_DUE),
    (R.QUALITY_DEFECT, "2026-11-02 10:00", "2026-11-17 23:59", 1, None, REVIEW,
     G.EXCHANGE_OR_REPAIR_DUE),
    (R.QUALITY_DEFECT, "2026-11-02 10:00", "2026-11-18 00:01", 1, None, REVIEW,
     G.DEFECT_PERIOD_OVER),
    (R.QUALITY_DEFECT, "2026-11-02 10:00", "2026-11-03 09:00", 0, None, REVIEW,
     G.EVIDENCE_MISSING),
    (R.DAMAGED_IN_TRANSIT, "2026-11-02 10:00", "2026-11-02 10:05", 0, None, REVIEW,
     G.EVIDENCE_MISSING),
    (R.DAMAGED_IN_TRANSIT, "2026-11-02 10:00", "2026-11-02 10:05", 1, None, ALLOW,
     G.WITHIN_DEFECT_PERIOD),
    (R.WRONG_ITEM, "2026-11-02 10:00", "2026-11-03 10:05", 1, None, ALLOW, G.WITHIN_DEFECT_PERIOD),
    (R.WRONG_ITEM, "2026-11-02 10:00", "2026-11-03 10:05", 0, None, REVIEW, G.EVIDENCE_MISSING),
    (R.NOT_AS_DESCRIBED, "2026-11-02 10:00", "2026-11-03 10:05", 1, None, ALLOW,
     G.WITHIN_DEFECT_PERIOD),
    (R.MISSING_ITEM, "2026-11-02 10:00", "2026-11-03 10:05", 0, Remedy.REFUND_ONLY, ALLOW,
     G.WITHIN_DEFECT_PERIOD),
    (R.MISSING_ITEM, "2026-11-02 10:00", "2026-11-03 10:05", 0, Remedy.RETURN_REFUND, ALLOW,
     G.WITHIN_DEFECT_PERIOD),
    (R.QUALITY_DEFECT, "2026-11-02 10:00", "2026-11-03 10:05", 1, Remedy.REFUND_ONLY, REVIEW,
     G.REMEDY_NOT_PROMISED),
    (R.NO_REASON, "2026-11-02 10:00", "2026-11-03 10:05", 0, Remedy.REFUND_ONLY, REVIEW,
     G.REMEDY_NOT_PROMISED),
    (R.NOT_RECEIVED, "2026-11-02 10:00", "2026-11-03 10:05", 0, None, REVIEW, G.PARCEL_TO_TRACE),
    (R.OTHER, "2026-11-02 10:00", "2026-11-03 10:05", 0, None, ALLOW, G.WITHIN_WITHDRAWAL_PERIOD),
    (R.OTHER, "2026-11-02 10:00", "2026-11-20 10:05", 0, None, REVIEW, G.REASON_NEEDS_JUDGEMENT),
    (R.NOT_WANTED_BEFORE_SHIPMENT, "2026-11-02 10:00", "2026-11-03 10:05", 0, None, DECLINE,
     G.ALREADY_SHIPPED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "signed", "asked", "photos", "wanted", "verdict", "ground"), FAULTS
)
def test_the_reason_decides_what_is_owed(
    reason: ReasonCode,
    signed: str,
    asked: str,
    photos: int,
    wanted: Remedy | None,
    verdict: Verdict,
    ground: Ground,
) -> None:
    facts = some_facts(signed, asked, reason=reason, photos=photos, wanted=wanted)

    decision = decide(facts, POLICY)

    assert decision.verdict is verdict
    assert ground in decision.reasons


@pytest.mark.parametrize("state", [OrderState.UNPAID, OrderState.CANCELLED])
def test_nothing_paid_is_nothing_refunded(state: OrderState) -> None:
    decision = decide(some_facts(order_state=state), POLICY)

    assert (decision.verdict, decision.reasons) == (DECLINE, (G.ORDER_NOT_PAID,))
    assert decision.clauses[0].sources == ("CN-16",)
    assert decision.if_granted is None


def test_asking_for_no_line_is_declined_with_words() -> None:
    decision = decide(some_facts(lines=()), POLICY)

    assert (decision.verdict, decision.reasons) == (DECLINE, (G.NOTHING_ASKED,))
    assert decision.clauses[0].en == "No goods were chosen."


def test_more_than_available_is_told_in_numbers() -> None:
    facts = some_facts(lines=(a_line(bought=5, shipped=5, claimed=3, asked=4),))

    decision = decide(facts, POLICY)

    assert decision.clauses[0].en == (
        "NZ-1024: 4 asked for, 5 bought, 3 of them already claimed; 2 can still be asked for."
    )


def test_an_excluded_line_beside_a_good_one_goes_to_a_person() -> None:
    lines = (a_line(), a_line(line_id="2", sku="SX-1", exclusion=K.FRESH_PERISHABLE))

    decision = decide(some_facts(lines=lines), POLICY)

    assert decision.verdict is REVIEW
    assert [one.verdict for one in decision.lines] == [ALLOW, DECLINE]
    assert [amount.line_id for amount in decision.offers[0].lines] == ["1"]
    assert decision.if_granted is not None
    assert [amount.line_id for amount in decision.if_granted.lines] == ["1", "2"]


def test_an_own_parcel_has_its_own_clock() -> None:
    """EDGE_CASES 5: per parcel by default."""
    late = _delivery(signed_at="2026-10-09 10:00", signed_by=SignedBy.BUYER)
    lines = (a_line(), a_line(line_id="2", delivery=late))

    decision = decide(some_facts(lines=lines), POLICY)

    assert [one.verdict for one in decision.lines] == [ALLOW, DECLINE]


def test_the_same_thing_is_said_of_two_lines_once() -> None:
    lines = (a_line(), a_line(line_id="2"))

    decision = decide(some_facts(lines=lines), POLICY)

    said = [clause for clause in decision.clauses if clause.clause_id == "law-withdrawal"]
    assert [clause.line_ids for clause in said] == [("1", "2")]


def test_declared_faults_of_food_do_not_bar_a_defect_claim() -> None:
    line = a_line(category="美妆", conditions=(C.SEAL_BROKEN,), exclusion=K.CUSTOM_MADE)

    decision = decide(some_facts(reason=R.QUALITY_DEFECT, lines=(line,)), POLICY)

    assert decision.verdict is ALLOW


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Pacific/Chatham"])
def test_another_zone_counts_its_own_days(zone: str) -> None:
    """Summer time ends within the period; days are still days."""
    facts = some_facts("2026-10-28 20:00", "2026-10-29 10:00", zone=zone)

    ends_at = decide(facts, POLICY).window_ends_at

    assert isinstance(ends_at, datetime)
    local = ends_at.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (0, 0)


def test_a_longer_promise_wins_and_is_cited() -> None:
    promise = a_promise("window", "fifteen-days", reasons=["no_reason"], days=15, roll="none")

    decision = decide(some_facts(asked="2026-11-17 23:59"), a_policy(promise))

    assert decision.verdict is ALLOW
    assert decision.clauses[0].clause_id == "fifteen-days"
    assert decision.clauses[0].article.zh == "商家承诺"


def test_a_shorter_promise_does_not_shorten_the_law() -> None:
    promise = a_promise("window", "two-days", reasons=["no_reason"], days=2, roll="none")

    decision = decide(some_facts(asked="2026-11-09 23:59"), a_policy(promise))

    assert decision.verdict is ALLOW
    assert decision.clauses[0].clause_id == "law-withdrawal"


@pytest.mark.parametrize(
    ("roll", "asked", "verdict"),
    [
        ("none", "2026-02-28 23:59", ALLOW),
        ("statutory", "2026-02-28 23:59", ALLOW),
        ("none", "2026-03-01 00:01", DECLINE),
    ],
)
def test_rolling_is_a_parameter_of_the_promise(roll: str, asked: str, verdict: Verdict) -> None:
    """Signed on 13 February 2026: fifteen days end on the worked Saturday of the 28th."""
    promise = a_promise("window", reasons=["no_reason"], days=15, roll=roll)

    decision = decide(some_facts("2026-02-13 10:00", asked), a_policy(promise))

    assert decision.verdict is verdict


def test_a_waived_exclusion_binds() -> None:
    """CN-18c: a promise on excluded goods binds."""
    promise = a_promise("exclusion", kinds=["fresh_perishable"], is_waiver=True)
    line = a_line(exclusion=K.FRESH_PERISHABLE)

    decision = decide(some_facts(lines=(line,)), a_policy(promise))

    assert decision.verdict is ALLOW
    assert decision.clauses[0].effect is Effect.CLEARS


def test_a_waived_standard_binds() -> None:
    promise = a_promise("standard", broken_by=["tags_removed"], is_waiver=True)
    line = a_line(conditions=(C.TAGS_REMOVED,))

    assert decide(some_facts(lines=(line,)), a_policy(promise)).verdict is ALLOW


def test_a_waiver_of_one_state_does_not_cover_another() -> None:
    promise = a_promise("standard", broken_by=["soiled"], is_waiver=True)
    line = a_line(conditions=(C.TAGS_REMOVED,))

    assert decide(some_facts(lines=(line,)), a_policy(promise)).verdict is DECLINE


def test_where_nothing_follows_a_period_for_defects_its_end_is_final() -> None:
    ended = replace(POLICY, windows=tuple(replace(t, review_days=None) for t in POLICY.windows))
    facts = some_facts(asked="2026-11-20 09:00", reason=R.QUALITY_DEFECT)

    decision = decide(facts, ended)

    assert (decision.verdict, decision.reasons) == (DECLINE, (G.DEFECT_PERIOD_OVER,))


def test_small_faults_need_no_return_when_promised() -> None:
    promise = a_promise("keep", limits_minor={"CNY": 20_000})
    facts = some_facts(reason=R.QUALITY_DEFECT, wanted=Remedy.REFUND_ONLY)

    decision = decide(facts, a_policy(promise))

    assert decision.verdict is ALLOW
    assert [offer.remedy for offer in decision.offers] == [
        Remedy.REFUND_ONLY,
        Remedy.RETURN_REFUND,
    ]


def test_another_currency_than_the_limits_needs_a_person() -> None:
    decision = decide(some_facts(currency="JPY"), POLICY)

    assert decision.verdict is REVIEW
    assert Ground.ABOVE_AUTOMATIC_LIMIT in decision.reasons


def test_a_bare_policy_approves_nothing_by_itself() -> None:
    assert decide(some_facts(), a_policy(bare=True)).verdict is REVIEW


def test_two_stages_in_one_wish_go_to_a_person() -> None:
    lines = (a_line(), a_line(line_id="2", shipped=0))

    decision = decide(some_facts(lines=lines), POLICY)

    assert decision.verdict is REVIEW
    assert {offer.remedy: len(offer.lines) for offer in decision.offers} == {
        Remedy.RETURN_REFUND: 1,
        Remedy.REFUND_ONLY: 1,
    }


def test_a_parcel_not_received_but_not_sent_is_refunded() -> None:
    facts = some_facts(None, reason=R.NOT_RECEIVED, lines=(a_line(shipped=0),))

    decision = decide(facts, POLICY)

    assert (decision.verdict, decision.offers[0].remedy) == (ALLOW, Remedy.REFUND_ONLY)


def test_an_adverse_decision_offers_a_person_on_request() -> None:
    decision = decide(some_facts(asked="2026-11-20 09:00"), POLICY)

    assert [duty.code for duty in decision.duties] == ["human_review_on_request"]
    assert decision.if_granted is not None
    assert decision.if_granted.total_minor == 15_900
