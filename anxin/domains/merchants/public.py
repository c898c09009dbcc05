"""What the rest of the system may do with merchants."""

from anxin.domains.merchants.queries import (
    SignedIn,
    actor_of_key,
    get_store,
    hash_of_key,
    list_staff,
    list_stores,
    merchant_ids,
    refund_approval_above_minor,
    signed_in,
    staff_actor,
    store_at,
    widget_origins,
)
from anxin.domains.merchants.services import (
    found_merchant,
    hire,
    issue_key,
    keep_preferences,
    open_store,
)

__all__ = [
    "SignedIn",
    "actor_of_key",
    "found_merchant",
    "get_store",
    "hash_of_key",
    "hire",
    "issue_key",
    "keep_preferences",
    "list_staff",
    "list_stores",
    "merchant_ids",
    "open_store",
    "refund_approval_above_minor",
    "signed_in",
    "staff_actor",
    "store_at",
    "widget_origins",
]
