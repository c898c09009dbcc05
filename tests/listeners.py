"""Delivers recorded events to listeners in the test's own transaction, as the worker would."""

from __future__ import annotations

from anxin.kernel import events
from anxin.kernel.actors import MerchantId
from anxin.kernel.models import RecordedEvent
from anxin.kernel.tenancy import acting_for


def deliver_all(merchant_id: MerchantId, *, times: int = 1, besides: tuple[str, ...] = ()) -> None:
    """Deliver every event of a merchant, and those that follow from it, until there are no more.

    ``times`` delivers each so often: a listener may run twice. ``besides`` leaves out listeners
    whose name contains one of these.
    """
    seen: set[object] = set()
    while fresh := [row for row in RecordedEvent.objects.order_by("pk") if row.pk not in seen]:
        for row in fresh:
            seen.add(row.pk)
            for listener in events.listeners_of(row.name):
                if not any(word in listener for word in besides):
                    _deliver(row, listener, merchant_id, times)


def _deliver(row: RecordedEvent, listener: str, merchant_id: MerchantId, times: int) -> None:
    for _ in range(times):
        with acting_for(merchant_id):
            events.call(row.name, row.payload, row.occurred_at, listener, merchant_id)
