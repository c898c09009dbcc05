"""Where the sandbox carrier's news arrive: verified, noted once, applied."""

from __future__ import annotations

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from anxin.adapters.sandbox.carrier_news import PURPOSE
from anxin.adapters.sandbox.signing import SIGNATURE_HEADER, TIME_HEADER, is_genuine
from anxin.domains.deliveries.ports import CarrierEvent
from anxin.domains.deliveries.public import take_carrier_event
from anxin.domains.merchants.public import merchant_ids
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

_MOST_BYTES = 16 * 1024


class NewsIn(BaseModel):
    """What the sandbox carrier sends."""

    account: int
    event_id: str = Field(min_length=1, max_length=80)
    tracking_no: str = Field(min_length=1, max_length=60)
    at: AwareDatetime
    code: str = Field(min_length=1, max_length=30)
    text: str = Field(default="", max_length=300)
    place: str = Field(default="", max_length=100)

    def event(self) -> CarrierEvent:
        """Return it in the port's words."""
        at: datetime = self.at
        return CarrierEvent(self.event_id, self.tracking_no, at, self.code, self.text, self.place)


@csrf_exempt
@require_POST
def take_carrier_news(request: HttpRequest) -> HttpResponse:
    """Take one piece of news: 200 noted (or known), 401 not genuine, 404 unknown, 422 no shape."""
    body = request.body[: _MOST_BYTES + 1]
    timestamp = request.headers.get(TIME_HEADER, "")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not is_genuine(PURPOSE, timestamp, signature, body, now=utcnow()):
        logger.warning("carrier news refused: not signed by the carrier, or too old")
        return JsonResponse({"code": "not_genuine"}, status=401)
    try:
        news = NewsIn.model_validate_json(body)
    except ValidationError:
        logger.warning("carrier news refused: signed, but not of the agreed shape")
        return JsonResponse({"code": "invalid"}, status=422)
    merchant_id = MerchantId(news.account)
    if merchant_id not in merchant_ids():
        return JsonResponse({"code": "unknown_account"}, status=404)
    with acting_for(merchant_id):
        try:
            is_news = take_carrier_event(
                Actor.system(merchant_id), news.event(), raw=body.decode(), now=utcnow()
            )
        except NotFound:
            # It may overtake our own note of the booking: the carrier tells it again.
            return JsonResponse({"code": "unknown_parcel"}, status=404)
    return JsonResponse({"code": "noted" if is_news else "known"})
