"""Facts of policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from anxin.domains.policies.data import PolicyVersionId
from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PolicyPublished(Event):
    """A version was published; it decides for orders placed from ``in_force_from`` on."""

    subject: ClassVar[str] = "version_id"
    version_id: PolicyVersionId
    number: int
    store_id: UUID | None
    in_force_from: datetime
