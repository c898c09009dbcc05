"""The sandbox carrier's own book: what was ordered, what it says happened, how it behaves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class SandboxParcel(TenantModel):
    """One ordered pickup and its parcel, under the customer's number."""

    pickup_no = models.CharField(max_length=40)
    tracking_no = models.CharField(max_length=60)
    # booked, collected, in_transit, delivered; failed, cancelled.
    state = models.CharField(max_length=12)
    slot_start = models.DateTimeField()
    slot_end = models.DateTimeField()
    origin = models.JSONField()
    destination = models.JSONField()
    booked_at = models.DateTimeField()
    # When it moves on by itself; None once it does not.
    moves_at = models.DateTimeField(null=True)
    times_asked = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "pickup_no"], name="sandbox_pickup_once"),
            models.UniqueConstraint(
                fields=["merchant", "tracking_no"], name="sandbox_tracking_once"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-booked_at"], name="sandbox_parcel_newest"),
            models.Index(
                fields=["moves_at"], condition=Q(moves_at__isnull=False), name="sandbox_moves_due"
            ),
        ]


class SandboxTrace(TenantModel):
    """One thing the carrier says of a parcel, and whether it told us."""

    parcel = TenantForeignKey(SandboxParcel, models.CASCADE, related_name="traces")
    event_id = models.CharField(max_length=80)
    at = models.DateTimeField()
    code = models.CharField(max_length=30)
    text = models.CharField(max_length=300)
    place = models.CharField(max_length=100, blank=True)
    # When our hook is called (again); None when it was told, or never is.
    due_at = models.DateTimeField(null=True)
    tells_left = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "event_id"], name="sandbox_trace_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "parcel", "at"], name="sandbox_traces_of"),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="sandbox_trace_due"
            ),
        ]


class SandboxCarrierMood(TenantModel):
    """How the carrier behaves towards a merchant: the fields of ports.CarrierMood."""

    wanted = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], name="carrier_mood_once")]


class SandboxLetter(TenantModel):
    """A text message or e-mail that was not sent but can be read by staff."""

    address = models.CharField(max_length=200)
    code = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["merchant", "-sent_at"], name="sandbox_letter_newest")]
