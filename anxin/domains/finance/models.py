"""Tables of money. The database itself refuses to give back more than was captured."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from anxin.domains.finance.lifecycle import PartState, RefundState
from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class PaymentBalance(TenantModel):
    """What of one payment is captured, on its way back, and back. Locked before money moves."""

    payment = TenantForeignKey("commerce.Payment", models.PROTECT, related_name="+")
    order = TenantForeignKey("commerce.Order", models.PROTECT, related_name="+")
    captured_minor = models.BigIntegerField()
    reserved_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "payment"], name="balance_once"),
            models.CheckConstraint(
                condition=Q(reserved_minor__gte=0, refunded_minor__gte=0)
                & Q(captured_minor__gte=F("reserved_minor") + F("refunded_minor")),
                name="balance_never_over_captured",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "order"], name="balance_of_order")]

    @property
    def free_minor(self) -> int:
        """Return what can still go back."""
        return self.captured_minor - self.reserved_minor - self.refunded_minor


class Refund(TenantModel):
    """Money on its way back to a customer. One a source, for ever."""

    number = models.CharField(max_length=30)
    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    order = TenantForeignKey("commerce.Order", models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in RefundState])
    held_because = models.CharField(max_length=40, blank=True)
    requested_by_kind = models.CharField(max_length=10)
    requested_by_id = models.CharField(max_length=64)
    # Staff who had a hand in what gave rise to it: none of them approves it.
    involved_ids = models.JSONField(default=list, db_default=[])
    approved_by_id = models.CharField(max_length=64, blank=True)
    refused_because = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="refund_number_once"),
            models.UniqueConstraint(
                fields=["merchant", "source_kind", "source_id"], name="refund_once_a_source"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in RefundState]), name="refund_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-requested_at", "-id"], name="refund_newest"),
            models.Index(fields=["merchant", "state", "-requested_at"], name="refund_by_state"),
            models.Index(fields=["merchant", "order"], name="refund_of_order"),
        ]


class RefundPart(TenantModel):
    """The share of a refund that goes to one payment, under a number that never changes."""

    refund = TenantForeignKey(Refund, models.CASCADE, related_name="parts")
    payment = TenantForeignKey("commerce.Payment", models.PROTECT, related_name="+")
    part_no = models.CharField(max_length=40)
    tender = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in PartState])
    reference = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    # How often we looked in vain since something last changed.
    looks = models.PositiveIntegerField(default=0)
    # The version of the newest word of the provider that counted.
    heard_version = models.BigIntegerField(default=0)
    # A NoticeOutcome that a person must look at.
    flag = models.CharField(max_length=20, blank=True)
    # When to look again: send what is reserved, ask about what is pending or unknown.
    next_look_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "part_no"], name="part_no_once"),
            models.UniqueConstraint(
                fields=["merchant", "refund", "payment"], name="part_once_a_payment"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="part_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PartState]), name="part_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                condition=Q(next_look_at__isnull=False),
                name="part_due",
            )
        ]


class ProviderWord(TenantModel):
    """Something a provider said of a number, as it came: answer, finding or callback."""

    append_only: ClassVar[bool] = True

    part_no = models.CharField(max_length=120)
    part = TenantForeignKey(RefundPart, models.CASCADE, null=True, related_name="words")
    how = models.CharField(max_length=10)
    # The provider's id of a callback: repeated ones are kept once.
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=12, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    version = models.BigIntegerField(default=0)
    because = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "key"], name="word_once")]
        indexes = [models.Index(fields=["merchant", "part", "at"], name="word_of_part")]


class LedgerEntry(TenantModel):
    """One line of double entry; the lines of one journal add up to nothing.

    sql/finance.sql has PostgreSQL refuse a transaction that leaves a journal unbalanced.
    """

    append_only: ClassVar[bool] = True

    journal_id = models.UUIDField()
    kind = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    # Debit positive, credit negative, in minor units.
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refund_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "account", "at"], name="ledger_account"),
            models.Index(fields=["merchant", "journal_id"], name="ledger_journal"),
            models.Index(fields=["merchant", "-at", "-id"], name="ledger_newest"),
            models.Index(fields=["merchant", "refund_id"], name="ledger_of_refund"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "journal_id", "account"], name="ledger_line_once"
            )
        ]
