"""Tables of pickups."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from anxin.domains.deliveries.lifecycle import PickupState
from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class Pickup(TenantModel):
    """A carrier fetches one parcel. One live pickup a source."""

    # Our immutable number: the carrier's idempotency key.
    pickup_no = models.CharField(max_length=40)
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    carrier = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in PickupState])
    slot_start = models.DateTimeField(null=True)
    slot_end = models.DateTimeField(null=True)
    origin_contact = models.CharField(max_length=80, blank=True)
    origin_phone = models.CharField(max_length=30, blank=True)
    origin_address = models.CharField(max_length=300, blank=True)
    destination_contact = models.CharField(max_length=80, blank=True)
    destination_phone = models.CharField(max_length=30, blank=True)
    destination_address = models.CharField(max_length=300, blank=True)
    tracking_no = models.CharField(max_length=60, blank=True)
    label_text = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    # When to ask the carrier again about this parcel.
    next_look_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "pickup_no"], name="pickup_no_once"),
            models.UniqueConstraint(
                fields=["merchant", "source_kind", "source_id"],
                condition=~Q(state__in=["failed", "cancelled"]),
                name="pickup_live_once_a_source",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PickupState]), name="pickup_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "tracking_no"], name="pickup_by_tracking"),
            models.Index(fields=["merchant", "-created_at", "-id"], name="pickup_newest"),
            models.Index(
                fields=["next_look_at"],
                condition=Q(next_look_at__isnull=False),
                name="pickup_due",
            ),
        ]


class PickupEvent(TenantModel):
    """What the carrier said, once each."""

    pickup = TenantForeignKey(Pickup, models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=80)
    at = models.DateTimeField()
    code = models.CharField(max_length=30)
    text = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=100, blank=True)
    # What arrived, as it arrived.
    raw = models.TextField(blank=True)
    heard_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "pickup", "event_id"], name="pickup_event_once"
            )
        ]
