"""Tables of the portal itself: sign-in codes that are under way, and requests half filled in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class SignInCode(TenantModel):
    """A code that was asked for. The code itself is kept nowhere (see ``sign_in.code_of``).

    A row is made whether or not the order exists, so that limits and answers are the same.
    """

    order_no = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=200)
    ip = models.CharField(max_length=45)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "created_at"], name="portal_code_age")]


class RequestDraft(TenantModel):
    """A request half filled in: survives reload, the way back, and an expired session."""

    customer = TenantForeignKey("customers.Customer", models.CASCADE, related_name="+")
    order = TenantForeignKey("commerce.Order", models.CASCADE, related_name="+")
    # How many units of which order line, by its id.
    items = models.JSONField(default=dict)
    is_unshipped = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)
    conditions = ArrayField(models.CharField(max_length=40), default=list)
    note = models.TextField(blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    # What became of it: confirming twice leads to the same request.
    request_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "customer", "-created_at"], name="portal_draft_newest")
        ]
