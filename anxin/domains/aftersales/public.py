"""What the rest of the system may do with after-sales requests."""

from anxin.domains.aftersales.lifecycle import REQUEST, Action, State
from anxin.domains.aftersales.queries import (
    available_units,
    count_requests,
    find_request,
    get_request,
    get_summary,
    items_of_sku,
    list_requests,
    list_undisposed,
    list_unknown_parcels,
    request_of_tracking,
    staff_behind,
    timeline_of,
)
from anxin.domains.aftersales.rules import TIMERS, checklist_of, next_step
from anxin.domains.aftersales.services.answering import (
    appeal_request,
    decide_request,
    withdraw_request,
)
from anxin.domains.aftersales.services.inspecting import (
    record_disinfection,
    record_disposition,
    record_inspection,
)
from anxin.domains.aftersales.services.opening import open_request, preview_request
from anxin.domains.aftersales.services.returning import (
    AlreadyReceived,
    UnknownTracking,
    choose_own_parcel,
    match_unknown_parcel,
    parcel_moved,
    receive_parcel,
    record_unknown_parcel,
    register_pickup_parcel,
    tracking_of,
)
from anxin.domains.aftersales.services.settling import (
    agree_offer,
    make_offer,
    money_bounced,
    settle,
)
from anxin.domains.aftersales.services.waiting import pass_deadline

__all__ = [
    "REQUEST",
    "TIMERS",
    "Action",
    "AlreadyReceived",
    "State",
    "UnknownTracking",
    "agree_offer",
    "appeal_request",
    "available_units",
    "checklist_of",
    "choose_own_parcel",
    "count_requests",
    "decide_request",
    "find_request",
    "get_request",
    "get_summary",
    "items_of_sku",
    "list_requests",
    "list_undisposed",
    "list_unknown_parcels",
    "make_offer",
    "match_unknown_parcel",
    "money_bounced",
    "next_step",
    "open_request",
    "parcel_moved",
    "pass_deadline",
    "preview_request",
    "receive_parcel",
    "record_disinfection",
    "record_disposition",
    "record_inspection",
    "record_unknown_parcel",
    "register_pickup_parcel",
    "request_of_tracking",
    "settle",
    "staff_behind",
    "timeline_of",
    "tracking_of",
    "withdraw_request",
]
