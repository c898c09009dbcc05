"""What a decision is made of: the order as it was frozen, and what the buyer asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.domains.policies.data.codes import (
    Condition,
    ExclusionKind,
    OrderState,
    ReasonCode,
    Remedy,
    SignedBy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The evidence of a parcel's way. All moments aware; which one starts a clock is a rule."""

    shipped_at: datetime | None = None
    delivered_at: datetime | None = None  # the carrier put it down: door, locker, neighbour
    signed_at: datetime | None = None
    signed_by: SignedBy = SignedBy.UNKNOWN
    picked_up_at: datetime | None = None  # the buyer took it from locker or neighbour
    consent_to_proxy: bool = False


NOT_SENT = Delivery()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One order line the buyer asks about.

    ``refundable_minor`` is what the asked units carry, allocated and frozen when the order came
    in; price, discount and tax only explain it line by line. ``exclusion`` and its confirmation
    come from the order's snapshot, never from today's product. ``claimed`` counts shipped units
    in open or finished requests, ``cancelled`` units taken back before shipment.
    """

    line_id: str
    sku: str
    bought: int
    asked: int
    refundable_minor: int
    shipped: int = 0
    claimed: int = 0
    cancelled: int = 0
    category: str = ""
    name: str = ""
    price_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    exclusion: ExclusionKind = ExclusionKind.NONE
    exclusion_confirmed: bool = False
    conditions: tuple[Condition, ...] = ()
    delivery: Delivery | None = None  # its own parcel, when not the order's


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may look at. ``asked_at`` is when the notice was sent (CN-05).

    ``wanted`` may be open while the buyer still chooses. ``outbound_freight_left_minor`` is paid
    and not yet refunded; ``is_rest_of_order`` says that nothing of the order is kept, so that it
    may go back. ``waived_freight_minor`` is the freight a threshold spared the buyer, and
    ``is_threshold_lost`` that the kept goods no longer reach it. ``pickup_fee_minor`` is what the
    buyer agreed to have kept back for our pickup.
    """

    asked_at: datetime
    placed_at: datetime
    reason: ReasonCode
    lines: tuple[LineFacts, ...]
    currency: str
    order_state: OrderState
    paid_at: datetime | None = None
    wanted: Remedy | None = None
    delivery: Delivery = NOT_SENT
    photos: int = 0
    outbound_freight_paid_minor: int = 0
    outbound_freight_left_minor: int = 0
    is_rest_of_order: bool = False
    waived_freight_minor: int = 0
    is_threshold_lost: bool = False
    pickup_fee_minor: int = 0
    region: str = ""
    zone: str = "Asia/Shanghai"
    tier: str = ""
    channel: str = ""
    store: str = ""
    order_no: str = ""
