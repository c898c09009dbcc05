"""What happens to a request appears in the customer's open conversation, for both sides."""

from __future__ import annotations

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import RequestSummary
from anxin.domains.aftersales.events import (
    InspectionFailed,
    InspectionRecorded,
    OfferAgreed,
    OfferMade,
    ParcelDispatched,
    ParcelReceived,
    RefundAuthorized,
    RefundBounced,
    RequestAppealed,
    RequestAuthorized,
    RequestClosed,
    RequestDeclined,
    RequestEvent,
    RequestExpired,
    RequestOpened,
    RequestWithdrawn,
)
from anxin.domains.conversations.data import ConversationId, ConversationState
from anxin.domains.conversations.public import (
    conversations_of_customer,
    get_conversation,
    post_event_message,
)
from anxin.domains.deliveries.events import PickupFailed
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.events import Event, listen, name_of

_TOLD = (
    RequestOpened,
    RequestAuthorized,
    RefundAuthorized,
    RequestDeclined,
    RequestAppealed,
    RequestWithdrawn,
    RequestExpired,
    ParcelDispatched,
    ParcelReceived,
    InspectionRecorded,
    InspectionFailed,
    OfferMade,
    OfferAgreed,
    RequestClosed,
    RefundBounced,
)
_AMOUNTS = ("amount_minor", "refunded_minor", "owed_minor", "offered_minor", "promised_minor")


def tell_in_conversation(event: RequestEvent, merchant: MerchantId) -> None:
    """Put what happened into the thread, once, as a code that pages put in words."""
    _tell(event, aftersales.get_summary(Actor.system(merchant), event.request_id), merchant)


for _event_type in _TOLD:
    listen(_event_type)(tell_in_conversation)


@listen(PickupFailed)
def tell_that_courier_failed(event: PickupFailed, merchant: MerchantId) -> None:
    """Tell the buyer that nobody came, so that he can choose again."""
    if event.source_kind == "request":
        system = Actor.system(merchant)
        _tell(event, aftersales.get_summary(system, event.source_id), merchant)


def _tell(event: Event, request: RequestSummary, merchant: MerchantId) -> None:
    system = Actor.system(merchant)
    conversation_id = _conversation_of(system, request)
    if conversation_id is None:
        return
    code = name_of(type(event)).rsplit(".", 1)[-1]
    amount = next(
        (getattr(event, name) for name in _AMOUNTS if getattr(event, name, None) is not None), None
    )
    money = {} if amount is None else {"amount_minor": amount, "currency": request.currency}
    post_event_message(
        system,
        conversation_id,
        code,
        key=f"{code}-{request.id}-{int(event.occurred_at.timestamp())}",
        now=utcnow(),
        request_id=str(request.id),
        number=request.number,
        **money,
    )


def _conversation_of(system: Actor, request: RequestSummary) -> ConversationId | None:
    """Return the open conversation a request came from, else the customer's newest open one."""
    if request.conversation_id is not None:
        # It may be a visitor's: an agent made the request for an order linked by hand.
        origin = get_conversation(system, ConversationId(request.conversation_id))
        if origin.state is not ConversationState.CLOSED:
            return origin.id
    if request.customer_id is None:
        return None
    live = [
        found
        for found in conversations_of_customer(system, request.customer_id)
        if found.state is not ConversationState.CLOSED
    ]
    newest = max(live, key=lambda found: found.last_message_at, default=None)
    return None if newest is None else newest.id
