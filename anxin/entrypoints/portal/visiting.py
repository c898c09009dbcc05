"""Who is at the other end of a portal page: the store, and the buyer who showed who he is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from anxin.domains.merchants.data import StoreData
from anxin.domains.merchants.public import store_at
from anxin.entrypoints.portal.sign_in import Proven
from anxin.entrypoints.realtime.tokens import sign_buyer
from anxin.entrypoints.ui import refusals
from anxin.entrypoints.ui.rooms import page_of
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, DomainError, NotFound
from anxin.kernel.tenancy import acting_for

P = ParamSpec("P")

# A session of its own: signing in here signs nobody out of the staff's rooms, nor in.
COOKIE = "anxin_buyer"
PATH = "/portal/"
IDLE = timedelta(days=30)
_RENEWED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BuyerSession:
    """A buyer who proved an order. ``order_ids`` None: he sees all that the customer has here."""

    merchant_id: MerchantId
    store: StoreData
    customer_id: UUID
    name: str
    writes_as: UUID
    order_ids: tuple[UUID, ...] | None = None

    @property
    def actor(self) -> Actor:
        """Return the customer as the one who acts."""
        return Actor.buyer(self.merchant_id, self.customer_id, self.name)

    @property
    def writer(self) -> Actor:
        """Return whose words his messages are."""
        return Actor.buyer(self.merchant_id, self.writes_as, self.name)

    def may_see(self, order_id: UUID) -> bool:
        """Return whether he proved this order, or is the customer himself."""
        return self.order_ids is None or order_id in self.order_ids

    def check(self, order_id: UUID) -> None:
        """Raise NotFound for an order he has not proved."""
        if not self.may_see(order_id):
            raise NotFound(order_id=str(order_id))

    @property
    def live_token(self) -> str:
        """Return what opens the live line; empty for someone who proved a single order only."""
        if self.order_ids is not None:
            return ""
        return sign_buyer(
            self.merchant_id, self.customer_id, store_id=self.store.id, name=self.name
        )


class PortalRequest(HttpRequest):
    """A request of anybody at a store's portal."""

    store: StoreData
    buyer: BuyerSession | None
    visit: SessionStore


class BuyerRequest(PortalRequest):
    """A request of a signed-in buyer."""

    buyer: BuyerSession


def at_store(
    view: Callable[Concatenate[PortalRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Find the store of the address and its buyer, and act for its merchant."""

    @wraps(view)
    def visited(
        request: HttpRequest, /, store: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        found = cast(PortalRequest, request)
        found.store = store_at(store)
        found.visit = SessionStore(request.COOKIES.get(COOKIE))
        with acting_for(found.store.merchant_id):
            found.buyer = _buyer_of(found)
            try:
                response = view(found, *args, **kwargs)
            except DomainError as error:
                response = refused(found, error)
            _keep(found, response)
            return response

    # Django names the store when it calls; the type of that cannot be said beside **kwargs.
    return cast(Callable[Concatenate[HttpRequest, str, P], HttpResponse], visited)


def for_buyer(
    view: Callable[Concatenate[BuyerRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Let signed-in buyers in; everyone else signs in first and comes back to the same step."""

    @wraps(view)
    def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.buyer is None:
            return sign_in_first(request)
        return view(cast(BuyerRequest, request), *args, **kwargs)

    return at_store(guarded)


def sign_in_first(request: PortalRequest) -> HttpResponse:
    """Lead to sign-in and back; inside an open page say so and leave what was typed."""
    page = page_of(request)
    url = f"{home_url(request.store)}?{urlencode({'next': page})}"
    if refusals.is_partial(request):
        return refusals.session_expired(home_url(request.store))
    return HttpResponseRedirect(url)


def refused(request: PortalRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal no view caught: a sentence in an open page, else a page of the store."""
    if refusals.is_partial(request):
        return refusals.refused(request, error)
    status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Conflict) else 422
    plain = refusals.refused(request, error).status_code
    context = {"store": request.store, "buyer": request.buyer, "is_missing": status == 404}
    return render(request, "portal/refused.html", context, status=plain)


def home_url(store: StoreData) -> str:
    """Return the address of a store's portal."""
    return reverse("portal:home", args=[store.slug])


def enter(request: PortalRequest, proven: Proven) -> None:
    """Sign a buyer in under a new session key, so that an old one cannot have been planted."""
    buyers = request.visit.get("buyers", {})
    buyers[str(request.store.merchant_id)] = {
        "customer": str(proven.customer_id),
        "name": proven.name,
        "writes_as": str(proven.writes_as),
        "orders": None if proven.order_ids is None else [str(pk) for pk in proven.order_ids],
    }
    request.visit["buyers"] = buyers
    request.visit.pop("pending", None)
    request.visit.cycle_key()
    rotate_token(request)
    request.buyer = _buyer_of(request)


def leave(request: PortalRequest) -> None:
    """Sign the buyer out at this merchant."""
    buyers = request.visit.get("buyers", {})
    buyers.pop(str(request.store.merchant_id), None)
    request.visit["buyers"] = buyers
    request.visit.cycle_key()
    request.buyer = None


def _buyer_of(request: PortalRequest) -> BuyerSession | None:
    merchant_id = request.store.merchant_id
    stored = request.visit.get("buyers", {}).get(str(merchant_id))
    if stored is None:
        return None
    orders = stored["orders"]
    return BuyerSession(
        merchant_id,
        request.store,
        UUID(stored["customer"]),
        stored["name"],
        UUID(stored["writes_as"]),
        None if orders is None else tuple(UUID(pk) for pk in orders),
    )


def _keep(request: PortalRequest, response: HttpResponse) -> None:
    """Save what changed; renew a session in use once a day, so that only idle ones end."""
    visit, now = request.visit, utcnow()
    idle = now.timestamp() - visit.get("seen", 0)
    if request.buyer is not None and idle > _RENEWED_AFTER.total_seconds():
        visit["seen"] = now.timestamp()
    if not visit.modified:
        return
    visit.set_expiry(timezone.now() + IDLE)
    visit.save()
    response.set_cookie(
        COOKIE,
        visit.session_key or "",
        max_age=int(IDLE.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
