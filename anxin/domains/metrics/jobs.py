"""What runs behind pages: folding facts into figures, and recounting them every night."""

from __future__ import annotations

import logging
from datetime import timedelta

from anxin.domains.merchants.public import merchant_ids
from anxin.domains.metrics.rules import hour_of
from anxin.domains.metrics.services import PROJECTION, fold, recount
from anxin.kernel.clock import utcnow
from anxin.kernel.jobs import every
from anxin.kernel.streams import projection
from anxin.kernel.tenancy import acting_for

log = logging.getLogger(__name__)

projection(PROJECTION)(fold)

# 19:00 UTC is 03:00 in Shanghai: the quietest hour.
_NIGHT_HOUR = 19
_RECOUNTED_DAYS = 3


@every(seconds=3600)
def recount_last_days() -> None:
    """Once a night, recount the last days of every merchant and say what was wrong.

    A merchant whose figures cannot be recounted does not hold up the others.
    """
    now = utcnow()
    if now.hour != _NIGHT_HOUR:
        return
    end = hour_of(now)
    for merchant_id in merchant_ids():
        try:
            with acting_for(merchant_id):
                result = recount(merchant_id, end - timedelta(days=_RECOUNTED_DAYS), end, now=now)
        except Exception:
            log.exception("recounting the figures of merchant %s", merchant_id)
            continue
        if result.differences:
            log.warning(
                "merchant %s: %s figures differed from their %s events and were put right",
                merchant_id,
                len(result.differences),
                result.events,
            )
