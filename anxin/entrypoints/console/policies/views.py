"""Pages of policies: versions, one version in plain words, and its document to download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import yaml
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anxin.domains.merchants.data import Permission
from anxin.domains.merchants.public import list_stores
from anxin.domains.policies.data import PolicyVersionId
from anxin.domains.policies.public import default_document, get_version, policy_of_version
from anxin.entrypoints.console.policies.pages import build_policies, chapters_of, row_of
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow


@require_safe
@room(Permission.POLICIES_MANAGE)
def policies(request: StaffRequest) -> HttpResponse:
    """Show the policy in force in plain words, and all versions."""
    page = build_policies(request.actor, request.GET.get("store", ""), utcnow())
    return render(request, "console/policies/list.html", {"page": page})


@require_safe
@room(Permission.POLICIES_MANAGE)
def policy(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show one version in plain words."""
    version = get_version(request.actor, PolicyVersionId(version_id))
    found = policy_of_version(request.actor, version.id)
    names: dict[UUID, str] = {
        store.id: store.name for store in list_stores(request.actor.merchant_id)
    }
    row = row_of(version, names, utcnow())
    context = {"policy": found, "row": row, "chapters": chapters_of(found)}
    return render(request, "console/policies/page.html", context)


@require_safe
@room(Permission.POLICIES_MANAGE)
def document(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Give a version's document as a file."""
    version = get_version(request.actor, PolicyVersionId(version_id))
    return _yaml(version.document, f"policy-v{version.number}.yaml")


@require_safe
@room(Permission.POLICIES_MANAGE)
def default(request: StaffRequest) -> HttpResponse:
    """Give the document that every merchant starts with."""
    return _yaml(default_document(), "policy-default.yaml")


def _yaml(content: dict[str, Any], name: str) -> HttpResponse:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
