"""Deadlines, duties, evidence and words; and that a decision survives being stored."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from anxin.domains.policies.data import (
    Decision,
    Facts,
    Ground,
    Layer,
    Party,
    ReasonCode,
    Remedy,
    SignedBy,
    from_json,
    to_json,
)
from anxin.domains.policies.documents import (
    DocumentRefused,
    default_document,
    law_pack,
    parse_document,
)
from anxin.domains.policies.lifecycle import VERSION, VersionState
from anxin.domains.policies.rules import decide, decide_best, due_after
from anxin.kernel.money import Money
from tests.builders_policies import a_line, a_policy, a_promise, shanghai, some_facts

POLICY = a_policy()


def test_each_side_has_its_deadlines() -> None:
    deadlines = {d.code: d for d in decide(some_facts(), POLICY).deadlines}

    assert deadlines["merchant_answer"].due_at == shanghai("2026-11-06 09:00")
    assert (deadlines["send_back"].owner, deadlines["send_back"].days) == (Party.BUYER, 7)
    assert (deadlines["refund"].starts_on, deadlines["refund"].days) == ("received", 7)
    assert deadlines["refund_penalty_line"].days == 15


def test_a_deadline_in_days_ends_at_midnight() -> None:
    refund = next(d for d in decide(some_facts(), POLICY).deadlines if d.code == "refund")

    due = due_after(shanghai("2026-11-12 15:00"), refund, "Asia/Shanghai")

    assert due == shanghai("2026-11-20 00:00")


def test_a_faster_promise_replaces_the_laws_deadline() -> None:
    promise = a_promise("deadline", code="refund", owner="seller", starts_on="received", hours=24)

    found = {d.code: d for d in decide(some_facts(), a_policy(promise)).deadlines}

    assert (found["refund"].hours, found["refund"].clause_id) == (24, "promise")


def test_a_slower_promise_leaves_the_laws_deadline() -> None:
    promise = a_promise("deadline", code="refund", owner="seller", starts_on="received", days=30)

    found = {d.code: d for d in decide(some_facts(), a_policy(promise)).deadlines}

    assert (found["refund"].days, found["refund"].clause_id) == (7, "law-refund-time")


def test_other_currencies_are_shown_by_their_code() -> None:
    facts = some_facts(currency="JPY", is_threshold_lost=True, waived_freight_minor=800)

    assert any("800 JPY" in clause.en for clause in decide(facts, POLICY).clauses)


def test_a_deadline_promised_to_others_does_not_hold() -> None:
    promise = a_promise(
        "deadline", code="refund", owner="seller", starts_on="received", days=1, tiers=["gold"]
    )

    found = [
        {d.code: d.days for d in decide(some_facts(tier=tier), a_policy(promise)).deadlines}
        for tier in ("", "gold")
    ]

    assert [each["refund"] for each in found] == [7, 1]


def test_an_offer_is_found_by_its_remedy() -> None:
    decision = decide(some_facts(), POLICY)

    assert decision.offer_of(None) is decision.offers[0]
    assert decision.offer_of(Remedy.RETURN_REFUND) is decision.offers[0]
    assert decision.offer_of(Remedy.REFUND_ONLY) is None


def test_the_buyer_gets_the_longer_time() -> None:
    promise = a_promise("deadline", code="send_back", owner="buyer", starts_on="approved", days=10)

    found = {d.code: d for d in decide(some_facts(), a_policy(promise)).deadlines}

    assert found["send_back"].days == 10


def test_missing_photos_are_named_with_numbers() -> None:
    facts = some_facts(reason=ReasonCode.QUALITY_DEFECT, photos=0)

    missing = decide(facts, POLICY).evidence_missing

    assert [(m.code, m.needed, m.given, m.clause_id) for m in missing] == [
        ("photos", 1, 0, "photos")
    ]


def test_the_least_demanding_evidence_counts() -> None:
    none = a_promise("evidence", photos=0, reasons=["quality_defect"])
    facts = some_facts(reason=ReasonCode.QUALITY_DEFECT, photos=0)

    assert decide(facts, a_policy(none)).evidence_missing == ()


def test_the_first_clause_says_why_in_both_languages() -> None:
    clause = decide(some_facts(), POLICY).clauses[0]

    assert clause.zh == (
        "您于 2026-11-02 收货，7 日无理由退货期自次日起算，至 2026-11-09 24:00 止；"
        "您于 2026-11-05 09:00 提出，在期限内。"
    )
    assert "24:00 on 2026-11-09" in clause.en
    assert clause.article.zh.endswith("《网络购买商品七日无理由退货暂行办法》第10条")
    assert dict(clause.facts_used)["last_day"] == date(2026, 11, 9)


def test_money_and_names_are_shown_in_the_readers_language() -> None:
    facts = some_facts(is_threshold_lost=True, waived_freight_minor=800)
    said = {c.template.zh: c for c in decide(facts, POLICY).clauses}

    clause = next(c for c in said.values() if "包邮" in c.zh)
    assert "¥8.00" in clause.zh
    assert dict(clause.facts_used)["freight"] == Money(800, "CNY")


@pytest.mark.parametrize(
    "facts",
    [
        some_facts(),
        some_facts(asked="2026-11-20 09:00"),
        some_facts(reason=ReasonCode.QUALITY_DEFECT, photos=0, wanted=Remedy.REFUND_ONLY),
        some_facts("2026-11-01 10:00", "2026-11-20 10:00"),
        some_facts(lines=(a_line(sku="{x}", asked=9), a_line(line_id="2"))),
        some_facts(is_threshold_lost=True, waived_freight_minor=5, region="浙江"),
        some_facts(None),
    ],
)
def test_facts_and_decision_survive_being_stored(facts: Facts) -> None:
    decision = decide(facts, POLICY)

    kept = from_json(Decision, json.loads(json.dumps(to_json(decision))))

    assert kept == decision
    assert [(c.zh, c.en) for c in kept.clauses] == [(c.zh, c.en) for c in decision.clauses]
    assert from_json(Facts, json.loads(json.dumps(to_json(facts)))) == facts


def test_stored_fields_of_a_later_version_are_left_out() -> None:
    stored = to_json(some_facts()) | {"mood": "good"}

    assert from_json(Facts, stored) == some_facts()


def test_every_reason_has_words_for_every_outcome() -> None:
    """A missing word would be found only when the case occurs: try them all."""
    moments = ["2026-11-02 12:00", "2026-11-09 12:00", "2026-11-12 12:00", "2026-11-30 12:00"]
    for reason in ReasonCode:
        for asked in moments:
            for signed in ("2026-11-01 10:00", None):
                for wanted in (None, *Remedy):
                    facts = some_facts(signed, asked, reason=reason, photos=0, wanted=wanted)
                    decision = decide(facts, POLICY)
                    assert decision.clauses
                    assert all(clause.zh and clause.en for clause in decision.clauses)


def test_words_exist_for_every_kind_and_condition() -> None:
    from anxin.domains.policies.data import Condition, ExclusionKind

    words = law_pack("cn").words
    assert {f"kind.{k}" for k in ExclusionKind if k is not ExclusionKind.NONE} <= set(words)
    assert {f"condition.{c}" for c in Condition} <= set(words)


def test_a_policy_can_be_read_before_asking() -> None:
    clauses = POLICY.clauses()

    assert clauses[0].layer is Layer.MERCHANT
    assert all(clause.summary.zh and clause.summary.en for clause in clauses)
    assert all(clause.sources for clause in clauses if clause.layer is Layer.LAW)


def test_a_newer_policy_wins_when_it_is_better_for_the_buyer() -> None:
    newer = a_policy(a_promise("window", reasons=["no_reason"], days=30), version="newer")
    facts = some_facts(asked="2026-11-20 09:00")

    decision = decide_best(facts, [POLICY, newer])

    assert decision.policy_version == "newer"
    assert decision.reasons[-1] is Ground.NEWER_POLICY_IS_BETTER


def test_a_newer_policy_that_is_no_better_leaves_the_orders_own() -> None:
    newer = a_policy(bare=True, version="newer")

    decision = decide_best(some_facts(), [POLICY, newer])

    assert decision.policy_version == "test"
    assert Ground.NEWER_POLICY_IS_BETTER not in decision.reasons


@pytest.mark.parametrize(
    ("clause", "place"),
    [
        ({"question": "window", "id": "x", "summary": {"zh": "", "en": ""}}, "clauses.0"),
        (a_promise("window", days=0), "clauses.0.window.days"),
        (a_promise("exclusion", kinds=["custom_made"]), ""),
        (a_promise("standard", broken_by=["used"]), ""),
        (a_promise("approval", limits_minor={"yuan": 1}), "clauses.0.approval.limits_minor"),
        (a_promise("deadline", code="refund", owner="seller", starts_on="received"),
         "clauses.0.deadline"),
        (a_promise("witchcraft"), "clauses.0"),
        (a_promise("evidence", photos=1, colour="red"), "clauses.0.evidence.colour"),
    ],
)  # fmt: skip
def test_a_document_that_is_not_understood_is_refused_by_place(
    clause: dict[str, object], place: str
) -> None:
    document = default_document() | {"clauses": [clause]}

    with pytest.raises(DocumentRefused) as refused:
        parse_document(document)

    assert refused.value.fields["faults"][0]["place"].startswith(place)


def test_an_id_used_twice_is_refused() -> None:
    twice = [a_promise("evidence", photos=1), a_promise("evidence", photos=2)]

    with pytest.raises(DocumentRefused):
        parse_document(default_document() | {"clauses": twice})


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="CN-99"):
        a_policy(a_promise("evidence", photos=1, sources=["CN-99"]))


def test_the_default_document_is_json() -> None:
    assert json.loads(json.dumps(default_document())) == default_document()


def test_a_published_version_never_moves_back() -> None:
    assert VERSION.terminal_states() == {VersionState.SUPERSEDED}
    assert VERSION.open_actions(VersionState.SUPERSEDED) == []


def test_due_dates_are_utc() -> None:
    decision = decide(some_facts(), POLICY)

    assert decision.window_ends_at == datetime(2026, 11, 9, 16, tzinfo=UTC)
    assert all(d.due_at is None or d.due_at.tzinfo is UTC for d in decision.deadlines)


def test_signers_are_known_words() -> None:
    assert {signer.value for signer in SignedBy} == {"buyer", "proxy", "locker", "unknown"}
