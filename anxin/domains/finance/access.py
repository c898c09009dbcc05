"""The way to fetch a refund for a person."""

from __future__ import annotations

from anxin.domains.finance.data import RefundId
from anxin.domains.finance.models import Refund
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotFound


def access_refund(by: Actor, refund_id: RefundId, *, to: Permission) -> Refund:
    """Return the refund, locked, if the actor may do this. Raise NotAllowed or NotFound."""
    by.require(to)
    refund = (
        Refund.objects.select_for_update().filter(merchant_id=by.merchant_id, pk=refund_id).first()
    )
    if refund is None:
        raise NotFound(refund_id=str(refund_id))
    return refund
