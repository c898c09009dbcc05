"""Who listens to what within this process: three methods, so that another hub can replace it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from anxin.kernel.actors import MerchantId

Message = dict[str, Any]
Key = tuple[MerchantId, str]


class Listener(Protocol):
    """Somebody to be told; must not block."""

    def hear(self, topic: str, message: Message) -> None: ...


class Hub:
    """Topics of merchants and their listeners. Used from the event loop only."""

    def __init__(self) -> None:
        self._listeners: defaultdict[Key, set[Listener]] = defaultdict(set)

    def join(self, key: Key, listener: Listener) -> None:
        """Have ``listener`` told of everything about ``key``."""
        self._listeners[key].add(listener)

    def leave(self, key: Key, listener: Listener) -> None:
        """Tell ``listener`` no longer."""
        members = self._listeners.get(key)
        if members is not None:
            members.discard(listener)
            if not members:
                del self._listeners[key]

    def publish(self, key: Key, message: Message) -> None:
        """Tell everyone who listens to ``key``."""
        for listener in tuple(self._listeners.get(key, ())):
            listener.hear(key[1], message)

    def members(self, key: Key) -> tuple[Listener, ...]:
        """Return who listens to ``key`` in this process."""
        return tuple(self._listeners.get(key, ()))

    def everyone(self) -> list[tuple[str, Listener]]:
        """Return every topic with every listener."""
        return [(key[1], one) for key, members in self._listeners.items() for one in members]
