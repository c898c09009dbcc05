"""Facts of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class SignInCodeAsked(Event):
    """Somebody wants to sign in; whether he may is found out by the code."""

    subject: ClassVar[str] = "code_id"
    code_id: UUID
