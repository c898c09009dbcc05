"""The API explains itself: an OpenAPI document, and a page printed from it."""

from __future__ import annotations

import pytest
from django.test import Client

from anxin.entrypoints.http_api.api import api
from anxin.entrypoints.http_api.docs import build_sections

pytestmark = pytest.mark.django_db


def test_the_openapi_document_needs_no_key() -> None:
    answer = Client().get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert "/api/v1/events" in answer.json()["paths"]


def test_the_page_names_every_operation() -> None:
    answer = Client().get("/api/docs")

    text = answer.content.decode()
    assert answer.status_code == 200
    for address, methods in api.get_openapi_schema()["paths"].items():
        assert f"<code>{address}</code>" in text
        assert len(methods) >= 1


def test_the_page_asks_nothing_of_other_hosts_and_runs_no_script_of_its_own() -> None:
    text = Client().get("/api/docs").content.decode()

    assert "https://" not in text
    assert "<script>" not in text


def test_every_operation_says_what_it_does_and_needs_a_caller() -> None:
    schema = api.get_openapi_schema()

    for section in build_sections(schema):
        for operation in section.operations:
            assert operation.text, operation.key
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("security"), f"{method} {address}"
