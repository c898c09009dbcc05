"""Ports that belong to no domain: what entry points themselves need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


class CodeSender(Protocol):
    """Someone who brings a sign-in code to an address, for the merchant that is acted for."""

    def send(self, address: str, code: str, language: str) -> None:
        """Send a code to a phone number or e-mail address; the text is in ``language``.

        Raise Unavailable when it could not be sent; sending again sends another message.
        """
        ...


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code as a sandbox would have sent it."""

    address: str
    code: str
    language: str
    sent_at: datetime


@runtime_checkable
class RehearsalCodeSender(Protocol):
    """A sender whose messages staff can read: sandboxes only."""

    def sent(self, limit: int = 50) -> Sequence[SentCode]:
        """Return the merchant's newest messages, newest first."""
        ...
