"""What the rest of the system may do with pickups."""

from anxin.domains.deliveries.lifecycle import PICKUP, PickupState
from anxin.domains.deliveries.queries import (
    get_pickup,
    get_pickup_of,
    label_svg,
    list_pickups,
    list_slots,
)
from anxin.domains.deliveries.services import (
    cancel_pickup,
    request_pickup,
    take_carrier_event,
    take_carrier_events,
)

__all__ = [
    "PICKUP",
    "PickupState",
    "cancel_pickup",
    "get_pickup",
    "get_pickup_of",
    "label_svg",
    "list_pickups",
    "list_slots",
    "request_pickup",
    "take_carrier_event",
    "take_carrier_events",
]
