"""What runs later: sending what may be sent, and asking about what is not over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from anxin.domains.finance.data import BookEntry
from anxin.domains.finance.events import RefundRequested
from anxin.domains.finance.ports import RefundProvider, RehearsalProvider
from anxin.domains.finance.queries import due_parts, reconcile, sendable_parts
from anxin.domains.finance.services.deciding import recheck_part
from anxin.domains.finance.services.sending import look_after, put_off, send_part
from anxin.domains.merchants.public import merchant_ids
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound
from anxin.kernel.events import listen
from anxin.kernel.jobs import every
from anxin.kernel.plugs import plugged
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

# As many as a slow provider (ten seconds a call) lets through in a few minutes.
_SWEEP_LIMIT = 20


@listen(RefundRequested)
def send_what_is_reserved(event: RefundRequested, merchant: MerchantId) -> None:
    """Send the refund's parts. What the provider does not take now, the sweep tries again."""
    provider: RefundProvider = plugged("refund_provider")
    for part_id in sendable_parts(event.refund_id):
        send_part(part_id, provider, now=utcnow())


@every(seconds=2)
def look_after_due_parts() -> None:
    """Send what is overdue and ask about what is pending or unknown, for every merchant."""
    look_after_all(plugged("refund_provider"), clock=utcnow)


def look_after_all(provider: RefundProvider, *, clock: Callable[[], datetime]) -> None:
    """Look after every due part. One that we fail over is put off: it holds up no other."""
    for merchant_id, part_id in due_parts(clock(), _SWEEP_LIMIT):
        with acting_for(MerchantId(merchant_id)):
            try:
                look_after(part_id, provider, now=clock())
            except Exception:
                logger.exception("looking after refund part %s", part_id)
                put_off(part_id, now=clock())


@every(seconds=600)
def ask_about_differences() -> None:
    """Hold our parts against the provider's book and ask about those that disagree.

    It finds what no callback told: money that bounced while nobody answered the provider.
    """
    provider = plugged("refund_provider")
    if not isinstance(provider, RehearsalProvider):
        return
    for merchant_id in merchant_ids():
        with acting_for(merchant_id):
            recheck_all(Actor.system(merchant_id), provider.book(), now=utcnow())


def recheck_all(by: Actor, book: Sequence[BookEntry], *, now: datetime) -> None:
    """Have the provider asked about every part of ours that its book tells otherwise of."""
    for found in reconcile(by, book):
        if found.refund_id is None:
            continue  # nothing of ours has this number: a person sees it in the reconciliation
        try:
            recheck_part(by, found.number, now=now)
        except NotFound:
            logger.warning("the provider knows of refund %s, which was never sent", found.number)
