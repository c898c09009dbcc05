"""The sandbox refund provider: its book, and what it is told to do wrong."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from ninja import Field, Path, Router, Schema

from anxin.domains.finance.data import BookEntry
from anxin.domains.finance.ports import Misbehaviour, RehearsalProvider
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.http_api.auth import ApiRequest, scope
from anxin.entrypoints.http_api.paging import Limit
from anxin.kernel.errors import NotFound
from anxin.kernel.plugs import plugged

router = Router()
_USE = scope(Permission.SANDBOX_USE)

Count = Annotated[int, Field(ge=0, le=1_000)]
RefundNo = Annotated[str, Path(max_length=120, pattern=r"^[\x21-\x7e]+$")]


class ControlsBody(Schema):
    """What the provider does wrong, until told otherwise."""

    slow_seconds: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 0
    is_down: bool = False
    refuses_always: bool = False
    fail_next: Count = 0
    lose_next: Count = 0
    pending_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    pending_fails: bool = False
    duplicates_callbacks: bool = False
    reorders_callbacks: bool = False
    corrupts_amount: bool = False
    drops_callbacks: bool = False


class BookEntryOut(Schema):
    """One refund number in the provider's own book: how often money moved, and came back."""

    number: str
    payment_reference: str
    amount_minor: int
    currency: str
    state: str
    version: int
    times_seen: int
    moved_count: int
    bounced_count: int
    updated_at: datetime


class BookOut(Schema):
    """The newest entries."""

    items: list[BookEntryOut]


@router.get("/sandbox/refund-provider/book", response=BookOut, auth=_USE)
def get_book(request: ApiRequest, limit: Limit = 200) -> BookOut:
    """Return what the provider did, newest first."""
    return BookOut(items=[_entry(entry) for entry in _provider().book(limit)])


@router.get("/sandbox/refund-provider/controls", response=ControlsBody, auth=_USE)
def get_controls(request: ApiRequest) -> ControlsBody:
    """Return what the provider is told to do wrong."""
    return ControlsBody(**asdict(_provider().misbehaviour()))


@router.put("/sandbox/refund-provider/controls", response=ControlsBody, auth=_USE)
def set_controls(request: ApiRequest, body: ControlsBody) -> ControlsBody:
    """Tell the provider what to do wrong; what is left out it does right."""
    _provider().misbehave(Misbehaviour(**body.dict()))
    return ControlsBody(**asdict(_provider().misbehaviour()))


@router.post("/sandbox/refund-provider/book/{refund_no}/bounce", response=BookOut, auth=_USE)
def bounce(request: ApiRequest, refund_no: RefundNo) -> BookOut:
    """Bring refunded money back, as a closed bank account does, and call back about it."""
    _provider().bounce(refund_no)
    return BookOut(items=[_entry(e) for e in _provider().book() if e.number == refund_no])


def _provider() -> RehearsalProvider:
    provider = plugged("refund_provider")
    if not isinstance(provider, RehearsalProvider):
        raise NotFound("this installation has a real refund provider")
    return provider


def _entry(entry: BookEntry) -> BookEntryOut:
    return BookEntryOut(
        amount_minor=entry.amount.minor,
        currency=entry.amount.currency,
        **{
            name: getattr(entry, name)
            for name in BookEntryOut.model_fields
            if name not in ("amount_minor", "currency")
        },
    )
