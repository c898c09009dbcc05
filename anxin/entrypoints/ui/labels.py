"""Words for stable codes: states, reasons, kinds. Each entry point's ``labels.py`` adds its own.

register("request_state", {"approved": Label(_("已同意"), "good")})
{{ request.state|label:"request_state" }}    {% state request.state "request_state" %}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Tone = Literal["good", "soon", "late", "ours", "neutral"]


@dataclass(frozen=True, slots=True)
class Label:
    """A code in words, with the tone its badge has and, where the tone's will not do, an icon."""

    text: str | Promise
    tone: Tone = "neutral"
    icon: str = ""


_labels: dict[str, dict[str, Label]] = {}


def register(kind: str, labels: Mapping[str, Label]) -> None:
    """Give words to the codes of a kind; a later registration adds to an earlier one."""
    _labels.setdefault(kind, {}).update({str(code): label for code, label in labels.items()})


def label_of(code: object, kind: str) -> Label:
    """Return the code's label; an unknown code is shown as it is, so that nothing is hidden."""
    return _labels.get(kind, {}).get(str(code)) or Label(str(code))
