"""The sandbox refund provider's own book: what it did, what it was told to do wrong, whom it calls.

The provider writes it on a connection of its own, as a bank would: a crash of ours undoes nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from anxin.kernel.tenancy import TenantModel


class SandboxRefund(TenantModel):
    """One refund number. ``moved_count`` less ``bounced_count`` is how often money is gone."""

    number = models.CharField(max_length=120)
    payment_reference = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=60)
    state = models.CharField(max_length=12)
    because = models.CharField(max_length=200, blank=True)
    version = models.BigIntegerField(default=0)
    times_seen = models.PositiveIntegerField(default=0)
    moved_count = models.PositiveIntegerField(default=0)
    bounced_count = models.PositiveIntegerField(default=0)
    # When a pending refund is over, and how.
    settles_at = models.DateTimeField(null=True)
    settles_as = models.CharField(max_length=12, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="sandbox_refund_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "-updated_at"], name="sandbox_refund_newest"),
            models.Index(
                fields=["settles_at"],
                condition=Q(settles_at__isnull=False),
                name="sandbox_refund_due",
            ),
        ]


class SandboxMisbehaviour(TenantModel):
    """What the provider is told to do wrong for a merchant: the fields of ports.Misbehaviour."""

    wanted = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], name="misbehaviour_once")]


class SandboxCallback(TenantModel):
    """One call to our hook that the provider makes, or made."""

    number = models.CharField(max_length=120)
    body = models.TextField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="sandbox_callback_due"
            ),
            models.Index(fields=["merchant", "number"], name="sandbox_callback_of"),
        ]
