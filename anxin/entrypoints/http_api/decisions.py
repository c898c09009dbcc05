"""What the policy says, without asking for anything."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Router
from pydantic import AwareDatetime

from anxin.domains.aftersales.public import preview_request
from anxin.domains.commerce.public import find_order
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.decision_shapes import AskIn, PreviewOut, items_of, preview_out
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound

router = Router()


class DecisionIn(AskIn):
    """A question to the policy. ``at`` is when it is asked; now, unless said."""

    at: AwareDatetime | None = None
    photos: Annotated[int, Field(ge=0, le=20)] = 0


@router.post("/decisions", response=PreviewOut, auth=scope(Permission.REQUESTS_READ))
def decide(request: ApiRequest, body: DecisionIn) -> PreviewOut:
    """Return the decision with amounts line by line and the clauses behind it; keep nothing."""
    order = find_order(request.actor, body.order_no)
    if order is None:
        raise NotFound(order_no=body.order_no)
    preview = preview_request(
        request.actor,
        order.id,
        items_of(order, body.items),
        body.reason,
        body.kind,
        photos=body.photos,
        now=body.at or utcnow(),
    )
    return preview_out(preview)
