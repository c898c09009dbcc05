"""Words for versions of policies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import Label, register

register(
    "policy_state",
    {
        "draft": Label(_("草稿"), "neutral", "edit"),
        "in_force": Label(_("生效中"), "good"),
        "waiting": Label(_("即将生效"), "ours", "clock"),
        "superseded": Label(_("已被取代"), "neutral", "archive"),
    },
)
