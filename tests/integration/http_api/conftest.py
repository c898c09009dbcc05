"""An API with small operations of the tests' own, called through the whole middleware."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from ninja import NinjaAPI, Schema, Status

from anxin.domains.customers.models import Customer
from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import issue_key
from anxin.entrypoints.http_api import errors
from anxin.entrypoints.http_api.api import StrictParser
from anxin.entrypoints.http_api.auth import ApiRequest, forget_keys, scope, signed
from anxin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable
from tests.builders import House, build_house

ERRORS: dict[str, DomainError] = {
    "invalid": Invalid(limit=3),
    "not_allowed": NotAllowed(),
    "not_found": NotFound(),
    "conflict": Conflict(),
    "unavailable": Unavailable(),
}


class NewCustomer(Schema):
    name: str


probe = NinjaAPI(urls_namespace="probe", auth=signed, parser=StrictParser())
errors.install(probe)


@probe.post("customers", response={201: dict[str, str]})
def create(request: ApiRequest, body: NewCustomer) -> Any:
    with transaction.atomic():
        row = Customer.objects.create(merchant_id=request.actor.merchant_id, name=body.name)
    if body.name == "refused":
        raise Conflict
    return Status(201, {"id": str(row.pk)})


@probe.get("names", response=list[str], auth=scope(Permission.CUSTOMERS_READ))
def names(request: HttpRequest) -> Any:
    return list(Customer.objects.values_list("name", flat=True))


@probe.get("raise/{what}")
def fail(request: HttpRequest, what: str) -> Any:
    if what in ERRORS:
        raise ERRORS[what]
    raise RuntimeError("secret insides")


urlpatterns = [path("api/v1/", probe.urls)]


@dataclass
class Caller:
    """Calls the probe with one key."""

    house: House
    key: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.key}", **headers}
        return self.client.generic(
            method,
            f"/api/v1/{address}",
            body if isinstance(body, str | bytes) else _json(body),
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in given.items()},
        )


def _json(body: Any) -> str:
    import json

    return "" if body is None else json.dumps(body)


@pytest.fixture
def caller(settings: Any) -> Iterator[Caller]:
    settings.ROOT_URLCONF = __name__
    forget_keys()
    house = build_house()
    yield Caller(house, issue_key(house.merchant_id, "test", [Permission.CUSTOMERS_READ]))
    forget_keys()
