"""What commerce needs from outside, in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from anxin.domains.commerce.data import BuyerNamed
from anxin.kernel.actors import Actor


class CustomerBook(Protocol):
    """Knows who buyers are."""

    def ids_of(
        self, by: Actor, buyers: Sequence[BuyerNamed], *, now: datetime
    ) -> Sequence[UUID | None]:
        """Return each buyer's customer id, made where unknown; None where nobody is named.

        A fixed number of queries however many buyers.
        """

    def phone(self, text: str, region: str) -> str | None:
        """Return a phone number the one way it is stored, or None when it is no number."""
