"""What runs later: the sweep over deadlines."""

from __future__ import annotations

import logging

from anxin.domains.aftersales.services.waiting import due_requests, pass_deadline
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow
from anxin.kernel.jobs import every
from anxin.kernel.tenancy import acting_for

logger = logging.getLogger(__name__)


@every(seconds=15)
def act_on_passed_deadlines() -> int:
    """Act on every request whose deadline has passed; return how many there were.

    One that cannot be acted on is logged and does not hold up the others.
    """
    now = utcnow()
    due = due_requests(now)
    for merchant_id, request_id in due:
        with acting_for(merchant_id):
            try:
                pass_deadline(Actor.system(merchant_id), request_id, now=now)
            except Exception:
                logger.exception("deadline of request %s", request_id)
    return len(due)
