"""Moves are a table; what is not in it is refused."""

from __future__ import annotations

from enum import StrEnum

import pytest

from anxin.kernel.lifecycle import Lifecycle, MoveRefused


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


class Act(StrEnum):
    PRESS = "press"
    DROP = "drop"


LAMP = Lifecycle[Lamp, Act](
    {
        (Lamp.OFF, Act.PRESS): Lamp.ON,
        (Lamp.ON, Act.PRESS): Lamp.OFF,
        (Lamp.ON, Act.DROP): Lamp.BROKEN,
    }
)


def test_a_move_in_the_table_leads_where_it_says() -> None:
    assert LAMP.after(Lamp.OFF, Act.PRESS) is Lamp.ON


def test_a_move_that_is_not_in_the_table_is_refused_with_both_words() -> None:
    with pytest.raises(MoveRefused) as refused:
        LAMP.after(Lamp.BROKEN, Act.PRESS)

    assert refused.value.fields == {"state": "broken", "action": "press"}


def test_open_actions_terminal_states_and_diagram_come_from_the_table() -> None:
    assert LAMP.open_actions(Lamp.ON) == [Act.PRESS, Act.DROP]
    assert LAMP.terminal_states() == {Lamp.BROKEN}
    assert LAMP.allows(Lamp.OFF, Act.PRESS)
    assert not LAMP.allows(Lamp.OFF, Act.DROP)
    assert LAMP.diagram().splitlines()[:2] == ["stateDiagram-v2", "    off --> on: press"]
