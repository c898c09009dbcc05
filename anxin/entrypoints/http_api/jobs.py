"""What runs behind the API: kept answers are forgotten after a week."""

from __future__ import annotations

from datetime import timedelta

from anxin.domains.merchants.public import merchant_ids
from anxin.entrypoints.http_api.idempotency import forget_answers
from anxin.kernel.clock import utcnow
from anxin.kernel.jobs import every
from anxin.kernel.tenancy import acting_for

_KEPT = timedelta(days=7)


@every(seconds=3600)
def forget_old_answers() -> None:
    """Delete the answers of writes that nobody will repeat any more."""
    before = utcnow() - _KEPT
    for merchant_id in merchant_ids():
        with acting_for(merchant_id):
            forget_answers(before)
