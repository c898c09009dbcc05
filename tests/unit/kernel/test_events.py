"""Events survive the way to the database and back, across versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from anxin.kernel import events

AT = datetime(2026, 11, 11, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class LampBroken(events.Event):
    subject: ClassVar[str] = "lamp_id"
    lamp_id: UUID
    pieces: int = 1


def test_an_event_comes_back_as_it_was() -> None:
    event = LampBroken(occurred_at=AT, lamp_id=UUID(int=7), pieces=3)

    assert events.load(LampBroken, events.dump(event), AT) == event
    assert event.subject_id == str(UUID(int=7))


def test_an_event_of_a_later_version_is_still_read() -> None:
    payload = {"lamp_id": str(UUID(int=7)), "colour": "red"}

    assert events.load(LampBroken, payload, AT) == LampBroken(occurred_at=AT, lamp_id=UUID(int=7))


def test_the_name_tells_domain_and_fact() -> None:
    assert events.name_of(LampBroken).endswith(".LampBroken")
