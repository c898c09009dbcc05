"""Where other rooms add what they know of a customer or an order to its page.

add_panel("customer", lambda actor, customer_id: Panel(_("售后申请"), "x/panel.html", {...}))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise

from anxin.kernel.actors import Actor

Place = Literal["customer", "order"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on the page: its title, and the template that prints ``panel.content``."""

    title: str | Promise
    template: str
    content: dict[str, Any] = field(default_factory=dict)


PanelMaker = Callable[[Actor, UUID], Panel | None]
_makers: dict[Place, list[PanelMaker]] = {"customer": [], "order": []}


def add_panel(place: Place, make: PanelMaker) -> None:
    """Have ``make(actor, id)`` asked for a panel on every such page; None shows nothing."""
    _makers[place].append(make)


def panels_of(place: Place, actor: Actor, thing_id: UUID) -> list[Panel]:
    """Return the panels of one page, in the order in which they were added."""
    made = [make(actor, thing_id) for make in _makers[place]]
    return [panel for panel in made if panel is not None]
