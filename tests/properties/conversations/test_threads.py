"""Whatever happens to a conversation in whatever order, its numbers and its turn stay right."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.domains.conversations.data import ConversationState
from anxin.domains.conversations.lifecycle import CONVERSATION
from anxin.domains.conversations.models import Conversation, Message
from anxin.domains.conversations.public import (
    close_conversation,
    messages_after,
    reopen_conversation,
    send_reply,
    take_conversation,
    write_note,
)
from anxin.domains.merchants.data import Duty
from anxin.kernel.errors import Conflict
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, build_house, build_staff
from tests.integration.conversations.cast import heard

MOVES = st.lists(
    st.sampled_from(
        ["hear", "hear twice", "reply", "late reply", "note", "close", "reopen", "take"]
    ),
    max_size=14,
)
_names = count()


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(moves=MOVES)
def test_no_order_of_moves_breaks_a_thread(moves: list[str]) -> None:
    name = f"p{next(_names)}"
    house = build_house(name, name)
    agent = build_staff(house, name, Duty.AGENT)
    now = NOON
    heard(house, "0", now=now)
    expected = {"0"}

    with acting_for(house.merchant_id):
        for number, move in enumerate(moves, start=1):
            now += timedelta(minutes=1)
            thread = Conversation.objects.order_by("-id").first()
            assert thread is not None
            before = thread.last_seq
            try:
                match move:
                    case "hear" | "hear twice":
                        for _ in range(2 if move == "hear twice" else 1):
                            heard(house, str(number), now=now)
                        expected.add(str(number))
                    case "reply" | "late reply":
                        seen = before if move == "reply" else max(0, before - 1)
                        send_reply(agent, thread.pk, f"r{number}", client_id=f"r{number}",
                                   seen_seq=seen, now=now)  # fmt: skip
                        expected.add(f"r{number}")
                    case "note":
                        write_note(agent, thread.pk, f"n{number}", client_id=f"n{number}", now=now)
                        expected.add(f"n{number}")
                    case "close":
                        close_conversation(agent, thread.pk, now=now)
                    case "reopen":
                        reopen_conversation(agent, thread.pk, now=now)
                    case "take":
                        take_conversation(agent, thread.pk, now=now)
            except Conflict:
                thread.refresh_from_db()
                assert thread.last_seq == before

        threads = list(Conversation.objects.all())
        texts = sorted(Message.objects.values_list("text", flat=True))
        assert texts == sorted(expected)
        assert sum(thread.state != ConversationState.CLOSED for thread in threads) <= 1
        for thread in threads:
            rows = messages_after(agent, thread.pk)
            assert [row.seq for row in rows] == list(range(1, thread.last_seq + 1))
            is_waiting = thread.state == ConversationState.WAITING_US
            assert (thread.waiting_since is not None) == is_waiting
            assert CONVERSATION.open_actions(ConversationState(thread.state))
