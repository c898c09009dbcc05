"""Tables of after-sales requests."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from anxin.domains.aftersales.data import RESTOCKING, Disposition, ParcelState, RequestKind
from anxin.domains.aftersales.lifecycle import State
from anxin.kernel.tenancy import TenantForeignKey, TenantModel

_ENDED = [State.CLOSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED]


class AfterSalesRequest(TenantModel):
    """One thing a buyer asks for about one order (the RMA)."""

    number = models.CharField(max_length=30)
    order = TenantForeignKey("commerce.Order", models.PROTECT, related_name="+")
    store = TenantForeignKey("merchants.Store", models.PROTECT, related_name="+")
    customer = TenantForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    # The conversation it came from, if any (neighbours meet by id, without a key).
    conversation_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in RequestKind])
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State])
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    # The decision as it was given, with its clauses, and the policy that gave it.
    decision = models.JSONField()
    policy_version = models.CharField(max_length=40, blank=True)
    decided_by_kind = models.CharField(max_length=10, default="system")
    decided_by_id = models.CharField(max_length=64, blank=True)
    override_reason = models.TextField(blank=True)
    # What the merchant told the buyer when he answered by hand.
    answer = models.TextField(blank=True)
    declined_because = models.CharField(max_length=60, blank=True)
    # An automatic refusal was appealed: only a person may answer (CN-33).
    needs_human = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    promised_minor = models.BigIntegerField(default=0)
    # Outbound freight given back, included in promised and owed.
    freight_minor = models.BigIntegerField(default=0)
    # Kept back from the goods: our pickup, or freight that a lost threshold no longer waives.
    deducted_minor = models.BigIntegerField(default=0)
    owed_minor = models.BigIntegerField(null=True)
    refunded_minor = models.BigIntegerField(default=0)
    freight_payer = models.CharField(max_length=10, blank=True)
    # What the buyer is offered after goods failed inspection.
    offer_kind = models.CharField(max_length=10, blank=True)
    offered_minor = models.BigIntegerField(null=True)
    is_offer_refused = models.BooleanField(default=False)
    # The one timer of the present state: when, and what happens then (aftersales/rules.py).
    due_at = models.DateTimeField(null=True)
    due_code = models.CharField(max_length=40, blank=True)
    opened_by_kind = models.CharField(max_length=10)
    opened_by_id = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="request_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(promised_minor__gte=0, refunded_minor__gte=0)
                & Q(freight_minor__gte=0, deducted_minor__gte=0)
                & (Q(owed_minor__isnull=True) | Q(owed_minor__gte=0)),
                name="request_amounts_sane",
            ),
            # Nothing is stuck without a timer, nothing ended has one.
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, due_at__isnull=True)
                | (~Q(state__in=_ENDED) & Q(due_at__isnull=False)),
                name="request_waiting_has_timer",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-opened_at", "-id"], name="request_newest"),
            models.Index(fields=["merchant", "state", "-opened_at"], name="request_by_state"),
            models.Index(fields=["merchant", "order"], name="request_of_order"),
            models.Index(fields=["merchant", "customer", "-opened_at"], name="request_of_cust"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="request_due"),
        ]


class RequestLine(TenantModel):
    """So many units of an order line within a request, with what was promised for them."""

    request = TenantForeignKey(AfterSalesRequest, models.CASCADE, related_name="lines")
    order_line = TenantForeignKey("commerce.OrderLine", models.PROTECT, related_name="+")
    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    # The very units of the order line this request holds: [[first, count], …], ascending.
    units = models.JSONField()
    # The whole order line as it was frozen: what units are worth is a share of it.
    line_quantity = models.PositiveIntegerField()
    line_payable_minor = models.BigIntegerField()
    # Taken back before they were sent (policies.data.LineFacts.cancelled).
    is_unshipped = models.BooleanField(default=False)
    # By which standard they are inspected (CN-10): a group of goods.
    standard = models.CharField(max_length=60, blank=True)
    promised_minor = models.BigIntegerField()
    owed_minor = models.BigIntegerField(null=True)
    # False once the request ended without taking the units: they can be asked for again.
    is_claimed = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "request", "order_line"], name="request_line_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="request_line_positive"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "order_line"],
                condition=Q(is_claimed=True),
                name="claims_of_line",
            )
        ]


class ReturnParcel(TenantModel):
    """A parcel on its way back, found by its tracking number at the warehouse."""

    request = TenantForeignKey(AfterSalesRequest, models.CASCADE, related_name="parcels")
    tracking_no = models.CharField(max_length=60)
    carrier = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, default=ParcelState.BOOKED)
    # How it travels: pickup or own.
    how = models.CharField(max_length=10, default="pickup")
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by_id = models.CharField(max_length=64, blank=True)
    received_by_name = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "tracking_no"], name="parcel_once")
        ]
        indexes = [models.Index(fields=["merchant", "request"], name="parcels_of_request")]


class UnknownParcel(TenantModel):
    """A parcel at the warehouse that belongs to no request we know, until somebody matches it."""

    tracking_no = models.CharField(max_length=60)
    note = models.TextField(blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    request = TenantForeignKey(
        AfterSalesRequest, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    by_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "tracking_no"], name="unknown_parcel_once")
        ]
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="unknown_parcel_newest")]


class Inspection(TenantModel):
    """What was found of one request line; once and for all."""

    append_only: ClassVar[bool] = True

    request = TenantForeignKey(AfterSalesRequest, models.CASCADE, related_name="inspections")
    line = TenantForeignKey(RequestLine, models.CASCADE, related_name="+")
    expected = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField(default=0)
    grade = models.CharField(max_length=2)
    codes = ArrayField(models.CharField(max_length=40), default=list)
    note = models.TextField(blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    standard = models.CharField(max_length=60)
    by_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "line"], name="inspection_once_a_line"),
            models.CheckConstraint(
                condition=Q(wrong__lte=F("rejected")), name="inspection_wrong_rejected"
            ),
            models.CheckConstraint(
                condition=Q(expected=F("accepted") + F("rejected") + F("missing")),
                name="inspection_adds_up",
            ),
        ]


class DisinfectionRecord(TenantModel):
    """Goods of a request were disinfected: how, with what, how long, by whom."""

    append_only: ClassVar[bool] = True

    request = TenantForeignKey(AfterSalesRequest, models.CASCADE, related_name="disinfections")
    method = models.CharField(max_length=40)
    agent = models.CharField(max_length=60)
    dwell_minutes = models.PositiveIntegerField()
    operator_id = models.CharField(max_length=64)
    operator_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "request"], name="disinfection_once"),
            models.CheckConstraint(condition=Q(dwell_minutes__gt=0), name="disinfection_dwell"),
        ]


class DispositionRecord(TenantModel):
    """So many units of a line went where. Restocking ones are stock movements too."""

    append_only: ClassVar[bool] = True

    request = TenantForeignKey(AfterSalesRequest, models.CASCADE, related_name="dispositions")
    line = TenantForeignKey(RequestLine, models.CASCADE, related_name="+")
    sku = models.CharField(max_length=60)
    disposition = models.CharField(max_length=20, choices=[(d.value, d.value) for d in Disposition])
    quantity = models.PositiveIntegerField()
    # What made restocking allowed.
    disinfection = TenantForeignKey(
        DisinfectionRecord, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(disposition__in=sorted(RESTOCKING)) | Q(disinfection__isnull=False),
                name="restock_after_disinfection",
            ),
            models.UniqueConstraint(
                fields=["merchant", "line", "disposition"], name="disposition_once_a_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="disposition_positive"),
        ]
        indexes = [models.Index(fields=["merchant", "sku", "at"], name="stock_moves")]
