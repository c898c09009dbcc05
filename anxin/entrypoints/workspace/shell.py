"""The part of the page that is the same for everybody: panes, dialogs and words of one language.

Rendered once a process and language, because agents load the page by the hundred a second.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import override

from anxin.entrypoints.workspace.labels import EVENT_WORDS
from anxin.entrypoints.workspace.words import words_of_workspace


def shell_html(language: str) -> SafeString:
    """Return the conversation pane, the context pane, the dialogs, and the scripts' words."""
    return _made(language) if settings.DEBUG or settings.TESTING else _kept(language)


def _made(language: str) -> SafeString:
    with override(language):
        events = {code: str(words) for code, words in EVENT_WORDS.items()}
        return (
            render_to_string("workspace/panes.html")
            + json_script(words_of_workspace(), "ws-words")
            + json_script(events, "ws-events")
        )


_kept = cache(_made)
