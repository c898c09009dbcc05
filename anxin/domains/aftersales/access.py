"""The one way to fetch a request for somebody."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from anxin.domains.aftersales.data import RequestId
from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.models import AfterSalesRequest
from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed, NotFound

# Whoever works with requests in some way may read them.
_READERS = (Permission.REQUESTS_READ, Permission.STATION_USE)


def visible_requests(by: Actor) -> QuerySet[AfterSalesRequest]:
    """Return the requests ``by`` may see: a buyer his own, staff with permission all."""
    rows = AfterSalesRequest.objects.filter(merchant_id=by.merchant_id)
    if by.is_buyer:
        return rows.filter(customer_id=by.id)
    if not any(by.may(permission) for permission in _READERS):
        raise NotAllowed(permission=str(Permission.REQUESTS_READ))
    return rows


def access_request(
    by: Actor,
    request_id: RequestId | UUID,
    *,
    to: Action | None = None,
    permission: Permission | None = None,
    is_for_buyer: bool = False,
) -> AfterSalesRequest:
    """Return the request, locked when it is to change.

    ``permission`` is what staff and programs need; a buyer may act only where ``is_for_buyer``.
    Raise NotFound for what ``by`` may not see, NotAllowed, and MoveRefused when ``to`` cannot
    happen now.
    """
    rows = visible_requests(by)
    if to is not None or permission is not None:
        rows = rows.select_for_update()
    row = rows.filter(pk=request_id).first()
    if row is None:
        raise NotFound(request_id=str(request_id))
    if by.is_buyer and permission is not None and not is_for_buyer:
        raise NotAllowed(permission=str(permission))
    if permission is not None and not by.is_buyer:
        by.require(permission)
    if to is not None:
        REQUEST.after(State(row.state), to)
    return row
