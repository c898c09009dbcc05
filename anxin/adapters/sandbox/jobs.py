"""What the sandboxes do by themselves, as the outside world would: finish late, call back."""

from __future__ import annotations

from functools import partial

from anxin.adapters.sandbox.carrier_news import HOOK as CARRIER_HOOK
from anxin.adapters.sandbox.carrier_news import move_due_parcels, tell_due_news
from anxin.adapters.sandbox.refund_callbacks import (
    call_over_http,
    make_due_callbacks,
    settle_due_refunds,
)
from anxin.kernel.clock import utcnow
from anxin.kernel.jobs import every


@every(seconds=1)
def play_the_refund_provider() -> None:
    """Finish the sandbox provider's pending refunds and make its callbacks."""
    settle_due_refunds(utcnow())
    make_due_callbacks(utcnow(), call_over_http)


@every(seconds=1)
def play_the_carrier() -> None:
    """Move the sandbox carrier's parcels and tell our hook of it."""
    move_due_parcels(utcnow())
    tell_due_news(utcnow(), partial(call_over_http, hook=CARRIER_HOOK))
