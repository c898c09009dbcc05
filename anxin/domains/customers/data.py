"""Words of customers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

CustomerId = NewType("CustomerId", UUID)
IdentityId = NewType("IdentityId", UUID)


class IdentityKind(StrEnum):
    """What kind of address an identity is. Outside channels use their own name as the kind."""

    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class IdentityData:
    """One address we know a customer by."""

    id: IdentityId
    channel: str
    address: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class CustomerData:
    """A customer. ``external_ref`` is the merchant's own number for him, where there is one."""

    id: CustomerId
    name: str
    tier: str
    language: str
    external_ref: str
    identities: tuple[IdentityData, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Some customers by name, and where the next ones are (empty at the end)."""

    items: tuple[CustomerData, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """What a shop tells of a buyer. Any part may be empty; all empty means nobody is named.

    ``external_ref`` is the merchant's own number and decides before the phone, the phone before
    the e-mail address. ``region`` gives the country code of a phone written without one.
    """

    external_ref: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    region: str = "CN"
