"""Who a shop says its buyer is: a short-lived word of the shop's server, signed with its secret.

    word = base64url({"customer": "U-1024", "name": "林小满", "expires": 1790000000})
    token = word + "." + hex(HMAC-SHA256(secret, word))

docs/widget.md shows it in three languages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from anxin.domains.customers.data import Buyer, CustomerId
from anxin.domains.customers.public import ensure_customers
from anxin.domains.merchants.data import StoreData
from anxin.kernel.actors import Actor
from anxin.kernel.errors import NotAllowed

# A token that holds longer than this is a password, not a greeting.
LONGEST = timedelta(hours=24)
_LIMIT = 2_000


class IdentityRefused(NotAllowed):
    """The shop's word for the buyer is forged, over, or holds too long."""

    code = "identity_refused"


@dataclass(frozen=True, slots=True)
class ShopWord:
    """What a shop says of its buyer."""

    customer: str
    name: str
    phone: str
    email: str


def secret_of(store: StoreData) -> str:
    """Return the store's secret: made from ours, so that it is kept nowhere else."""
    key = hashlib.sha256(b"anxin.widget.identity" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, store.id.bytes, "sha256").hexdigest()


def signed_word(secret: str, said: dict[str, object]) -> str:
    """Return what a shop's server puts into ``data-token``."""
    word = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"{word}.{hmac.new(secret.encode(), word.encode(), 'sha256').hexdigest()}"


def word_of(store: StoreData, token: str, now: datetime) -> ShopWord:
    """Return what the shop says. Raise IdentityRefused."""
    word, _, signature = token[:_LIMIT].partition(".")
    right = hmac.new(secret_of(store).encode(), word.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise IdentityRefused(because="signature")
    try:
        said = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        expires = float(said["expires"])
        customer = str(said["customer"]).strip()
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise IdentityRefused(because="content") from error
    left = expires - now.timestamp()
    if not 0 < left <= LONGEST.total_seconds():
        raise IdentityRefused(because="expired")
    if not customer or len(customer) > 100:
        raise IdentityRefused(because="customer")
    texts = (str(said.get(key) or "")[:120] for key in ("name", "phone", "email"))
    return ShopWord(customer, *texts)


def customer_of(store: StoreData, word: ShopWord, now: datetime) -> CustomerId:
    """Return the merchant's customer with this number, made at the first sight of him."""
    named = Buyer(word.customer, word.name, word.phone, word.email, store.region)
    found = ensure_customers(Actor.system(store.merchant_id), [named], now=now)[0]
    assert found is not None, "a buyer with a number is always somebody"
    return found
