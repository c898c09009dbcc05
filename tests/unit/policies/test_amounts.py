"""Refunds added up: the freight matrix of cause, direction and threshold (EDGE_CASES 13)."""

from __future__ import annotations

from typing import Any

import pytest

from anxin.domains.policies.data import FreightPayer, LineAmount, ReasonCode, Remedy
from anxin.domains.policies.rules import decide
from tests.builders_policies import a_line, a_policy, a_promise, some_facts

POLICY = a_policy()
R, BUYER, SELLER = ReasonCode, FreightPayer.BUYER, FreightPayer.SELLER
WHOLE: dict[str, Any] = {"is_rest_of_order": True, "outbound_freight_left_minor": 800}
LOST: dict[str, Any] = {"is_threshold_lost": True, "waived_freight_minor": 800}

# reason, facts → who pays the return, outbound given back, waived freight deducted, total
MATRIX: list[tuple[ReasonCode, dict[str, Any], FreightPayer, int, int, int]] = [
    (R.NO_REASON, {}, BUYER, 0, 0, 15_900),
    (R.NO_REASON, WHOLE, BUYER, 0, 0, 15_900),
    (R.NO_REASON, LOST, BUYER, 0, 800, 15_100),
    (R.NO_REASON, {"is_threshold_lost": True, "waived_freight_minor": 99_999}, BUYER, 0, 15_900, 0),
    (R.OTHER, {}, BUYER, 0, 0, 15_900),
    (R.OTHER, LOST, BUYER, 0, 800, 15_100),
    (R.QUALITY_DEFECT, {}, SELLER, 0, 0, 15_900),
    (R.QUALITY_DEFECT, WHOLE, SELLER, 800, 0, 16_700),
    (R.QUALITY_DEFECT, LOST, SELLER, 0, 0, 15_900),
    (R.DAMAGED_IN_TRANSIT, WHOLE, SELLER, 800, 0, 16_700),
    (R.DAMAGED_IN_TRANSIT, LOST, SELLER, 0, 0, 15_900),
    (R.WRONG_ITEM, WHOLE, SELLER, 800, 0, 16_700),
    (R.NOT_AS_DESCRIBED, WHOLE | LOST, SELLER, 800, 0, 16_700),
    (R.MISSING_ITEM, WHOLE, SELLER, 800, 0, 16_700),
    (R.NOT_RECEIVED, WHOLE, SELLER, 800, 0, 16_700),
]


@pytest.mark.parametrize(("reason", "facts", "payer", "back", "deducted", "total"), MATRIX)
def test_freight_follows_the_cause(
    reason: ReasonCode,
    facts: dict[str, Any],
    payer: FreightPayer,
    back: int,
    deducted: int,
    total: int,
) -> None:
    offer = decide(some_facts(reason=reason, **facts), POLICY).offers[0]

    assert (offer.freight_payer, offer.freight_refund_minor) == (payer, back)
    assert (offer.freight_deducted_minor, offer.total_minor) == (deducted, total)


def test_before_shipment_the_freight_goes_back_with_the_last_of_the_order() -> None:
    lines = (a_line(shipped=0, asked=2, refundable_minor=31_800),)
    facts = some_facts(None, reason=R.NOT_WANTED_BEFORE_SHIPMENT, lines=lines, **WHOLE)

    offer = decide(facts, POLICY).offers[0]

    assert (offer.remedy, offer.total_minor) == (Remedy.REFUND_ONLY, 32_600)


def test_an_agreed_pickup_is_deducted_from_who_pays_the_return() -> None:
    assert decide(some_facts(pickup_fee_minor=1_200), POLICY).offers[0].total_minor == 14_700
    defect = some_facts(pickup_fee_minor=1_200, reason=R.QUALITY_DEFECT)
    assert decide(defect, POLICY).offers[0].total_minor == 15_900


def test_the_merchant_may_take_the_freight_on_himself() -> None:
    promise = a_promise(
        "freight",
        "free-returns",
        return_payer="seller",
        refunds_outbound=True,
        deducts_waived=False,
    )

    decision = decide(some_facts(**WHOLE, **LOST), a_policy(promise))

    assert decision.offers[0].total_minor == 16_700
    cited = [clause.clause_id for clause in decision.clauses]
    assert cited.count("free-returns") == 2
    assert decision.freight_payer is SELLER


def test_a_promise_for_shoes_does_not_cover_a_mixed_parcel() -> None:
    promise = a_promise("freight", return_payer="seller", categories=["鞋靴"])
    shoes = a_line(category="鞋靴", line_id="2")

    mixed = decide(some_facts(lines=(a_line(), shoes)), a_policy(promise))
    only_shoes = decide(some_facts(lines=(shoes,)), a_policy(promise))

    assert (mixed.freight_payer, only_shoes.freight_payer) == (BUYER, SELLER)


def test_an_offer_explains_itself_line_by_line() -> None:
    offer = decide(some_facts(), POLICY).offers[0]

    assert offer.lines == (LineAmount("1", "NZ-1024", 1, 19_900, 4_000, 0, 15_900),)
    assert str(offer.total) == "159.00 CNY"


def test_the_outbound_freight_stays_when_a_line_stays() -> None:
    lines = (a_line(), a_line(line_id="2", asked=9))

    decision = decide(some_facts(lines=lines, reason=R.QUALITY_DEFECT, **WHOLE), POLICY)

    assert decision.offers[0].freight_refund_minor == 0
