"""Signed tokens by which a buyer's page opens its live connection without a cookie.

The portal puts one into its pages, the widget gets one with its session. A token names merchant,
customer and store, and nothing else may be done with it than what that customer may do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing

from anxin.kernel.actors import Actor, MerchantId

LIFETIME = timedelta(hours=12)
_SALT = "anxin.realtime.buyer"


@dataclass(frozen=True, slots=True)
class BuyerToken:
    """Who holds a token, and for which store it was given."""

    merchant_id: MerchantId
    customer_id: UUID
    store_id: UUID | None
    name: str

    @property
    def actor(self) -> Actor:
        """Return the customer as the one who acts."""
        return Actor.buyer(self.merchant_id, self.customer_id, self.name)


def sign_buyer(
    merchant_id: MerchantId, customer_id: UUID, *, store_id: UUID | None = None, name: str = ""
) -> str:
    """Return a token for a customer who has shown who he is."""
    value = [merchant_id, str(customer_id), str(store_id) if store_id else None, name]
    return signing.dumps(value, salt=_SALT, compress=True)


def read_buyer(token: str) -> BuyerToken | None:
    """Return who holds a token, or None when it is forged or older than LIFETIME."""
    try:
        merchant_id, customer_id, store_id, name = signing.loads(
            token, salt=_SALT, max_age=LIFETIME
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return BuyerToken(
        MerchantId(merchant_id), UUID(customer_id), UUID(store_id) if store_id else None, name
    )
