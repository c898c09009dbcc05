"""The API object: what is mounted under /api/v1."""

from __future__ import annotations

from ninja import NinjaAPI

api = NinjaAPI(
    title="Anxin 安心售后", version="1", urls_namespace="api", docs_url=None, openapi_url="openapi.json"
)
