"""The table of policy versions: each a document, kept for good once published."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from anxin.domains.policies.lifecycle import VersionState
from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class PolicyVersion(TenantModel):
    """One version of a merchant's policy, or of one store's own. ``number`` counts per merchant.

    Which version is in force at a moment follows from ``in_force_from``; ``state`` says whether a
    later one of the same scope has been published.
    """

    store = TenantForeignKey("merchants.Store", models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    document = models.JSONField()
    # The baseline it was published over, such as cn-2026.1.
    law_version = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in VersionState])
    in_force_from = models.DateTimeField(null=True)
    created_by_kind = models.CharField(max_length=10)
    created_by_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "number"], name="policy_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "store"],
                condition=Q(state=VersionState.IN_FORCE.value),
                nulls_distinct=False,
                name="policy_version_one_newest",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in VersionState]),
                name="policy_version_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT.value) | Q(in_force_from__isnull=False),
                name="policy_version_published_has_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "store", "-in_force_from"], name="policy_version_in_force"
            )
        ]
