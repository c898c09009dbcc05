"""The audit trail: changes that are not events, and every look at personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from anxin.kernel.actors import Actor
from anxin.kernel.models import AuditEntry


def record(
    by: Actor, action: str, subject_kind: str, subject_id: object, *, now: datetime, **detail: Any
) -> None:
    """Write down who did what to which thing. ``detail`` holds codes and ids, no personal data."""
    AuditEntry.objects.create(
        merchant_id=by.merchant_id,
        at=now,
        by_kind=by.kind,
        by_id=by.id,
        by_name=by.name,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=detail,
    )


def list_audit(
    by: Actor, *, before: tuple[datetime, UUID] | None = None, subject_id: str = "", limit: int = 50
) -> list[AuditEntry]:
    """Return entries of the trail before a place (moment and id), newest first."""
    rows = AuditEntry.objects.filter(merchant_id=by.merchant_id)
    if subject_id:
        rows = rows.filter(subject_id=subject_id)
    if before:
        at, last = before
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=last))
    return list(rows.order_by("-at", "-id")[:limit])
