"""What the component gallery shows; a page for people who build pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gallery:
    """Sample values for every component."""


def build_gallery() -> Gallery:
    """Return sample values."""
    return Gallery()
