"""Sending a refund: whatever the provider does, and wherever we die, money moves once."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from anxin.adapters.sandbox.refund_callbacks import Call, make_due_callbacks, settle_due_refunds
from anxin.adapters.sandbox.signing import SIGNATURE_HEADER, TIME_HEADER
from anxin.domains.commerce.data import OrderId
from anxin.domains.finance.data import (
    NoticeOutcome,
    OrderMoney,
    ProviderNotice,
    ProviderRefund,
    ProviderState,
    RefundId,
)
from anxin.domains.finance.models import ProviderWord, RefundPart
from anxin.domains.finance.ports import Misbehaviour
from anxin.domains.finance.public import (
    account_totals,
    get_refund,
    look_after,
    order_money,
    reconcile,
    request_refund,
    retry_refund,
    send_part,
    take_provider_result,
)
from anxin.domains.finance.queries import due_parts
from anxin.kernel.actors import Actor
from anxin.kernel.models import RecordedEvent
from anxin.kernel.money import Money
from tests.builders import NOON, House
from tests.builders_finance import Rehearsal, build_paid_order, build_source


def requested(
    house: House, *payments: tuple[str, int], minor: int = 12_800
) -> tuple[OrderId, RefundId, list[UUID]]:
    order_id = build_paid_order(house, *(payments or (("wechat_pay", 12_800),)))
    refund_id = request_refund(
        house.system, build_source(), order_id=order_id, amount=Money(minor, "CNY"), now=NOON
    )
    parts = RefundPart.objects.filter(refund_id=refund_id).order_by("pk")
    return order_id, refund_id, [part.pk for part in parts]


def sweep(house: House, rehearsal: Rehearsal, seconds: float = 0) -> None:
    now = rehearsal.clock.go(seconds)
    for merchant_id, part_id in due_parts(now, 100):
        if merchant_id == house.merchant_id:
            look_after(part_id, rehearsal.provider, now=now)


def names(refund_id: RefundId) -> list[str]:
    rows = RecordedEvent.objects.filter(subject_id=str(refund_id)).order_by("pk")
    return [row.name.removeprefix("finance.") for row in rows]


def moved(rehearsal: Rehearsal) -> list[int]:
    return [entry.moved_count - entry.bounced_count for entry in rehearsal.provider.book()]


def balances(by: Actor) -> dict[str, int]:
    return {total.account: total.balance_minor for total in account_totals(by)}


def test_a_sent_refund_is_back_and_booked(house: House, rehearsal: Rehearsal) -> None:
    order_id, refund_id, parts = requested(house, ("wechat_pay", 10_000), ("points", 2_800))

    for part in parts:
        send_part(part, rehearsal.provider, now=NOON)

    refund = get_refund(house.system, refund_id)
    assert (refund.state, refund.finished_at) == ("succeeded", NOON)
    assert order_money(house.system, order_id) == OrderMoney("CNY", 12_800, 0, 12_800)
    assert balances(house.system) == {
        "paid_out:points": -2_800,
        "paid_out:wechat_pay": -10_000,
        "refunds_owed": 0,
        "returned_sales": 12_800,
    }
    assert names(refund_id) == ["RefundRequested", "RefundSucceeded"]
    assert reconcile(house.system, rehearsal.provider.book()) == ()


def test_a_refund_with_one_part_back_is_not_back(house: House, rehearsal: Rehearsal) -> None:
    _, refund_id, parts = requested(house, ("wechat_pay", 10_000), ("points", 2_800))

    send_part(parts[0], rehearsal.provider, now=NOON)

    assert get_refund(house.system, refund_id).state == "requested"
    assert names(refund_id) == ["RefundRequested"]


def test_sending_twice_sends_once(house: House, rehearsal: Rehearsal) -> None:
    _, refund_id, (part,) = requested(house)

    send_part(part, rehearsal.provider, now=NOON)
    send_part(part, rehearsal.provider, now=NOON)

    assert rehearsal.provider.book()[0].times_seen == 1
    assert names(refund_id).count("RefundSucceeded") == 1


def test_a_refusal_frees_the_money_and_a_person_must_look(
    house: House, rehearsal: Rehearsal
) -> None:
    order_id, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(refuses_always=True))

    send_part(part, rehearsal.provider, now=NOON)

    refund = get_refund(house.system, refund_id)
    assert (refund.state, refund.parts[0].last_error) == ("failed", "refused on demand")
    assert order_money(house.system, order_id).free_minor == 12_800
    assert names(refund_id) == ["RefundRequested", "RefundFailed"]


def test_a_failed_refund_is_retried_under_its_number(
    house: House, rehearsal: Rehearsal, officer: Actor
) -> None:
    _, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(fail_next=1))
    send_part(part, rehearsal.provider, now=NOON)

    retry_refund(officer, refund_id, now=NOON)
    send_part(part, rehearsal.provider, now=NOON)

    assert get_refund(officer, refund_id).state == "succeeded"
    assert moved(rehearsal) == [1]
    assert names(refund_id) == [
        "RefundRequested",
        "RefundFailed",
        "RefundRequested",
        "RefundSucceeded",
    ]


def test_down_is_tried_again_later_and_later(house: House, rehearsal: Rehearsal) -> None:
    _, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(is_down=True))
    send_part(part, rehearsal.provider, now=NOON)
    waits = []
    for _ in range(4):
        row = RefundPart.objects.get(pk=part)
        assert row.next_look_at is not None
        waits.append((row.next_look_at - rehearsal.clock.now).total_seconds())
        sweep(house, rehearsal, waits[-1])
    assert waits == [2, 4, 8, 16]

    rehearsal.provider.misbehave(Misbehaviour())
    sweep(house, rehearsal, 60)

    assert get_refund(house.system, refund_id).state == "succeeded"


def test_a_lost_answer_counts_as_spent_until_it_is_found(
    house: House, rehearsal: Rehearsal
) -> None:
    order_id, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(lose_next=1))
    send_part(part, rehearsal.provider, now=NOON)
    assert get_refund(house.system, refund_id).parts[0].state == "unknown"
    assert order_money(house.system, order_id).free_minor == 0

    sweep(house, rehearsal, 2)

    assert get_refund(house.system, refund_id).state == "succeeded"
    assert (moved(rehearsal), rehearsal.provider.book()[0].times_seen) == ([1], 1)


class _DiesAfterwards:
    """A provider whose caller dies after the call and before the record."""

    def __init__(self, rehearsal: Rehearsal, *, before: bool) -> None:
        self._provider, self._before = rehearsal.provider, before

    def refund(self, refund_no: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        if not self._before:
            self._provider.refund(refund_no, amount, payment_reference=payment_reference)
        raise KeyboardInterrupt

    def find(self, refund_no: str) -> ProviderRefund | None:
        return self._provider.find(refund_no)


@pytest.mark.parametrize("before", [True, False])
def test_dying_around_the_call_neither_loses_nor_doubles_money(
    house: House, rehearsal: Rehearsal, before: bool
) -> None:
    _, refund_id, (part,) = requested(house)
    with pytest.raises(KeyboardInterrupt):
        send_part(part, _DiesAfterwards(rehearsal, before=before), now=NOON)
    assert get_refund(house.system, refund_id).parts[0].state == "sending"
    sweep(house, rehearsal, 29)
    assert get_refund(house.system, refund_id).parts[0].state == "sending"

    sweep(house, rehearsal, 2)

    assert get_refund(house.system, refund_id).state == "succeeded"
    assert moved(rehearsal) == [1]


# --- callbacks ----------------------------------------------------------------------------------


def post(client: Client, house: House, statuses: list[int] | None = None) -> Call:
    """Return a way to make callbacks through our own hook; other tests' books are left alone."""

    def call(body: bytes, timestamp: str, signature: str) -> int:
        if b'"account": %d,' % house.merchant_id not in body:
            return 200
        headers = {TIME_HEADER: timestamp, SIGNATURE_HEADER: signature}
        answer = client.post(
            "/hooks/sandbox/refund/", body, content_type="application/json", headers=headers
        )
        if statuses is not None:
            statuses.append(answer.status_code)
        return answer.status_code

    return call


