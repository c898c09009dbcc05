"""Who does something: a person of the staff, a buyer, a program, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from anxin.kernel.errors import NotAllowed

MerchantId = NewType("MerchantId", int)


class ActorKind(StrEnum):
    """What kind of doer an actor is; stored with every event and audit entry."""

    STAFF = "staff"
    BUYER = "buyer"
    PROGRAM = "program"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone acting for or at one merchant. ``id`` names the staff member, customer or key.

    A buyer's permissions are empty; what he may see follows from being the customer ``id``.
    """

    merchant_id: MerchantId
    kind: ActorKind
    id: str
    permissions: frozenset[str] = frozenset()
    name: str = ""
    # Largest amount, in minor units of the merchant's currency, he may approve or give by himself.
    approval_limit_minor: int = 0

    @classmethod
    def system(cls, merchant_id: MerchantId) -> Actor:
        """Return the system itself: it may do everything within the merchant."""
        return cls(merchant_id, ActorKind.SYSTEM, "system", frozenset({"*"}), "system", 2**62)

    @classmethod
    def buyer(cls, merchant_id: MerchantId, customer_id: object, name: str = "") -> Actor:
        """Return the customer as the one who acts."""
        return cls(merchant_id, ActorKind.BUYER, str(customer_id), frozenset(), name)

    def may(self, permission: str) -> bool:
        """Return whether the actor has this permission."""
        return permission in self.permissions or "*" in self.permissions

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the actor has this permission."""
        if not self.may(permission):
            raise NotAllowed(permission=str(permission))

    @property
    def is_buyer(self) -> bool:
        """Return whether a customer acts."""
        return self.kind is ActorKind.BUYER
