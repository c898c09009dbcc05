"""Where the sandbox provider calls back: verified here, noted and applied by finance."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from anxin.adapters.sandbox.refund_callbacks import PURPOSE
from anxin.adapters.sandbox.signing import SIGNATURE_HEADER, TIME_HEADER, is_genuine
from anxin.domains.finance.data import (
    NoticeOutcome,
    ProviderNotice,
    ProviderRefund,
    ProviderState,
)
from anxin.domains.finance.public import take_provider_result
from anxin.domains.merchants.public import merchant_ids
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)

_MOST_BYTES = 16 * 1024


class CallbackIn(BaseModel):
    """What the sandbox provider sends."""

    model_config = ConfigDict(strict=True)

    id: str = Field(min_length=1, max_length=110)
    account: int
    refund_no: str = Field(min_length=1, max_length=120)
    reference: str = Field(max_length=120)
    state: str
    amount_minor: int = Field(gt=0, lt=2**62)
    currency: str = Field(pattern="^[A-Z]{3}$")
    version: int = Field(ge=1, lt=2**62)
    because: str = Field(default="", max_length=200)

    def notice(self, body: str) -> ProviderNotice:
        """Return it in finance's words. Raise ValueError for an unknown state."""
        said = ProviderRefund(
            ProviderState(self.state),
            self.reference,
            Money(self.amount_minor, self.currency),
            self.version,
            self.because,
        )
        return ProviderNotice(f"sandbox:{self.id}", self.refund_no, said, body)


@csrf_exempt
@require_POST
def take_refund_callback(request: HttpRequest) -> HttpResponse:
    """Take a callback: 200 noted or known, 401 not genuine, 404 no such number, 422 malformed."""
    body = request.body[: _MOST_BYTES + 1]
    timestamp = request.headers.get(TIME_HEADER, "")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not is_genuine(PURPOSE, timestamp, signature, body, now=utcnow()):
        logger.warning("refund callback refused: not signed by the provider, or too old")
        return JsonResponse({"code": "not_genuine"}, status=401)
    try:
        said = CallbackIn.model_validate_json(body)
        notice = said.notice(body.decode())
    except (ValidationError, ValueError):
        logger.warning("refund callback refused: signed, but not of the agreed shape")
        return JsonResponse({"code": "invalid"}, status=422)
    merchant_id = MerchantId(said.account)
    if merchant_id not in merchant_ids():
        logger.warning("refund callback for an unknown account %d", said.account)
        return JsonResponse({"code": "unknown_account"}, status=404)
    with acting_for(merchant_id):
        outcome = take_provider_result(Actor.system(merchant_id), notice, now=utcnow())
    status = 404 if outcome is NoticeOutcome.UNKNOWN_NUMBER else 200
    return JsonResponse({"code": str(outcome)}, status=status)