def notice(part_no: str, version: int, state: ProviderState, minor: int = 12_800) -> ProviderNotice:
    said = ProviderRefund(state, "SBX1", Money(minor, "CNY"), version)
    return ProviderNotice(f"sandbox:{part_no}:{version}", part_no, said)


def number_of(part: UUID) -> str:
    return RefundPart.objects.get(pk=part).part_no


def test_a_pending_refund_ends_by_callback(
    house: House, rehearsal: Rehearsal, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anxin.adapters.sandbox.refund_hook.utcnow", rehearsal.clock)
    _, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(pending_seconds=30, duplicates_callbacks=True))
    send_part(part, rehearsal.provider, now=NOON)
    assert get_refund(house.system, refund_id).parts[0].state == "pending"

    settle_due_refunds(rehearsal.clock.go(31))
    make_due_callbacks(rehearsal.clock(), post(client, house))

    assert get_refund(house.system, refund_id).state == "succeeded"
    assert names(refund_id).count("RefundSucceeded") == 1
    assert {word.outcome for word in ProviderWord.objects.filter(how="callback")} == {
        "stale",
        "applied",
    }


def test_a_callback_may_come_before_we_recorded_the_sending(
    house: House, rehearsal: Rehearsal
) -> None:
    _, refund_id, (part,) = requested(house)
    with pytest.raises(KeyboardInterrupt):
        send_part(part, _DiesAfterwards(rehearsal, before=False), now=NOON)

    take_provider_result(
        house.system, notice(number_of(part), 1, ProviderState.SUCCEEDED), now=NOON
    )
    sweep(house, rehearsal, 60)

    assert get_refund(house.system, refund_id).state == "succeeded"
    assert names(refund_id).count("RefundSucceeded") == 1


