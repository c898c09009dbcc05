"""Whatever is asked, answered, sent, found and repeated, in any order: P3, P7, P8, P12, P13.

P7: units held, of one line, never overlap and never exceed what was bought. P8: repeating any
command changes nothing. P12: what is disposed of is what came back, and restocking follows
disinfection. P13: a state waits exactly when it has a timer. P3: what is promised for all units
of a line is what the line cost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import (
    RESTOCKING,
    Disposed,
    Disposition,
    Finding,
    ParcelNews,
    RequestedItem,
    RequestId,
)
from anxin.domains.aftersales.models import RequestLine
from anxin.domains.aftersales.public import State
from anxin.kernel.errors import DomainError
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON
from tests.builders_aftersales import Scene, build_scene, fetched

ENDED = {State.CLOSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}
LINES = (("LAMP-1", 3, 10_00), ("MUG-2", 5, 9_99))
counts = st.integers(0, 6)


class RequestMachine(RuleBasedStateMachine):
    """Commands in any order by people who do not coordinate."""

    requests = Bundle("requests")

    @initialize()
    def begin(self) -> None:
        RequestMachine.number += 1
        self.now: datetime = NOON
        self.scene: Scene = build_scene(f"m{RequestMachine.number}", lines=LINES)
        self.acting = acting_for(self.scene.house.merchant_id)
        self.acting.__enter__()
        self.last: Callable[[], object] | None = None

    number = 0

    def teardown(self) -> None:
        if hasattr(self, "acting"):
            self.acting.__exit__(None, None, None)

    def _do(self, act: Callable[[], object]) -> object | None:
        """Do something that may be refused; a refusal changes nothing."""
        self.last = act
        before = self._snapshot()
        try:
            with transaction.atomic():
                return act()
        except DomainError:
            assert self._snapshot() == before, "a refusal changed something"
            return None

    def _snapshot(self) -> object:
        rows = aftersales.list_requests(self.scene.house.system, limit=200).items
        return rows, RecordedEvent.objects.count()

    @rule(
        target=requests,
        lamps=counts,
        mugs=counts,
        reason=st.sampled_from(["no_reason", "quality_defect", "not_received"]),
        kind=st.sampled_from(["return_refund", "refund_only"]),
        late=st.booleans(),
    )
    def open(self, lamps: int, mugs: int, reason: str, kind: str, late: bool) -> object:
        items = [
            RequestedItem(line_id, count)
            for line_id, count in zip(self.scene.line_ids, (lamps, mugs), strict=True)
            if count
        ]
        at = self.now + timedelta(days=30 if late else 0)
        opened = self._do(
            lambda: aftersales.open_request(
                self.scene.buyer, self.scene.order.pk, items, reason, kind, now=at
            )
        )
        return multiple() if opened is None else opened

    @rule(request=requests, accept=st.booleans(), reason=st.sampled_from(["", "好客户"]))
    def decide(self, request: RequestId, accept: bool, reason: str) -> None:
        lead = self.scene.lead
        self._do(
            lambda: aftersales.decide_request(
                lead, request, accept, reason, explanation="说明", now=self.now
            )
        )

    @rule(request=requests)
    def withdraw(self, request: RequestId) -> None:
        self._do(lambda: aftersales.withdraw_request(self.scene.buyer, request, now=self.now))

    @rule(request=requests)
    def appeal(self, request: RequestId) -> None:
        self._do(lambda: aftersales.appeal_request(self.scene.buyer, request, now=self.now))

    @rule(request=requests)
    def send(self, request: RequestId) -> None:
        number = f"SF{str(request)[-10:]}"
        self._do(
            lambda: aftersales.choose_own_parcel(self.scene.buyer, request, number, now=self.now)
        )

    @rule(request=requests)
    def book(self, request: RequestId) -> None:
        number = f"SX{str(request)[-10:]}"
        self._do(
            lambda: aftersales.register_pickup_parcel(
                self.scene.house.system, request, number, now=self.now
            )
        )

    @rule(request=requests, news=st.sampled_from(ParcelNews), own=st.booleans())
    def hear(self, request: RequestId, news: ParcelNews, own: bool) -> None:
        number = f"{'SF' if own else 'SX'}{str(request)[-10:]}"
        self._do(
            lambda: aftersales.parcel_moved(self.scene.house.system, number, news, now=self.now)
        )

    @rule(request=requests, own=st.booleans())
    def receive(self, request: RequestId, own: bool) -> None:
        number = f"{'SF' if own else 'SX'}{str(request)[-10:]}"
        self._do(lambda: aftersales.receive_parcel(self.scene.warehouse, number, now=self.now))

    @rule(request=requests, accepted=st.lists(counts, min_size=2, max_size=2), off=st.booleans())
    def inspect(self, request: RequestId, accepted: list[int], off: bool) -> None:
        lines = fetched(self.scene, request).lines
        found = [
            Finding(
                line.id,
                min(count, line.quantity),
                line.quantity - min(count, line.quantity) + int(off),
                codes=("other",),
            )
            for line, count in zip(lines, accepted, strict=False)
        ]
        self._do(
            lambda: aftersales.record_inspection(self.scene.warehouse, request, found, now=self.now)
        )

    @rule(request=requests, accept=st.booleans())
    def answer_offer(self, request: RequestId, accept: bool) -> None:
        self._do(lambda: aftersales.agree_offer(self.scene.buyer, request, accept, now=self.now))

    @rule(request=requests, share=st.integers(-10, 110))
    def offer(self, request: RequestId, share: int) -> None:
        amount = fetched(self.scene, request).promised_minor * share // 100
        self._do(
            lambda: aftersales.make_offer(self.scene.lead, request, amount, "partial", now=self.now)
        )

    @rule(request=requests, minutes=st.integers(-1, 60))
    def disinfect(self, request: RequestId, minutes: int) -> None:
        self._do(
            lambda: aftersales.record_disinfection(
                self.scene.warehouse, request, method="wipe", agent="酒精",
                dwell_minutes=minutes, now=self.now,
            )
        )  # fmt: skip

    @rule(request=requests, restock=st.booleans(), short=st.booleans())
    def dispose(self, request: RequestId, restock: bool, short: bool) -> None:
        disposed = []
        for line in fetched(self.scene, request).lines:
            accepted = line.finding.accepted if line.finding else 0
            rejected = line.received - accepted - int(short)
            place = Disposition.RESTOCK if restock else Disposition.SCRAP
            disposed += [Disposed(line.id, place, accepted)] if accepted else []
            disposed += [Disposed(line.id, Disposition.SEND_BACK, rejected)] if rejected > 0 else []
        self._do(
            lambda: aftersales.record_disposition(
                self.scene.warehouse, request, disposed, now=self.now
            )
        )

    @rule(request=requests)
    def settle(self, request: RequestId) -> None:
        owed = fetched(self.scene, request).owed_minor or 0
        self._do(lambda: aftersales.settle(self.scene.house.system, request, owed, now=self.now))

    @rule(request=requests, days=st.integers(0, 12))
    def wait(self, request: RequestId, days: int) -> None:
        self.now += timedelta(days=days)
        self._do(lambda: aftersales.pass_deadline(self.scene.house.system, request, now=self.now))

    @rule()
    def repeat(self) -> None:
        """Do the last thing again: opening may take more units, nothing else does anything."""
        if self.last is not None:
            self._do(self.last)
            again = self._snapshot()
            self._do(self.last)
            if "open" not in self.last.__qualname__:
                assert self._snapshot() == again

    @invariant()
    def units_are_held_once(self) -> None:
        if not hasattr(self, "scene"):
            return
        bought = dict(zip(self.scene.line_ids, (3, 5), strict=True))
        held: dict[UUID, list[int]] = {line_id: [] for line_id in bought}
        for row in RequestLine.objects.filter(is_claimed=True):
            units = [unit for first, count in row.units for unit in range(first, first + count)]
            assert len(units) == row.quantity
            held[row.order_line_id] += units
        for line_id, units in held.items():
            assert len(units) == len(set(units))
            assert set(units) <= set(range(bought[line_id]))

    @invariant()
    def all_units_together_are_worth_the_line(self) -> None:
        if not hasattr(self, "scene"):
            return
        for line_id, (_, quantity, cost) in zip(self.scene.line_ids, LINES, strict=True):
            rows = RequestLine.objects.filter(order_line_id=line_id, is_claimed=True)
            promised = sum(row.promised_minor for row in rows)
            assert promised <= cost
            if sum(row.quantity for row in rows) == quantity:
                assert promised == cost

    @invariant()
    def everything_that_waits_has_a_timer_and_nothing_is_owed_beyond_the_promise(self) -> None:
        if not hasattr(self, "scene"):
            return
        for row in aftersales.list_requests(self.scene.house.system, limit=200).items:
            assert (row.due_at is None) is (row.state in ENDED)
            assert (row.ended_at is not None) is (row.state in ENDED)
            assert 0 <= (row.owed_minor or 0) <= row.promised_minor

    @invariant()
    def goods_went_where_they_may(self) -> None:
        if not hasattr(self, "scene"):
            return
        for row in aftersales.list_requests(self.scene.house.system, limit=200).items:
            request = fetched(self.scene, row.id)
            for line in request.lines:
                if line.disposed:
                    assert sum(line.disposed.values()) == line.received
                if RESTOCKING & set(line.disposed):
                    assert request.disinfection is not None


@pytest.mark.django_db
def test_no_order_of_commands_breaks_a_request() -> None:
    run_state_machine_as_test(
        RequestMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
