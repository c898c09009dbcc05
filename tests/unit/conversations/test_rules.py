"""Which order a text is about, what a reply must have seen, how texts become words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from anxin.domains.conversations.data import ConversationState as S
from anxin.domains.conversations.lifecycle import CONVERSATION, Action
from anxin.domains.conversations.rules import (
    Recognition,
    filled,
    needs_a_look,
    numbers_in,
    preview_of,
    recognise,
)
from anxin.domains.conversations.tokens import search_query, search_vector

NOW = datetime(2026, 11, 11, tzinfo=UTC)


@dataclass(frozen=True)
class Order:
    order_no: str
    placed_at: datetime = NOW
    id: UUID = field(default_factory=uuid4)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("订单202611110001怎么还没到", ("202611110001",)),
        ("order #W5744371, and W-2026-0001!", ("#W5744371", "W-2026-0001")),
        ("你好 abc hello-world 123", ()),
        ("A1234 A1234", ("A1234",)),
        ("", ()),
    ],
)
def test_numbers_are_found_in_texts(text: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in(text) == numbers


def test_at_most_ten_numbers_are_looked_up() -> None:
    assert len(numbers_in(" ".join(str(10_000 + n) for n in range(50)))) == 10


def test_his_own_number_wins_however_it_is_written() -> None:
    mine = Order("#W5744371")

    assert recognise(["w5744371"], [mine], ["X9999"], NOW) == Recognition(mine.id, "number")


def test_a_strangers_number_is_only_suggested_even_beside_one_recent_order() -> None:
    assert recognise(["X9999"], [Order("A1")], ["X9999"], NOW) == Recognition(
        suggested_order_no="X9999"
    )


def test_without_a_number_only_a_single_recent_order_is_taken() -> None:
    one, old = Order("A1"), Order("A2", NOW - timedelta(days=61))

    assert recognise([], [one, old], [], NOW) == Recognition(one.id, "customer")
    assert recognise([], [one, Order("A3")], [], NOW) == Recognition()
    assert recognise([], [old], [], NOW) == Recognition()


@pytest.mark.parametrize(
    ("direction", "author", "needed"),
    [("in", "c", True), ("out", "other", True), ("note", "other", True), ("out", "me", False),
     ("event", "system", False)],
)  # fmt: skip
def test_what_a_reply_must_have_seen(direction: str, author: str, needed: bool) -> None:
    assert needs_a_look(direction, author, "me") is needed


def test_variables_without_a_value_stay_visible() -> None:
    text = "{customer}您好,订单{order}预计{eta}到,{other}"

    assert filled(text, {"customer": "张三", "order": "A1"}) == "张三您好,订单A1预计{eta}到,{other}"


def test_a_preview_is_one_short_line() -> None:
    assert preview_of("  a\n\nb  ") == "a b"
    assert len(preview_of("字" * 1_000)) == 160


def test_words_carry_their_merchant_and_hold_no_signs() -> None:
    words = search_vector(7, "退款'; W-1234 & 'x':*").split()

    assert {"7.退款", "7.w1234"} <= set(words)
    assert all(word.removeprefix("7.").isalnum() for word in words)


def test_a_query_asks_for_all_words_and_beginnings_of_latin_ones() -> None:
    assert search_query(7, "退款 refund") == "'7.退款' & '7.refund':*"
    assert search_query(7, "!?, ") == ""


def test_whose_turn_it_is() -> None:
    assert CONVERSATION.after(S.WAITING_CUSTOMER, Action.RECEIVE) is S.WAITING_US
    assert not CONVERSATION.allows(S.CLOSED, Action.REPLY)
    assert CONVERSATION.terminal_states() == set()
