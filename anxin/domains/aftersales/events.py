"""Facts of after-sales requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from anxin.domains.aftersales.data import RequestId
from anxin.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RequestEvent(Event):
    """Something about one request."""

    subject: ClassVar[str] = "request_id"
    request_id: RequestId
    order_id: UUID
    store_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RequestOpened(RequestEvent):
    """A request was made and needs the merchant's answer."""

    kind: str
    reason: str
    promised_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RequestAuthorized(RequestEvent):
    """The merchant, by policy or person, agreed; a return may now travel."""

    kind: str
    reason: str
    promised_minor: int
    currency: str
    automatic: bool
    # Agreed to in the moment it was asked for: no RequestOpened came before.
    opened: bool = False


@dataclass(frozen=True, kw_only=True)
class RefundAuthorized(RequestEvent):
    """Money is owed without goods coming back (refund only)."""

    kind: str
    reason: str
    owed_minor: int
    currency: str
    automatic: bool
    opened: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestDeclined(RequestEvent):
    """The merchant said no."""

    because: str
    automatic: bool
    kind: str = ""
    reason: str = ""
    opened: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestAppealed(RequestEvent):
    """The buyer asked for a person to look again (CN-33)."""


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(RequestEvent):
    """The buyer changed his mind."""


@dataclass(frozen=True, kw_only=True)
class RequestExpired(RequestEvent):
    """Nothing came back in time."""


@dataclass(frozen=True, kw_only=True)
class ParcelDispatched(RequestEvent):
    """The goods are on their way back."""

    tracking_no: str


@dataclass(frozen=True, kw_only=True)
class ParcelReceived(RequestEvent):
    """The goods are at the warehouse."""

    tracking_no: str


@dataclass(frozen=True, kw_only=True)
class InspectionRecorded(RequestEvent):
    """Goods were inspected; ``owed_minor`` is to be paid back."""

    owed_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class InspectionFailed(RequestEvent):
    """Goods were not as they should be; the buyer is asked what he prefers."""

    offered_minor: int
    promised_minor: int
    currency: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfferMade(RequestEvent):
    """The merchant made the buyer another offer after a failed inspection."""

    offer: str
    offered_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class OfferAgreed(RequestEvent):
    """The buyer took the offer; ``owed_minor`` is to be paid back."""

    owed_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class OfferRefused(RequestEvent):
    """The buyer did not take the offer; the merchant must make another."""


@dataclass(frozen=True, kw_only=True)
class GoodsDisinfected(RequestEvent):
    """Goods were disinfected."""


@dataclass(frozen=True, kw_only=True)
class GoodsDisposed(RequestEvent):
    """It was decided what becomes of the goods."""

    sku: str
    disposition: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class RequestDeadlinePassed(RequestEvent):
    """A deadline went by and somebody must be told: ``code`` says which."""

    code: str


@dataclass(frozen=True, kw_only=True)
class RefundBounced(RequestEvent):
    """Money that had gone back came back to us; the request is open again."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RequestClosed(RequestEvent):
    """Everything is done; ``refunded_minor`` went back."""

    refunded_minor: int
    currency: str
    opened_seconds_ago: int = 0
