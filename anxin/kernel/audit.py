"""The audit trail: changes that are not events, and every look at personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
