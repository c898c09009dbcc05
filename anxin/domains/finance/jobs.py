"""What runs later: sending what may be sent, and asking about what is not over."""

from __future__ import annotations

from anxin.domains.finance.events import RefundRequested
from anxin.domains.finance.ports import RefundProvider, RehearsalProvider
from anxin.domains.finance.queries import due_parts, reconcile, sendable_parts
from anxin.domains.finance.services.deciding import recheck_part
from anxin.domains.finance.services.sending import look_after, send_part
from anxin.domains.merchants.public import merchant_ids
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.events import listen
from anxin.kernel.jobs import every
from anxin.kernel.plugs import plugged
from anxin.kernel.tenancy import acting_for

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
    provider: RefundProvider = plugged("refund_provider")
    for merchant_id, part_id in due_parts(utcnow(), _SWEEP_LIMIT):
        with acting_for(MerchantId(merchant_id)):
            look_after(part_id, provider, now=utcnow())


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
            by = Actor.system(merchant_id)
            for found in reconcile(by, provider.book()):
                if found.refund_id is not None:
                    recheck_part(by, found.number, now=utcnow())
