"""The one way to fetch a pickup for somebody."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from anxin.domains.deliveries.data import PickupId
from anxin.domains.deliveries.models import Pickup
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotFound

READ = Permission.REQUESTS_READ
MANAGE = Permission.DELIVERIES_MANAGE


def visible_pickups(by: Actor) -> QuerySet[Pickup]:
    """Return the pickups ``by`` may see. Buyers come through what the pickup is for."""
    by.require(READ)
    return Pickup.objects.filter(merchant_id=by.merchant_id)


def access_pickup(by: Actor, pickup_id: PickupId | UUID, *, is_locked: bool = False) -> Pickup:
    """Return one pickup, locked if it is to change. Raise NotFound."""
    rows = visible_pickups(by).filter(pk=pickup_id)
    row = (rows.select_for_update() if is_locked else rows).first()
    if row is None:
        raise NotFound(pickup_id=str(pickup_id))
    return row
