"""The one shape of a refusal: problem+json (RFC 9457), made outside of the API object as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

MEDIA_TYPE = "application/problem+json"


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    """Return a refusal as problem+json. ``fields`` are the plain values the refusal carries."""
    body = {
        "type": f"urn:anxin:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
        "fields": dict(fields or {}),
        **more,
    }
    text = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE)