def test_a_repeated_callback_changes_nothing(house: House, rehearsal: Rehearsal) -> None:
    _, refund_id, (part,) = requested(house)
    send_part(part, rehearsal.provider, now=NOON)
    before = get_refund(house.system, refund_id), balances(house.system), names(refund_id)
    told = notice(number_of(part), 1, ProviderState.SUCCEEDED)

    outcomes = [take_provider_result(house.system, told, now=NOON) for _ in range(3)]

    assert outcomes == [NoticeOutcome.STALE, NoticeOutcome.REPEATED, NoticeOutcome.REPEATED]
    assert (get_refund(house.system, refund_id), balances(house.system), names(refund_id)) == before


@pytest.mark.parametrize("off", [-1, 1])
def test_a_callback_off_by_a_cent_is_flagged_and_the_provider_is_asked(
    house: House, rehearsal: Rehearsal, off: int
) -> None:
    _, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(pending_seconds=5))
    send_part(part, rehearsal.provider, now=NOON)

    outcome = take_provider_result(
        house.system,
        notice(number_of(part), 2, ProviderState.SUCCEEDED, 12_800 + off),
        now=NOON,
    )

    assert outcome is NoticeOutcome.AMOUNT_DIFFERS
    (flagged,) = get_refund(house.system, refund_id).parts
    assert (flagged.state, flagged.flag) == ("pending", "amount_differs")
    settle_due_refunds(rehearsal.clock.go(6))
    sweep(house, rehearsal, 1)
    (asked,) = get_refund(house.system, refund_id).parts
    assert (asked.state, asked.flag) == ("succeeded", "")


def test_a_callback_for_what_was_never_sent_is_flagged(house: House) -> None:
    order_id, refund_id, (part,) = requested(house)

    outcome = take_provider_result(
        house.system, notice(number_of(part), 1, ProviderState.SUCCEEDED), now=NOON
    )

    assert outcome is NoticeOutcome.NEVER_SENT
    assert get_refund(house.system, refund_id).parts[0].state == "reserved"
    assert order_money(house.system, order_id).refunded_minor == 0


