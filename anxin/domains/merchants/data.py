"""Words of merchants: ids, permissions, duties, and what leaves the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from anxin.kernel.actors import MerchantId

StoreId = NewType("StoreId", UUID)
StaffId = NewType("StaffId", UUID)
TeamId = NewType("TeamId", UUID)
KeyId = NewType("KeyId", UUID)


class Permission(StrEnum):
    """What a person or a program may do. Stable: stored in roles and API keys."""

    CONVERSATIONS_READ = "conversations.read"
    CONVERSATIONS_REPLY = "conversations.reply"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_REVEAL = "customers.reveal"
    ORDERS_READ = "orders.read"
    ORDERS_IMPORT = "orders.import"
    REQUESTS_READ = "requests.read"
    REQUESTS_OPEN = "requests.open"
    REQUESTS_DECIDE = "requests.decide"
    STATION_USE = "station.use"
    DELIVERIES_MANAGE = "deliveries.manage"
    REFUNDS_READ = "refunds.read"
    REFUNDS_APPROVE = "refunds.approve"
    REFUNDS_OPERATE = "refunds.operate"
    METRICS_READ = "metrics.read"
    EVENTS_READ = "events.read"
    MESSAGES_WRITE = "messages.write"
    POLICIES_MANAGE = "policies.manage"
    AUDIT_READ = "audit.read"
    STAFF_MANAGE = "staff.manage"
    SANDBOX_USE = "sandbox.use"


class Duty(StrEnum):
    """What a person of the staff is there for (PRODUCT.md §0)."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    WAREHOUSE = "warehouse"
    LOGISTICS = "logistics"
    FINANCE = "finance"
    OPERATIONS = "operations"
    ADMINISTRATOR = "administrator"


P = Permission
_AGENT = frozenset(
    {
        P.CONVERSATIONS_READ,
        P.CONVERSATIONS_REPLY,
        P.CUSTOMERS_READ,
        P.CUSTOMERS_REVEAL,
        P.ORDERS_READ,
        P.REQUESTS_READ,
        P.REQUESTS_OPEN,
        P.REQUESTS_DECIDE,
        P.METRICS_READ,
    }
)

# Duties and what they allow: the one table (STYLE.md §6.7).
PERMISSIONS_OF_DUTY: dict[Duty, frozenset[Permission]] = {
    Duty.AGENT: _AGENT,
    Duty.SUPERVISOR: _AGENT | {P.EVENTS_READ, P.AUDIT_READ, P.REFUNDS_READ, P.REFUNDS_APPROVE},
    Duty.WAREHOUSE: frozenset({P.STATION_USE, P.REQUESTS_READ, P.ORDERS_READ}),
    Duty.LOGISTICS: frozenset(
        {P.DELIVERIES_MANAGE, P.REQUESTS_READ, P.ORDERS_READ, P.CUSTOMERS_READ, P.METRICS_READ}
    ),
    Duty.FINANCE: frozenset(
        {
            P.REFUNDS_READ,
            P.REFUNDS_APPROVE,
            P.REFUNDS_OPERATE,
            P.REQUESTS_READ,
            P.ORDERS_READ,
            P.METRICS_READ,
        }
    ),
    Duty.OPERATIONS: frozenset(
        {
            P.METRICS_READ,
            P.EVENTS_READ,
            P.ORDERS_READ,
            P.ORDERS_IMPORT,
            P.REQUESTS_READ,
            P.CUSTOMERS_READ,
            P.POLICIES_MANAGE,
        }
    ),
    Duty.ADMINISTRATOR: frozenset(P),
}


def permissions_of(duties: frozenset[Duty]) -> frozenset[str]:
    """Return everything these duties allow together."""
    return frozenset(str(p) for duty in duties for p in PERMISSIONS_OF_DUTY[duty])


@dataclass(frozen=True, slots=True)
class StoreData:
    """One shop of a merchant. ``slug`` is its stable name in addresses."""

    id: StoreId
    merchant_id: MerchantId
    slug: str
    name: str
    currency: str
    zone: str
    region: str
    return_address: str
    return_contact: str
    return_phone: str


@dataclass(frozen=True, slots=True)
class StaffData:
    """A person of the staff, with what pages need to greet him."""

    id: StaffId
    name: str
    duties: frozenset[Duty]
    language: str
    theme: str
    team_ids: frozenset[TeamId]


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """A person of the staff as those who manage staff see him."""

    id: StaffId
    name: str
    user_name: str
    email: str
    duties: frozenset[Duty]
    team_ids: frozenset[TeamId]
    store_ids: frozenset[StoreId]
    approval_limit_minor: int
    is_active: bool
    has_second_factor: bool
    last_sign_in: datetime | None


@dataclass(frozen=True, slots=True)
class StaffTerms:
    """What a person of the staff is there for, and how far his word goes."""

    name: str
    duties: frozenset[Duty]
    team_ids: frozenset[TeamId] = frozenset()
    store_ids: frozenset[StoreId] = frozenset()
    approval_limit_minor: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class TeamData:
    """A team with the names of its active people."""

    id: TeamId
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """What can be changed about a store later on."""

    name: str
    zone: str = "Asia/Shanghai"
    region: str = "CN"
    return_address: str = ""
    return_contact: str = ""
    return_phone: str = ""
    widget_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyData:
    """An API key as people see it later: never the key itself, only how it begins."""

    id: KeyId
    name: str
    prefix: str
    scopes: frozenset[str]
    is_active: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class MerchantData:
    """The merchant itself. A refund above the amount needs a second person."""

    id: MerchantId
    name: str
    currency: str
    refund_approval_above_minor: int
