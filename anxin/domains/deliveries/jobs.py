"""What runs later: booking with the carrier, calling him off, asking where parcels are."""

from __future__ import annotations

import logging

from anxin.domains.deliveries.events import PickupCancelled, PickupRequested
from anxin.domains.deliveries.ports import Carrier
from anxin.domains.deliveries.queries import due_pickups, get_pickup
from anxin.domains.deliveries.services import book_pickup, look_after
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.events import listen
from anxin.kernel.jobs import every
from anxin.kernel.plugs import plugged
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)


def _carrier() -> Carrier:
    carrier: Carrier = plugged("carrier")
    return carrier


@listen(PickupRequested)
def book_with_carrier(event: PickupRequested, merchant: MerchantId) -> None:
    """Ask the carrier to come; while he does not answer this is tried again."""
    book_pickup(Actor.system(merchant), event.pickup_id, _carrier(), now=utcnow())


@listen(PickupCancelled)
def call_off(event: PickupCancelled, merchant: MerchantId) -> None:
    """Tell the carrier not to come; harmless when he never was to."""
    pickup = get_pickup(Actor.system(merchant), event.pickup_id)
    _carrier().cancel(pickup.pickup_no)


@every(seconds=10)
def ask_after_parcels() -> int:
    """Ask about every pickup that is due; return how many there were."""
    now = utcnow()
    due = due_pickups(now)
    for merchant_id, pickup_id in due:
        with acting_for(merchant_id):
            try:
                look_after(Actor.system(merchant_id), pickup_id, _carrier(), now=now)
            except Exception:
                logger.exception("asking about pickup %s", pickup_id)
    return len(due)
