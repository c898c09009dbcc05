"""Signing in by order number and a code sent to the phone or e-mail address of the order."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from anxin.domains.commerce.data import OrderData, OrderId
from anxin.domains.commerce.public import find_orders, give_order_to, receiver_in_full
from anxin.domains.customers.data import CustomerId, IdentityKind
from anxin.domains.customers.public import (
    AddressInvalid,
    addresses_of,
    ensure_customer,
    get_customer,
    normalise,
    verify_identity,
)
from anxin.domains.merchants.data import StoreData
from anxin.domains.merchants.public import get_store
from anxin.entrypoints.portal.events import SignInCodeAsked
from anxin.entrypoints.portal.models import SignInCode
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import Conflict
from anxin.kernel.outbox import publish
from anxin.kernel.ports import CodeSender

LIFETIME = timedelta(minutes=10)
TRIES = 5
# Codes an hour: for one address, for one order, and from one network address. The last is
# generous, because a mobile network puts many people behind one.
LIMITS = {"address": 5, "order_no": 8, "ip": 60}
_WITHIN = timedelta(hours=1)
_KEPT = timedelta(days=1)


class TooManyCodes(Conflict):
    """Too many codes were asked for within an hour."""

    code = "too_many_codes"


class CodeWrong(Conflict):
    """The code is not the one that was sent."""

    code = "code_wrong"


class CodeOver(Conflict):
    """The code is too old, was used, or was mistyped too often."""

    code = "code_over"


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom somebody has shown to be. ``order_ids`` None: every order of the customer.

    ``writes_as`` is the customer he is himself: the same, unless he only received the parcel.
    """

    customer_id: CustomerId
    name: str
    writes_as: CustomerId
    order_ids: tuple[UUID, ...] | None = None


def read_address(text: str, region: str) -> tuple[str, str]:
    """Return the kind of an address and the address as it is stored. Raise AddressInvalid."""
    kind = IdentityKind.EMAIL if "@" in text else IdentityKind.PHONE
    return kind.value, normalise(kind, text, region=region)


def ask_for_code(
    store: StoreData, order_no: str, address: str, *, ip: str, language: str, now: datetime
) -> UUID:
    """Note that a code is wanted and have it sent; return the id to enter it under.

    The same for orders that do not exist. Raise AddressInvalid or TooManyCodes.
    """
    kind, wanted = read_address(address, store.region)
    row = SignInCode(
        merchant_id=store.merchant_id,
        order_no=order_no.strip()[:60],
        channel=kind,
        address=wanted,
        ip=ip[:45],
        language=language,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    with transaction.atomic():
        _one_at_a_time(store.merchant_id)
        SignInCode.objects.filter(created_at__lt=now - _KEPT).delete()
        _check_limits(row, now)
        row.save(force_insert=True)
        by = Actor.system(store.merchant_id)
        publish(SignInCodeAsked(code_id=row.pk, occurred_at=now), by=by)
    return UUID(str(row.pk))


def _one_at_a_time(merchant_id: MerchantId) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('portal.codes'), %s::int)",
            [merchant_id % 2**31],
        )


def _check_limits(row: SignInCode, now: datetime) -> None:
    recent = SignInCode.objects.filter(created_at__gte=now - _WITHIN)
    for name, limit in LIMITS.items():
        if recent.filter(**{name: getattr(row, name)}).count() >= limit:
            raise TooManyCodes(by=name)


def code_of(code_id: UUID) -> str:
    """Return the six digits that belong to an id: made from it by our secret, kept nowhere."""
    key = hashlib.sha256(b"anxin.portal.code" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.digest(key, code_id.bytes, "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def send_code(merchant_id: MerchantId, code_id: UUID, sender: CodeSender, *, now: datetime) -> None:
    """Send a code that still holds to an address that belongs to the order; else do nothing."""
    row = SignInCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=now).first()
    if row is not None and _match(merchant_id, row) is not None:
        sender.send(row.address, code_of(code_id), row.language)


def check_code(store: StoreData, code_id: UUID, text: str, *, now: datetime) -> Proven:
    """Return who holds the code; it holds once. Raise CodeWrong (with ``left``) or CodeOver."""
    tried = SignInCode.objects.filter(
        pk=code_id, used_at=None, expires_at__gt=now, tries__lt=TRIES
    ).update(tries=F("tries") + 1)
    if not tried:
        raise CodeOver
    row = SignInCode.objects.get(pk=code_id)
    is_right = hmac.compare_digest(code_of(code_id).encode(), text.strip().encode())
    match = _match(store.merchant_id, row)
    if not is_right or match is None:
        left = TRIES - row.tries
        raise CodeWrong(left=left) if left else CodeOver
    with transaction.atomic():
        if not SignInCode.objects.filter(pk=code_id, used_at=None).update(used_at=now):
            raise CodeOver
        return _prove(store, row, match, now)


@dataclass(frozen=True, slots=True)
class _Match:
    """An order and the address somebody proves. ``is_own``: the address is the customer's own."""

    order: OrderData
    is_own: bool


def _match(merchant_id: MerchantId, row: SignInCode) -> _Match | None:
    by = Actor.system(merchant_id)
    spellings = {row.order_no, row.order_no.upper(), f"#{row.order_no.lstrip('#')}"}
    for order in find_orders(by, spellings):
        own = () if order.customer_id is None else addresses_of(merchant_id, order.customer_id)
        if any((one.channel, one.address) == (row.channel, row.address) for one in own):
            return _Match(order, True)
        if row.channel == IdentityKind.PHONE and _is_receiver(merchant_id, order, row.address):
            return _Match(order, False)
    return None


def _is_receiver(merchant_id: MerchantId, order: OrderData, phone: str) -> bool:
    region = get_store(merchant_id, order.store_id).region
    try:
        stored = normalise(
            IdentityKind.PHONE, receiver_in_full(merchant_id, order.id).phone, region=region
        )
    except AddressInvalid:
        return False
    return stored == phone


def _prove(store: StoreData, row: SignInCode, match: _Match, now: datetime) -> Proven:
    by, order = Actor.system(store.merchant_id), match.order
    if order.customer_id is None:
        # Nobody's order becomes that of whoever holds the address it was sent to.
        name = receiver_in_full(store.merchant_id, order.id).name
        owner = ensure_customer(by, row.channel, row.address, name, now=now)
        give_order_to(by, OrderId(order.id), owner)
        verify_identity(by, row.channel, row.address, now=now)
        return Proven(owner, name, owner)
    owner = CustomerId(order.customer_id)
    name = get_customer(by, owner).name
    if match.is_own:
        verify_identity(by, row.channel, row.address, now=now)
        return Proven(owner, name, owner)
    others = {one.channel for one in addresses_of(store.merchant_id, owner)}
    if IdentityKind.PHONE not in others:
        return Proven(owner, name, owner)
    # The parcel went to somebody else's phone, a present perhaps: he sees this order only, and
    # what he writes is not put into the customer's mouth.
    receiver = receiver_in_full(store.merchant_id, order.id).name
    himself = ensure_customer(by, row.channel, row.address, receiver, now=now)
    return Proven(owner, receiver, himself, (order.id,))