def test_a_bounce_restores_the_balance_and_reopens_the_refund(
    house: House, rehearsal: Rehearsal, officer: Actor
) -> None:
    order_id, refund_id, (part,) = requested(house)
    send_part(part, rehearsal.provider, now=NOON)
    rehearsal.provider.bounce(number_of(part))

    take_provider_result(house.system, notice(number_of(part), 2, ProviderState.FAILED), now=NOON)

    assert get_refund(officer, refund_id).state == "failed"
    assert order_money(officer, order_id) == OrderMoney("CNY", 12_800, 0, 0)
    assert balances(officer) == {
        "paid_out:wechat_pay": 0,
        "refunds_owed": -12_800,
        "returned_sales": 12_800,
    }
    assert names(refund_id)[-1] == "RefundReversed"
    retry_refund(officer, refund_id, now=NOON)
    send_part(part, rehearsal.provider, now=NOON)
    assert get_refund(officer, refund_id).state == "succeeded"
    assert balances(officer)["paid_out:wechat_pay"] == -12_800


def test_an_old_word_after_a_retry_does_not_free_money_on_its_way(
    house: House, rehearsal: Rehearsal, officer: Actor
) -> None:
    order_id, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(fail_next=1, pending_seconds=60))
    send_part(part, rehearsal.provider, now=NOON)
    retry_refund(officer, refund_id, now=NOON)
    send_part(part, rehearsal.provider, now=NOON)

    take_provider_result(house.system, notice(number_of(part), 1, ProviderState.FAILED), now=NOON)

    assert get_refund(officer, refund_id).parts[0].state == "pending"
    assert order_money(officer, order_id).reserved_minor == 12_800


# --- the hook -----------------------------------------------------------------------------------


def test_a_callback_nobody_signed_is_refused(house: House, client: Client) -> None:
    status = post(client, house)(
        b'{"account": %d, "id": "1"}' % house.merchant_id, "1794369600", "0" * 64
    )

    assert status == 401
    assert not ProviderWord.objects.exists()


def test_an_old_but_genuine_callback_is_refused(
    house: House, rehearsal: Rehearsal, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anxin.adapters.sandbox.refund_hook.utcnow", rehearsal.clock)
    _, refund_id, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(lose_next=1))
    send_part(part, rehearsal.provider, now=NOON)
    sent_at = rehearsal.clock()
    rehearsal.clock.go(301)

    statuses: list[int] = []
    make_due_callbacks(sent_at, post(client, house, statuses))

    assert statuses == [401]
    assert get_refund(house.system, refund_id).parts[0].state == "unknown"


def test_an_unknown_refund_number_is_noted_once_and_answered_with_404(
    house: House, rehearsal: Rehearsal, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anxin.adapters.sandbox.refund_hook.utcnow", rehearsal.clock)
    rehearsal.provider.refund("RF-STRANGE", Money(1, "CNY"), payment_reference="TX")
    statuses: list[int] = []

    for _ in range(2):
        make_due_callbacks(rehearsal.clock.go(60), post(client, house, statuses))

    assert statuses == [404, 404]
    (word,) = ProviderWord.objects.all()
    assert (word.outcome, word.part_no) == ("unknown_number", "RF-STRANGE")
    assert '"refund_no": "RF-STRANGE"' in word.body


def test_reconciling_lists_money_that_we_do_not_know_of(house: House, rehearsal: Rehearsal) -> None:
    rehearsal.provider.refund("RF-STRANGE", Money(1, "CNY"), payment_reference="TX")
    _, _, (part,) = requested(house)
    rehearsal.provider.misbehave(Misbehaviour(lose_next=1))
    send_part(part, rehearsal.provider, now=NOON)

    found = reconcile(house.system, rehearsal.provider.book())

    assert {(d.number, str(d.kind)) for d in found} == {
        ("RF-STRANGE", "missing_here"),
        (number_of(part), "state"),
    }
