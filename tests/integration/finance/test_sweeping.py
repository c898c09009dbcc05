"""The sweeps over refunds: what fails is put off and holds up nobody."""

from __future__ import annotations

import pytest

from anxin.adapters.sandbox.refund_provider import SandboxRefundProvider
from anxin.domains.finance.data import ProviderRefund, RefundId
from anxin.domains.finance.jobs import look_after_all, recheck_all
from anxin.domains.finance.models import RefundPart
from anxin.domains.finance.public import get_refund, request_refund, send_part
from anxin.domains.finance.rules import SENDING_LEASE
from anxin.kernel.money import Money
from tests.builders import NOON, House
from tests.builders_finance import Rehearsal, build_paid_order, build_source


def requested(house: House) -> RefundPart:
    refund_id = request_refund(
        house.system,
        build_source(),
        order_id=build_paid_order(house, ("wechat_pay", 12_800)),
        amount=Money(12_800, "CNY"),
        now=NOON,
    )
    return RefundPart.objects.get(refund_id=refund_id)


class Stumbling(SandboxRefundProvider):
    """An adapter with a bug over one number."""

    over = ""

    def refund(self, number: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        """Answer, or fall."""
        if number == self.over:
            raise ZeroDivisionError
        return super().refund(number, amount, payment_reference=payment_reference)


def test_a_part_that_we_fail_over_is_put_off_and_the_next_one_is_sent(
    house: House, rehearsal: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned, sound = requested(house), requested(house)
    provider = Stumbling(clock=rehearsal.clock, sleep=rehearsal.slept.append)
    provider.over = poisoned.part_no
    due = rehearsal.clock.go(SENDING_LEASE.total_seconds())

    look_after_all(provider, clock=rehearsal.clock)

    assert get_refund(house.system, RefundId(sound.refund_id)).state == "succeeded"
    poisoned.refresh_from_db()
    # It may have reached the provider: it counts as being sent, and is asked about later.
    assert (poisoned.state, poisoned.looks) == ("sending", 1)
    assert poisoned.next_look_at is not None
    assert poisoned.next_look_at > due
    assert "ZeroDivisionError" in caplog.text


def test_money_moved_under_a_number_that_was_never_sent_holds_up_no_other_question(
    house: House, rehearsal: Rehearsal
) -> None:
    bounced, unsent = requested(house), requested(house)
    send_part(bounced.pk, rehearsal.provider, now=NOON)
    rehearsal.provider.bounce(bounced.part_no)
    rehearsal.provider.refund(
        unsent.part_no, Money(12_800, "CNY"), payment_reference="somebody else"
    )

    recheck_all(house.system, rehearsal.provider.book(), now=NOON)

    bounced.refresh_from_db()
    assert bounced.next_look_at == NOON
