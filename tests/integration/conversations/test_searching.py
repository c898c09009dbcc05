"""The search finds words in Chinese and others, newest first, of one merchant only."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from anxin.domains.conversations.public import search_messages
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house
from tests.integration.conversations.cast import heard

pytestmark = pytest.mark.django_db


def found(house: House, text: str, **more: object) -> list[str]:
    with acting_for(house.merchant_id):
        return [hit.message.text for hit in search_messages(house.system, text, **more).items]


def test_words_are_found_whole_newest_first() -> None:
    house, other = build_house(), build_house("别家", "other")
    texts = [
        "我要退款,运动鞋开线了",
        "羽绒服拉链坏了",
        "运动鞋可以退款吗",
        "Where is my REFUND W5744371",
    ]
    for n, text in enumerate(texts):
        heard(house, text, now=NOON + timedelta(minutes=n))
    heard(other, "运动鞋退款")

    assert found(house, "退款 运动鞋") == [texts[2], texts[0]]
    assert found(house, "refund") == [texts[3]]
    assert found(house, "w57443") == [texts[3]]
    assert found(house, "拉链") == [texts[1]]
    assert found(house, "没有这个词啊") == []
    assert found(house, "'); drop & | !") == []
    assert found(house, " ,。 ") == []


def test_found_pages_follow_each_other() -> None:
    house = build_house()
    for n in range(5):
        heard(house, f"退款 {n}", now=NOON + timedelta(minutes=n))

    with acting_for(house.merchant_id):
        first = search_messages(house.system, "退款", limit=3)
        second = search_messages(house.system, "退款", limit=3, cursor=first.next_cursor)

    assert [hit.message.text[-1] for hit in (*first.items, *second.items)] == list("43210")
    assert second.next_cursor == ""


def test_the_search_function_refuses_any_merchant_but_the_active_one() -> None:
    house, other = build_house(), build_house("别家", "other")
    heard(other, "运动鞋退款")

    with acting_for(house.merchant_id), connection.cursor() as cursor:
        cursor.execute(
            "select * from conversations_search(%s, %s::tsquery, %s, 20, null)",
            [other.merchant_id, f"'{other.merchant_id}.退款'", UUID(int=2**128 - 1)],
        )

        assert cursor.fetchall() == []


def test_a_search_can_be_held_to_one_customer() -> None:
    house = build_house()
    first, _second = heard(house, "退款一", sender="a"), heard(house, "退款二", sender="b")

    assert found(house, "退款", customer_id=first.customer_id) == ["退款一"]
