"""The API for people: its own OpenAPI document, printed as a page without any script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from anxin.entrypoints.http_api.api import api as documented

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of an operation, or one property of a body."""

    name: str
    kind: str
    place: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    key: str
    method: str
    address: str
    summary: str
    text: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_example: str
    answer: tuple[Field, ...]
    is_write: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The operations of one resource."""

    name: str
    operations: tuple[Operation, ...]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation with its parameters, body and answer."""
    schema: Json = documented.get_openapi_schema()
    return render(request, "http_api/docs.html", {"sections": build_sections(schema)})


def build_sections(schema: Json) -> list[Section]:
    """Return the operations of an OpenAPI document by resource, in its order."""
    sections: dict[str, list[Operation]] = {}
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            name = (operation.get("tags") or ["other"])[0]
            sections.setdefault(name, []).append(_operation(schema, address, method, operation))
    return [Section(name, tuple(operations)) for name, operations in sections.items()]


def _operation(schema: Json, address: str, method: str, operation: Json) -> Operation:
    text = operation.get("description", "")
    body = _content(operation.get("requestBody", {}))
    answers = [found for code, found in operation["responses"].items() if str(code) < "300"]
    answer = _content(answers[0]) if answers else {}
    return Operation(
        key=operation["operationId"],
        method=method.upper(),
        address=address,
        summary=text.split(". ")[0].split("\n")[0].rstrip(".") or operation.get("summary", ""),
        text=text,
        parameters=tuple(
            Field(
                found["name"],
                _kind(schema, found.get("schema", {})),
                found["in"],
                bool(found.get("required")),
                found.get("description") or found.get("schema", {}).get("description", ""),
            )
            for found in operation.get("parameters", ())
        ),
        body=tuple(_fields(schema, body)),
        body_example=_example(schema, body) if body else "",
        answer=tuple(_fields(schema, answer)),
        is_write=method.upper() != "GET",
    )


def _content(holder: Json) -> Json:
    for found in holder.get("content", {}).values():
        schema: Json = found.get("schema", {})
        return schema
    return {}


def _resolved(schema: Json, found: Json) -> Json:
    """Return what a reference points at; of alternatives, the one that is not null."""
    while True:
        if "$ref" in found:
            found = schema["components"]["schemas"][found["$ref"].rsplit("/", 1)[-1]]
        elif "allOf" in found:
            found = found["allOf"][0]
        elif "anyOf" in found:
            found = next((one for one in found["anyOf"] if one.get("type") != "null"), {})
        else:
            return found


def _fields(schema: Json, found: Json) -> Iterator[Field]:
    resolved = _resolved(schema, found)
    if resolved.get("type") == "array":
        resolved = _resolved(schema, resolved.get("items", {}))
    required = set(resolved.get("required", ()))
    for name, field in resolved.get("properties", {}).items():
        text = field.get("description", "")
        yield Field(name, _kind(schema, field), "", name in required, text)


def _kind(schema: Json, found: Json) -> str:
    """Return a type in a few letters: ``uuid``, ``[OrderLine]``, ``"a" | "b"``, ``int?``."""
    may_be_null = any(one.get("type") == "null" for one in found.get("anyOf", ()))
    resolved = _resolved(schema, found)
    if "enum" in resolved:
        kind = " | ".join(map(str, resolved["enum"]))
    elif resolved.get("type") == "array":
        kind = f"[{_kind(schema, resolved.get('items', {}))}]"
    else:
        kind = resolved.get("format") or _plain(resolved)
    return f"{kind}?" if may_be_null else str(kind)


def _plain(resolved: Json) -> str:
    if resolved.get("properties"):
        return str(resolved.get("title", "object"))
    return str(resolved.get("type", "any"))


def _example(schema: Json, found: Json) -> str:
    return json.dumps(_sample(schema, found, 0), ensure_ascii=False, indent=2)


def sample_of(schema: Json, operation: Json) -> Any:
    """Return a body that fits an operation, or None when it takes none."""
    body = _content(operation.get("requestBody", {}))
    return _sample(schema, body, 0) if body else None


def _sample(schema: Json, found: Json, depth: int) -> Any:
    for given in (found, _resolved(schema, found)):
        if "example" in given:
            return given["example"]
        if given.get("examples"):
            return given["examples"][0]
    resolved = _resolved(schema, found)
    if "default" in found:
        return found["default"]
    if "enum" in resolved:
        return resolved["enum"][0]
    if resolved.get("type") == "array":
        return [_sample(schema, resolved.get("items", {}), depth + 1)] if depth < 5 else []
    if "properties" in resolved and depth < 5:
        return {
            name: _sample(schema, field, depth + 1)
            for name, field in resolved["properties"].items()
        }
    return _SAMPLES.get(resolved.get("format") or resolved.get("type", ""))


_SAMPLES: dict[str, Any] = {
    "uuid": "018f3c2e-6b7a-7cc0-8000-000000000001",
    "date-time": "2026-11-11T12:00:00+08:00",
    "date": "2026-11-11",
    "string": "string",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "object": {},
}

urlpatterns = [path("", docs, name="api-docs")]
