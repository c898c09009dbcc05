"""Facts that domains publish, and who listens to them. Knows nothing of storage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter

from anxin.kernel.actors import MerchantId


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact, named in the past tense. Fields are ids and plain values, never models or texts.

    ``subject`` names the field that holds the id of what the fact is about; facts about one
    subject reach a listener in the order in which they were published.
    """

    subject: ClassVar[str]
    occurred_at: datetime

    @property
    def subject_id(self) -> str:
        """Return the id of what this fact is about."""
        return str(getattr(self, self.subject))


E = TypeVar("E", bound=Event)
Listener = Callable[[E, MerchantId], None]

_types: dict[str, type[Event]] = {}
_listeners: dict[str, dict[str, Listener[Any]]] = defaultdict(dict)


def listen(event_type: type[E]) -> Callable[[Listener[E]], Listener[E]]:
    """Have the decorated function called, in a job of its own, for each such event.

    It may be called twice for one event and must find the second time harmless.
    """

    def register(listener: Listener[E]) -> Listener[E]:
        _types[name_of(event_type)] = event_type
        _listeners[name_of(event_type)][path_of(listener)] = listener
        return listener

    return register


def name_of(event_type: type[Event]) -> str:
    """Return the stored name of an event, such as ``aftersales.InspectionRecorded``."""
    return f"{event_type.__module__.split('.')[-2]}.{event_type.__name__}"


def path_of(listener: Listener[Any]) -> str:
    """Return the stable name of a listener."""
    return f"{listener.__module__}.{listener.__qualname__}"


def listeners_of(name: str) -> list[str]:
    """Return the names of those who listen to events of this name."""
    return list(_listeners[name])


_adapters: dict[type[Event], TypeAdapter[Event]] = {}


def _adapter(event_type: type[Event]) -> TypeAdapter[Event]:
    if event_type not in _adapters:
        _adapters[event_type] = TypeAdapter(event_type)
    return _adapters[event_type]


def dump(event: Event) -> dict[str, Any]:
    """Return the event's fields as JSON values."""
    payload: dict[str, Any] = _adapter(type(event)).dump_python(event, mode="json")
    payload.pop("occurred_at")
    return payload


def load(event_type: type[E], payload: dict[str, Any], occurred_at: datetime) -> E:
    """Return the event that ``dump`` wrote. Fields unknown to this version are left out."""
    known = {field.name for field in fields(event_type)}
    kept = {name: value for name, value in payload.items() if name in known}
    event = _adapter(event_type).validate_python({**kept, "occurred_at": occurred_at})
    assert isinstance(event, event_type), "the adapter builds what it was made for"
    return event


def call(
    name: str, payload: dict[str, Any], occurred_at: datetime, listener: str, merchant: MerchantId
) -> None:
    """Rebuild a stored event and hand it to one listener."""
    _listeners[name][listener](load(_types[name], payload, occurred_at), merchant)
