"""The API object: what is mounted under /api/v1."""

from __future__ import annotations

from importlib import import_module
from json import JSONDecodeError, dumps, loads
from typing import Any, NoReturn, cast

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.types import DictStrAny

from anxin.entrypoints.http_api import errors
from anxin.entrypoints.http_api.auth import signed

DESCRIPTION = """
The whole of Anxin as a REST interface. Send your key as `Authorization: Bearer <key>`; writes take
an `Idempotency-Key`; lists take `cursor` and `limit`; refusals are `application/problem+json`.
"""

# Each module holds a ``router`` with whole paths ("/orders/{order_id}").
MODULES = (
    "customers",
    "orders",
    "products",
    "shipments",
    "messages",
    "conversations",
    "decisions",
    "requests",
    "parcels",
    "refunds",
    "sandbox",
    "events",
    "metrics",
)


class StrictParser(Parser):
    """JSON as the standard has it: no NaN, no lone surrogates that no database can hold."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return the body's value, or refuse it with 400."""
        try:
            text = request.body.decode("utf-8-sig")
            value = loads(text, parse_constant=_refuse)
            if "\\u" in text:
                dumps(value, ensure_ascii=False).encode()
        except (JSONDecodeError, UnicodeError, RecursionError) as error:
            raise HttpError(400, "The body is not valid JSON.") from error
        return cast(DictStrAny, value)


def _refuse(constant: str) -> NoReturn:
    raise JSONDecodeError(f"{constant} is not JSON", constant, 0)


api = NinjaAPI(
    title="Anxin",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    openapi_url="openapi.json",
    auth=signed,
    parser=StrictParser(),
)
errors.install(api)


for _name in MODULES:
    _module: Any = import_module(f"{__package__}.{_name}")
    api.add_router("", _module.router, tags=[_name])
