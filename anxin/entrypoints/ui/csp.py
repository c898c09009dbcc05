"""Which sources a page may use: our own only, and no inline script or style.

Imported by the settings; see ``allow_framing`` for the one page that strangers may frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF

if TYPE_CHECKING:
    from django.http import HttpResponse

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # data: the arrows and ticks in Tabler's own style sheet, and the QR code of the second
        # factor; blob: photos shown before they are uploaded.
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}


def allow_framing(response: HttpResponse, origins: Iterable[str]) -> None:
    """Let pages of ``origins`` (and ours) frame this response: for the chat widget only."""
    # Attributes of django-csp and of Django's clickjacking middleware.
    response._csp_replace = {"frame-ancestors": [SELF, *origins]}  # type: ignore[attr-defined]  # noqa: SLF001
    response.xframe_options_exempt = True
