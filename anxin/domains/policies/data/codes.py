"""Stable codes of policies and decisions. Entry points translate them; they never change."""

from __future__ import annotations

from enum import StrEnum


class ReasonCode(StrEnum):
    """Why the buyer asks."""

    NO_REASON = "no_reason"
    NOT_WANTED_BEFORE_SHIPMENT = "not_wanted_before_shipment"
    QUALITY_DEFECT = "quality_defect"
    DAMAGED_IN_TRANSIT = "damaged_in_transit"
    WRONG_ITEM = "wrong_item"
    MISSING_ITEM = "missing_item"
    NOT_AS_DESCRIBED = "not_as_described"
    NOT_RECEIVED = "not_received"
    OTHER = "other"


class Remedy(StrEnum):
    """What the buyer asks for, and what a decision offers."""

    RETURN_REFUND = "return_refund"
    REFUND_ONLY = "refund_only"


class Verdict(StrEnum):
    """What becomes of the request without a person; ``review`` waits for one."""

    ALLOW = "allow"
    REVIEW = "review"
    DECLINE = "decline"


class Party(StrEnum):
    """Who owes something or acts."""

    BUYER = "buyer"
    SELLER = "seller"


# The word used where freight is meant; the same two people.
FreightPayer = Party


class OrderState(StrEnum):
    """What policies need to know of the order's progress."""

    UNPAID = "unpaid"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class ExclusionKind(StrEnum):
    """Why goods are outside the return without a reason, as frozen on the order.

    The first four are excluded by law (CN-02); the next three only when the buyer confirmed it
    for this very purchase (CN-07, CN-08).
    """

    NONE = "none"
    CUSTOM_MADE = "custom_made"
    FRESH_PERISHABLE = "fresh_perishable"
    DIGITAL_UNSEALED = "digital_unsealed"
    PERIODICAL = "periodical"
    UNSEALING_AFFECTS_SAFETY = "unsealing_affects_safety"
    VALUE_LOSS_AFTER_ACTIVATION = "value_loss_after_activation"
    DECLARED_FLAWED = "declared_flawed"


class Condition(StrEnum):
    """What the buyer says of the goods' state."""

    SEAL_BROKEN = "seal_broken"
    TAGS_REMOVED = "tags_removed"
    LABEL_CUT = "label_cut"
    SOILED = "soiled"
    DAMAGED = "damaged"
    WORN = "worn"
    USED = "used"
    ACTIVATED = "activated"
    DOWNLOADED = "downloaded"
    UNAUTHORISED_REPAIR = "unauthorised_repair"
    SERIAL_DAMAGED = "serial_damaged"
    PERSONAL_DATA = "personal_data"
    ACCESSORIES_MISSING = "accessories_missing"


class SignedBy(StrEnum):
    """Who took the parcel from the carrier."""

    BUYER = "buyer"
    PROXY = "proxy"  # neighbour, guard, gate
    LOCKER = "locker"
    UNKNOWN = "unknown"


class Roll(StrEnum):
    """Whether a period that ends on a day off ends on the next working day (CN-38)."""

    NONE = "none"
    STATUTORY = "statutory"
    STATUTORY_AND_WEEKEND = "statutory+weekend"


class Layer(StrEnum):
    """Whose promise a clause is."""

    LAW = "law"
    MERCHANT = "merchant"


class Effect(StrEnum):
    """What an applied clause did to the decision."""

    ALLOWS = "allows"
    DECLINES = "declines"
    SENDS_TO_REVIEW = "sends_to_review"
    SETS_FREIGHT = "sets_freight"
    SETS_DEADLINE = "sets_deadline"
    ASKS_EVIDENCE = "asks_evidence"
    CLEARS = "clears"  # an obstacle looked at and found not to stand in the way


class Ground(StrEnum):
    """The stable codes of ``Decision.reasons``."""

    WITHIN_WITHDRAWAL_PERIOD = "within_withdrawal_period"
    WITHIN_DEFECT_PERIOD = "within_defect_period"
    PERIOD_NOT_STARTED = "period_not_started"
    NOT_SHIPPED_YET = "not_shipped_yet"
    PARCEL_NOT_RECEIVED = "parcel_not_received"
    WITHDRAWAL_PERIOD_OVER = "withdrawal_period_over"
    EXCHANGE_OR_REPAIR_DUE = "exchange_or_repair_due"
    DEFECT_PERIOD_OVER = "defect_period_over"
    EXCLUDED_GOODS = "excluded_goods"
    EXCLUSION_NOT_CONFIRMED = "exclusion_not_confirmed"
    NOT_INTACT = "not_intact"
    CONDITION_TO_JUDGE = "condition_to_judge"
    ALREADY_SHIPPED = "already_shipped"
    ORDER_NOT_PAID = "order_not_paid"
    MORE_THAN_AVAILABLE = "more_than_available"
    NOTHING_ASKED = "nothing_asked"
    UNITS_IN_DIFFERENT_STAGES = "units_in_different_stages"
    EVIDENCE_MISSING = "evidence_missing"
    REMEDY_NOT_PROMISED = "remedy_not_promised"
    REASON_NEEDS_JUDGEMENT = "reason_needs_judgement"
    PARCEL_TO_TRACE = "parcel_to_trace"
    HOLIDAYS_UNKNOWN = "holidays_unknown"
    ABOVE_AUTOMATIC_LIMIT = "above_automatic_limit"
    PARTLY_DECLINED = "partly_declined"
    NEWER_POLICY_IS_BETTER = "newer_policy_is_better"
