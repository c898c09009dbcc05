"""Any order of requests, approvals, sendings, losses, callbacks and retries keeps the money right.

Invariants by their numbers in the specification's anchors (returns.md §6); the provider's own book
is the witness of what really moved.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from anxin.adapters.sandbox.models import SandboxCallback
from anxin.adapters.sandbox.refund_hook import CallbackIn
from anxin.domains.finance.data import ProviderRefund, RefundId
from anxin.domains.finance.models import LedgerEntry, PaymentBalance, Refund, RefundPart
from anxin.domains.finance.ports import Misbehaviour
from anxin.domains.finance.public import (
    account_totals,
    approve_refund,
    look_after,
    recheck_part,
    reconcile,
    refuse_refund,
    request_refund,
    retry_refund,
    send_part,
    take_provider_result,
)
from anxin.domains.finance.queries import due_parts
from anxin.domains.finance.rules import RESERVING, AboveCaptured
from anxin.domains.merchants.models import Merchant
from anxin.kernel.actors import Actor, ActorKind
from anxin.kernel.models import RecordedEvent
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for
from tests.builders import build_house
from tests.builders_finance import Rehearsal, build_paid_order, build_source, tenders_of

misbehaviours = st.builds(
    Misbehaviour,
    is_down=st.booleans(),
    fail_next=st.integers(0, 2),
    lose_next=st.integers(0, 2),
    pending_seconds=st.sampled_from([None, 3, 40]),
    pending_fails=st.booleans(),
    duplicates_callbacks=st.booleans(),
    reorders_callbacks=st.booleans(),
    corrupts_amount=st.booleans(),
    drops_callbacks=st.booleans(),
)


class _Dies(Exception):
    """Our process ends here."""


class _Killed:
    """The provider as seen by a process that dies before or after the call."""

    def __init__(self, rehearsal: Rehearsal, *, after: bool) -> None:
        self._provider, self._after = rehearsal.provider, after

    def refund(self, refund_no: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        if self._after:
            self._provider.refund(refund_no, amount, payment_reference=payment_reference)
        raise _Dies

    def find(self, refund_no: str) -> ProviderRefund | None:
        raise _Dies


class RefundMachine(RuleBasedStateMachine):
    """One order, its refunds, and a provider who does his worst."""

    @initialize(
        amounts=st.lists(st.integers(1, 4_000), min_size=1, max_size=3),
        currency=st.sampled_from(["CNY", "JPY", "KWD"]),
        above=st.sampled_from([500, 50_000]),
        first=st.integers(1, 2_000),
    )
    def open(self, amounts: list[int], currency: str, above: int, first: int) -> None:
        house = build_house(slug=f"h{id(self)}-{len(amounts)}-{next(_serial)}")
        Merchant.objects.filter(pk=house.merchant_id).update(refund_approval_above_minor=above)
        self.scope = acting_for(house.merchant_id)
        self.scope.__enter__()
        self.by = house.system
        self.officer = Actor(
            house.merchant_id, ActorKind.STAFF, "wangfang", frozenset({"*"}), "王芳", 10**9
        )
        self.rehearsal = Rehearsal()
        self.captured, self.currency = sum(amounts), currency
        self.order_id = build_paid_order(house, *tenders_of(*amounts), currency=currency)
        self.sources: list[tuple[Any, Money, RefundId]] = []
        self.request(first)

    # --- what people and time do ----------------------------------------------------------------

    @rule(minor=st.integers(1, 5_000))
    def request_more(self, minor: int) -> None:
        self.request(minor)

    def request(self, minor: int) -> None:
        """Ask for a refund; more than is left is refused and changes nothing."""
        source, amount = build_source(), Money(minor, self.currency)
        try:
            refund_id = self._request(source, amount)
        except AboveCaptured:
            return
        self.sources.append((source, amount, refund_id))

    @precondition(lambda self: self.sources)
    @rule(data=st.data())
    def request_again(self, data: st.DataObject) -> None:
        source, amount, refund_id = data.draw(st.sampled_from(self.sources))
        before = self._fingerprint()
        assert self._request(source, amount) == refund_id
        assert self._fingerprint() == before  # P8

    @rule(yes=st.booleans(), data=st.data())
    def decide(self, yes: bool, data: st.DataObject) -> None:
        refund_id = self._any(data, state="held")
        if refund_id is None:
            return
        if yes:
            approve_refund(self.officer, refund_id, now=self._now)
        else:
            refuse_refund(self.officer, refund_id, because="", now=self._now)

    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        part_id = self._any_part(data)
        if part_id is not None:
            send_part(part_id, self.rehearsal.provider, now=self._now)

    @rule(after=st.booleans(), data=st.data())
    def die_while_sending(self, after: bool, data: st.DataObject) -> None:
        part_id = self._any_part(data)
        if part_id is None:
            return
        try:
            send_part(part_id, _Killed(self.rehearsal, after=after), now=self._now)
        except (_Dies, Exception) as error:
            # What the provider raises itself is not a death; all of it happens inside the call.
            assert isinstance(error, _Dies), error  # noqa: PT017

    @rule(seconds=st.sampled_from([0, 2, 31, 600]))
    def sweep(self, seconds: int) -> None:
        self.rehearsal.clock.go(seconds)
        self._look_after_due()

    @rule(wrong=misbehaviours)
    def misbehave(self, wrong: Misbehaviour) -> None:
        self.rehearsal.provider.misbehave(wrong)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        refund_id = self._any(data, state="failed")
        if refund_id is None:
            return
        try:
            retry_refund(self.officer, refund_id, now=self._now)
        except AboveCaptured:
            return

    # --- what the provider does -----------------------------------------------------------------

    @rule(data=st.data())
    def finish_pending(self, data: st.DataObject) -> None:
        number = self._any_number(data, state="pending")
        if number is not None:
            self.rehearsal.provider.settle(number)

    @rule(data=st.data())
    def bounce(self, data: st.DataObject) -> None:
        number = self._any_number(data, state="succeeded")
        if number is not None:
            self.rehearsal.provider.bounce(number)

    @rule(data=st.data(), times=st.integers(1, 3))
    def call_back(self, data: st.DataObject, times: int) -> None:
        """Deliver any callback ever queued, in any order, however often."""
        bodies = list(SandboxCallback.objects.order_by("pk").values_list("body", flat=True))
        if not bodies:
            return
        body = data.draw(st.sampled_from(bodies))
        self._deliver(body)
        before = self._fingerprint()
        for _ in range(times - 1):
            self._deliver(body)
        assert self._fingerprint() == before  # P8

    # --- what must be true at every step --------------------------------------------------------

    @invariant()
    def never_more_than_captured(self) -> None:
        """P1, per tender and in total, by our books and by the provider's."""
        if not hasattr(self, "order_id"):
            return
        spent: Counter[UUID] = Counter()
        back: Counter[UUID] = Counter()
        for part in RefundPart.objects.all():
            assert part.amount_minor > 0  # P5
            spent[part.payment_id] += part.amount_minor * (part.state in RESERVING)
            back[part.payment_id] += part.amount_minor * (part.state == "succeeded")
        for balance in PaymentBalance.objects.all():
            assert balance.reserved_minor == spent[balance.payment_id]
            assert balance.refunded_minor == back[balance.payment_id]
            assert balance.reserved_minor + balance.refunded_minor <= balance.captured_minor
        moved: Counter[str] = Counter()
        for entry in self.rehearsal.provider.book():
            net = entry.moved_count - entry.bounced_count
            assert 0 <= net <= 1, entry
            moved[entry.payment_reference] += net * entry.amount.minor
        for payment, minor in moved.items():
            assert minor <= self._captured_of(payment), payment

    @invariant()
    def every_refund_is_the_sum_of_its_parts(self) -> None:
        if not hasattr(self, "order_id"):
            return
        for refund in Refund.objects.prefetch_related("parts"):
            assert sum(part.amount_minor for part in refund.parts.all()) == refund.amount_minor

    @invariant()
    def the_ledger_balances(self) -> None:
        """P11: every journal adds up to nothing, and the totals follow from the parts."""
        if not hasattr(self, "order_id"):
            return
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        totals = {total.account: total.balance_minor for total in account_totals(self.by)}
        assert sum(totals.values()) == 0
        open_refunds = Refund.objects.exclude(state="refused").prefetch_related("parts")
        paid: Counter[str] = Counter()
        for refund in open_refunds:
            for part in refund.parts.all():
                paid[f"paid_out:{part.tender}"] += part.amount_minor * (part.state == "succeeded")
        owed = sum(refund.amount_minor for refund in open_refunds)
        assert totals.get("returned_sales", 0) == owed
        assert totals.get("refunds_owed", 0) == sum(paid.values()) - owed
        for account, minor in paid.items():
            assert totals.get(account, 0) == -minor

    @invariant()
    def states_agree_with_parts(self) -> None:
        if not hasattr(self, "order_id"):
            return
        for refund in Refund.objects.prefetch_related("parts"):
            states = {part.state for part in refund.parts.all()}
            if refund.state == "succeeded":
                assert states == {"succeeded"}
            elif refund.state == "refused":
                assert states == {"void"}
            elif refund.state == "held":
                assert states == {"reserved"}
            elif refund.state == "failed":
                assert "failed" in states
            for part in refund.parts.all():
                if part.state in RESERVING:  # nothing that is not over is ever forgotten
                    assert (part.next_look_at is not None) == (refund.state != "held"), part.state

    def teardown(self) -> None:
        """Let everything come to rest: money is back exactly once, and P3 to the last cent."""
        if not hasattr(self, "order_id"):
            return
        try:
            self._come_to_rest()
        finally:
            self.scope.__exit__(None, None, None)

    def _come_to_rest(self) -> None:
        self.rehearsal.provider.misbehave(Misbehaviour())
        for refund_id in self._ids(state="held"):
            approve_refund(self.officer, refund_id, now=self._now)
        free = self._free()
        if free:
            self.sources.append(
                (s := build_source(), a := Money(free, self.currency), self._request(s, a))
            )
        for refund_id in self._ids(state="held"):
            approve_refund(self.officer, refund_id, now=self._now)
        for _ in range(30):
            for entry in self.rehearsal.provider.book():
                self.rehearsal.provider.settle(entry.number)
            for body in SandboxCallback.objects.order_by("-pk").values_list("body", flat=True):
                self._deliver(body)
            for refund_id in self._ids(state="failed"):
                try:
                    retry_refund(self.officer, refund_id, now=self._now)
                except AboveCaptured:
                    # While it had failed, another refund took what its tender had left.
                    assert not self._has_room(refund_id)
            # A bounce whose callback was lost is found by holding the books against each other.
            for found in reconcile(self.by, self.rehearsal.provider.book()):
                recheck_part(self.officer, found.number, now=self._now)
            self.rehearsal.clock.go(3_700)
            self._look_after_due()
            if not self._is_unsettled():
                break
        assert not RefundPart.objects.filter(state__in=RESERVING).exists()
        # P3: whatever was refused was free again and asked for, so all is back, to each his own.
        if not self._ids(state="failed"):
            for balance in PaymentBalance.objects.all():
                assert balance.refunded_minor == balance.captured_minor
        self.never_more_than_captured()
        self.the_ledger_balances()
        self._book_agrees()

    def _is_unsettled(self) -> bool:
        open_states = set(Refund.objects.values_list("state", flat=True))
        return bool(
            open_states - {"succeeded", "refused"}
            or reconcile(self.by, self.rehearsal.provider.book())
        )

    def _book_agrees(self) -> None:
        assert reconcile(self.by, self.rehearsal.provider.book()) == ()
        net = {
            entry.number: entry.moved_count - entry.bounced_count
            for entry in self.rehearsal.provider.book()
        }
        for part in RefundPart.objects.all():
            assert net.get(part.part_no, 0) == int(part.state == "succeeded")

    # --- hands ----------------------------------------------------------------------------------

    @property
    def _now(self) -> Any:
        return self.rehearsal.clock.now

    def _request(self, source: Any, amount: Money) -> RefundId:
        return request_refund(self.by, source, order_id=self.order_id, amount=amount, now=self._now)

    def _look_after_due(self) -> None:
        for merchant_id, part_id in due_parts(self._now, 1_000):
            if merchant_id == self.by.merchant_id:
                look_after(part_id, self.rehearsal.provider, now=self._now)

    def _deliver(self, body: str) -> None:
        said = CallbackIn.model_validate_json(body)
        assert json.loads(body)["account"] == self.by.merchant_id
        take_provider_result(self.by, said.notice(body), now=self._now)

    def _ids(self, *, state: str) -> list[RefundId]:
        return [
            RefundId(pk)
            for pk in Refund.objects.filter(state=state).order_by("pk").values_list("pk", flat=True)
        ]

    def _any(self, data: st.DataObject, *, state: str) -> RefundId | None:
        found = self._ids(state=state)
        return data.draw(st.sampled_from(found)) if found else None

    def _any_part(self, data: st.DataObject) -> UUID | None:
        found = list(RefundPart.objects.order_by("pk").values_list("pk", flat=True))
        return data.draw(st.sampled_from(found)) if found else None

    def _any_number(self, data: st.DataObject, *, state: str) -> str | None:
        found = sorted(e.number for e in self.rehearsal.provider.book() if e.state == state)
        return data.draw(st.sampled_from(found)) if found else None

    def _free(self) -> int:
        known = PaymentBalance.objects.all()
        if not known:
            return self.captured
        return sum(balance.free_minor for balance in known)

    def _has_room(self, refund_id: RefundId) -> bool:
        free = {balance.payment_id: balance.free_minor for balance in PaymentBalance.objects.all()}
        failed = RefundPart.objects.filter(refund_id=refund_id, state="failed")
        return all(part.amount_minor <= free[part.payment_id] for part in failed)

    def _captured_of(self, payment_reference: str) -> int:
        from anxin.domains.commerce.models import Payment

        return Payment.objects.get(reference=payment_reference).amount_minor

    def _fingerprint(self) -> object:
        return (
            list(Refund.objects.order_by("pk").values_list("pk", "state", "finished_at")),
            list(
                RefundPart.objects.order_by("pk").values_list(
                    "pk", "state", "heard_version", "reference"
                )
            ),
            list(
                PaymentBalance.objects.order_by("pk").values_list(
                    "pk", "reserved_minor", "refunded_minor"
                )
            ),
            list(LedgerEntry.objects.order_by("pk").values_list("pk", "account", "amount_minor")),
            RecordedEvent.objects.count(),
        )


_serial = iter(range(10**9))


@pytest.mark.django_db
def test_no_order_of_events_loses_or_doubles_money() -> None:
    run_state_machine_as_test(
        RefundMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
