"""How many decisions a core makes in a second, over a mix of ordinary and awkward requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from time import process_time

from anxin.domains.policies.data import (
    Condition,
    Delivery,
    ExclusionKind,
    Facts,
    LineFacts,
    OrderState,
    ReasonCode,
    SignedBy,
    Verdict,
)
from anxin.domains.policies.queries import default_policy
from anxin.domains.policies.rules import decide

_BATCH = 2_000


def benchmark_decide(seconds: float = 5.0) -> dict[str, float | int | str]:
    """Decide for this much processor time, on one core, and return the figures.

    Processor time is counted, not the clock on the wall: what other programs take is not ours.
    """
    policy = default_policy()
    batch = list(islice(cycle(sample_facts()), _BATCH))
    verdicts = dict.fromkeys(Verdict, 0)
    for facts in batch[: len(sample_facts())]:
        verdicts[decide(facts, policy).verdict] += 1
    made, started = 0, process_time()
    while process_time() - started < seconds:
        for facts in batch:
            decide(facts, policy)
        made += _BATCH
    taken = process_time() - started
    return {
        "name": "decide",
        "decisions": made,
        "cpu_seconds": round(taken, 3),
        "decisions_per_second_and_core": round(made / taken),
        "target": 15_000,
        "cases": len(sample_facts()),
        **{f"cases_{verdict}": count for verdict, count in verdicts.items()},
    }


def sample_facts() -> tuple[Facts, ...]:
    """Return requests in about the mix a shop sees: most are plain, some are not."""
    signed = datetime(2026, 11, 2, 3, tzinfo=UTC)
    plain = _request(signed, signed + timedelta(days=3))
    defect = replace(plain, reason=ReasonCode.QUALITY_DEFECT, photos=2)
    unshipped = replace(
        plain,
        reason=ReasonCode.NOT_WANTED_BEFORE_SHIPMENT,
        order_state=OrderState.PAID,
        delivery=Delivery(),
        lines=(replace(plain.lines[0], shipped=0),),
    )
    three = replace(
        plain, lines=tuple(replace(plain.lines[0], line_id=str(n), sku=f"SKU-{n}") for n in "123")
    )
    opened = replace(
        plain.lines[0], category="美妆", conditions=(Condition.SEAL_BROKEN,), sku="MZ-8"
    )
    fresh = replace(plain.lines[0], exclusion=ExclusionKind.FRESH_PERISHABLE, sku="SX-2")
    locker = Delivery(
        shipped_at=signed - timedelta(days=2), delivered_at=signed, signed_by=SignedBy.LOCKER
    )
    return (
        plain,
        plain,
        defect,
        replace(plain, is_rest_of_order=True, outbound_freight_left_minor=800),
        three,
        defect,
        unshipped,
        replace(plain, asked_at=signed + timedelta(days=9)),
        replace(defect, photos=0),
        replace(plain, lines=(opened,)),
        replace(plain, lines=(fresh,)),
        replace(plain, delivery=locker),
    )


def _request(signed_at: datetime, asked_at: datetime) -> Facts:
    line = LineFacts(
        line_id="1",
        sku="NZ-1024",
        bought=2,
        asked=1,
        shipped=2,
        refundable_minor=15_900,
        price_minor=19_900,
        discount_minor=4_000,
        category="女装",
    )
    return Facts(
        asked_at=asked_at,
        placed_at=signed_at - timedelta(days=4),
        paid_at=signed_at - timedelta(days=4),
        reason=ReasonCode.NO_REASON,
        lines=(line,),
        currency="CNY",
        order_state=OrderState.DELIVERED,
        delivery=Delivery(
            shipped_at=signed_at - timedelta(days=2),
            delivered_at=signed_at,
            signed_at=signed_at,
            signed_by=SignedBy.BUYER,
        ),
        outbound_freight_paid_minor=800,
    )
