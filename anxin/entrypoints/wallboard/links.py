"""The lists behind the figures, with their filters in the address."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor

_CONVERSATIONS = "/workspace/"
_REQUESTS = "/workspace/requests/"
_REFUNDS = "/console/refunds/"


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses; "" where the person may not enter."""

    may_talk: bool
    may_see_requests: bool
    may_see_refunds: bool

    @property
    def waiting(self) -> str:
        """Return the conversations that wait for us, the longest wait first."""
        return f"{_CONVERSATIONS}?view=waiting" if self.may_talk else ""

    @property
    def conversations(self) -> str:
        """Return the open conversations."""
        return f"{_CONVERSATIONS}?view=open" if self.may_talk else ""

    @property
    def requests(self) -> str:
        """Return the requests under way."""
        return f"{_REQUESTS}?state=open" if self.may_see_requests else ""

    @property
    def overdue(self) -> str:
        """Return the requests whose deadline has passed."""
        return f"{_REQUESTS}?state=open&due=overdue" if self.may_see_requests else ""

    def in_state(self, state: str) -> str:
        """Return the requests in one state."""
        return f"{_REQUESTS}?state={state}" if self.may_see_requests else ""

    @property
    def refunds(self) -> str:
        """Return the refunds on their way."""
        return f"{_REFUNDS}?state=requested" if self.may_see_refunds else ""

    @property
    def failed_refunds(self) -> str:
        """Return the refunds that failed."""
        return f"{_REFUNDS}?state=failed" if self.may_see_refunds else ""


def links_for(by: Actor) -> Links:
    """Return the lists ``by`` may open."""
    return Links(
        by.may(Permission.CONVERSATIONS_READ),
        by.may(Permission.REQUESTS_READ),
        by.may(Permission.REFUNDS_READ),
    )
