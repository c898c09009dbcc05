"""States and the moves between them, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from anxin.kernel.errors import Conflict

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


class MoveRefused(Conflict):
    """This move is not allowed from the present state."""

    code = "move_refused"


class Lifecycle(Generic[State, Action]):
    """A table ``(state, action) -> state``; what is not in it is refused."""

    def __init__(self, moves: Mapping[tuple[State, Action], State]) -> None:
        self.moves = dict(moves)

    def after(self, state: State, action: Action) -> State:
        """Return the state that ``action`` leads to. Raise MoveRefused if it leads nowhere."""
        try:
            return self.moves[state, action]
        except KeyError:
            raise MoveRefused(
                f"cannot {action} when {state}", state=str(state), action=str(action)
            ) from None

    def allows(self, state: State, action: Action) -> bool:
        """Return whether ``action`` leads anywhere from ``state``."""
        return (state, action) in self.moves

    def open_actions(self, state: State) -> list[Action]:
        """Return what can be done from ``state``, in the table's order."""
        return [action for (start, action) in self.moves if start == state]

    def terminal_states(self) -> set[State]:
        """Return the states that no action leaves."""
        return set(self.moves.values()) - {start for start, _ in self.moves}

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram, for the domain's README."""
        lines = [f"    {start} --> {end}: {action}" for (start, action), end in self.moves.items()]
        return "\n".join(["stateDiagram-v2", *lines])
