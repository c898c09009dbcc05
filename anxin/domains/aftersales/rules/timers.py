"""Nothing waits without a timer: one a waiting state, with its owner and what happens then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from anxin.domains.aftersales.data import Owner, ParcelState, RequestData, Step
from anxin.domains.aftersales.lifecycle import State
from anxin.domains.policies.data import Deadline


@dataclass(frozen=True, slots=True)
class Timer:
    """The timer of a waiting state. ``code`` is what passes; ``step`` is what should happen first.

    ``hours`` is how long the owner has where the policy's ``deadline`` says nothing.
    ``again_hours`` is when somebody is told anew; None where passing moves the request on.
    """

    code: str
    owner: Owner
    step: str
    consequence: str
    hours: int
    deadline: str = ""
    again_hours: int | None = None


TIMERS: Mapping[State, Timer] = {
    State.REVIEWING: Timer(
        "merchant_silent", Owner.MERCHANT, "answer", "authorized_by_silence", 24, "merchant_answer"
    ),
    State.AUTHORIZED: Timer(
        "not_sent_back", Owner.BUYER, "send_back", "expires", 7 * 24, "send_back"
    ),
    State.IN_TRANSIT: Timer(
        "parcel_overdue", Owner.CARRIER, "carry", "logistics_told", 10 * 24, again_hours=48
    ),
    State.RECEIVED: Timer(
        "inspection_overdue", Owner.WAREHOUSE, "inspect", "warehouse_told", 48, "inspect", 24
    ),
    State.NEGOTIATING: Timer(
        "offer_unanswered", Owner.BUYER, "answer_offer", "staff_told", 3 * 24, again_hours=24
    ),
    # CN-04, CN-13: seven days after the goods came back.
    State.SETTLING: Timer(
        "refund_overdue", Owner.FINANCE, "refund", "finance_told", 7 * 24, "refund", 24
    ),
}
# An appeal against an automatic refusal: a person decides, silence does not (CN-33).
APPEALED = Timer(
    "appeal_unanswered", Owner.MERCHANT, "answer_appeal", "staff_told", 24, again_hours=24
)
# The buyer refused the offer: it is the merchant's turn to make another.
OFFER_WANTED = Timer(
    "new_offer_overdue", Owner.MERCHANT, "make_offer", "staff_told", 48, again_hours=24
)


def timer_of(state: State, *, needs_human: bool, is_offer_refused: bool) -> Timer | None:
    """Return the timer of a state, None where nothing is waited for."""
    if state is State.REVIEWING and needs_human:
        return APPEALED
    if state is State.NEGOTIATING and is_offer_refused:
        return OFFER_WANTED
    return TIMERS.get(state)


def due_of(
    timer: Timer, started_at: datetime, deadlines: Sequence[Deadline], zone: str
) -> datetime:
    """Return when a timer that started then runs out, in UTC.

    What the decision promised counts before the table. Days end at 24:00 local time, the first
    day not counted (CN-38).
    """
    promised = next((d for d in deadlines if timer.deadline and d.code == timer.deadline), None)
    if promised is not None and promised.hours is not None:
        return started_at + timedelta(hours=promised.hours)
    if promised is not None and promised.days is not None:
        place = ZoneInfo(zone)
        last = started_at.astimezone(place).date() + timedelta(days=promised.days + 1)
        return datetime.combine(last, time.min, place).astimezone(UTC)
    return started_at + timedelta(hours=timer.hours)


_ENDS = {
    State.CLOSED: "closed",
    State.DECLINED: "declined",
    State.WITHDRAWN: "withdrawn",
    State.EXPIRED: "expired",
}


def next_step(request: RequestData) -> Step:
    """Return whose move it is, until when, and what happens if nobody moves."""
    state = State(request.state)
    timer = timer_of(
        state, needs_human=request.needs_human, is_offer_refused=request.is_offer_refused
    )
    if timer is None:
        may_appeal = state is State.DECLINED and request.is_appealable
        return Step(Owner.BUYER if may_appeal else None, _ENDS[state], None, "")
    live = [p for p in request.parcels if p.state is not ParcelState.FAILED]
    if state is State.AUTHORIZED and live:
        return Step(Owner.CARRIER, "collect", request.due_at, timer.consequence)
    if state is State.IN_TRANSIT and any(p.state is ParcelState.ARRIVED for p in live):
        return Step(Owner.WAREHOUSE, "receive", request.due_at, timer.consequence)
    return Step(timer.owner, timer.step, request.due_at, timer.consequence)
