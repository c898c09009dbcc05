"""Tables of the kernel: facts, who read them how far, audit trail, files, numbers, keys used."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from anxin.kernel.tenancy import TenantModel


class Xid8Field(models.Field):  # type: ignore[type-arg]  # not generic at run time
    """PostgreSQL's 64-bit transaction id; filled by the database."""

    def db_type(self, connection: Any) -> str:
        """Return the column type."""
        return "xid8"


class CurrentXid(models.Func):
    """The id of the transaction that is running."""

    function = "pg_current_xact_id"
    arity = 0


class RecordedEvent(TenantModel):
    """Every fact ever published: outbox, audit trail and source of metrics in one table.

    ``(xid, id)`` is the order of the stream: read only up to the oldest running transaction, a
    reader that remembers its place misses nothing, however transactions overlap.
    """

    append_only: ClassVar[bool] = True

    name = models.CharField(max_length=100)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    payload = models.JSONField()
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    xid = Xid8Field(db_default=CurrentXid(output_field=Xid8Field()))

    class Meta:
        db_table = "kernel_event"
        indexes = [
            models.Index(fields=["xid", "id"], name="event_stream"),
            models.Index(fields=["merchant", "xid", "id"], name="event_merchant_stream"),
            models.Index(fields=["merchant", "subject_id", "id"], name="event_subject"),
        ]


class StreamCursor(models.Model):
    """How far a projection has read the stream. Shared: one reader serves every merchant."""

    name = models.CharField(max_length=100, primary_key=True)
    xid = models.DecimalField(max_digits=20, decimal_places=0, default=0)
    event_id = models.UUIDField(null=True)
    moved_at = models.DateTimeField(db_default=Now())


class AuditEntry(TenantModel):
    """Who changed what, and who looked at personal data. Never altered."""

    append_only: ClassVar[bool] = True

    at = models.DateTimeField()
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "-at", "-id"], name="audit_newest"),
            models.Index(fields=["merchant", "subject_id", "-at"], name="audit_subject"),
        ]


class StoredFile(TenantModel):
    """A photo or attachment; its bytes lie under their SHA-256 in the files folder."""

    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=64)
    created_at = models.DateTimeField()


class Counter(TenantModel):
    """The last number given out of a series, per merchant."""

    series = models.CharField(max_length=20)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "series"], name="counter_once_a_series")
        ]


class IdempotencyRecord(TenantModel):
    """What an API write answered, so that the same key gives the same answer."""

    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="idempotency_key_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]
