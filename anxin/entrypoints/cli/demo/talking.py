"""Conversations of the sample data: the last two months, a few dozen of them still open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from anxin.domains.commerce import public as commerce
from anxin.domains.conversations import public as conversations
from anxin.domains.conversations.data import ConversationId, InboundMessage
from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import Duty
from anxin.entrypoints.cli.demo import words
from anxin.entrypoints.cli.demo.selling import Sold
from anxin.kernel.actors import Actor
from anxin.kernel.clock import told

_TALKS = 500
_OPEN_HOURS = 20
# Who wrote longer ago than this has been answered.
_WAIT_HOURS = 1.5


def talk(system: Actor, random: Random, sold: Sequence[Sold], now: datetime) -> None:
    """Let recent buyers write and agents answer; the freshest conversations stay open."""
    agents = [merchants.staff_actor(system, one.id) for one in merchants.list_staff(system)
              if one.duties == frozenset({Duty.AGENT})]  # fmt: skip
    recent = [one for one in sold if one.order.placed_at > now - timedelta(days=60)]
    chosen = random.sample(recent, min(_TALKS, len(recent)))
    times = sorted(now - timedelta(days=random.expovariate(1 / 14)) for _ in chosen)
    fresh = [now - timedelta(hours=random.uniform(0.02, 1) ** 2 * _OPEN_HOURS) for _ in range(50)]
    for n, (one, at) in enumerate(zip(chosen, sorted(times + fresh)[-len(chosen) :], strict=True)):
        _converse(system, random, one, n, at, random.choice(agents), now)


def _converse(
    system: Actor, random: Random, one: Sold, serial: int, at: datetime, agent: Actor, now: datetime
) -> None:
    asked, answered = random.choice(list(words.TALKS.values()))
    facts = {"name": one.buyer_name, "order": one.order.order_no,
             "product": one.order.lines[0].name.split()[0]}  # fmt: skip
    order = commerce.find_order(system, one.order.order_no)
    if order is None or order.customer_id is None:
        return
    conversation_id, seq = None, 0
    for turn in range(random.choice((1, 1, 2, 2, 3))):
        if at >= now:
            break
        text = random.choice(asked).format(**facts)
        conversation_id, seq = _write(system, one, order.customer_id, text, f"{serial}-{turn}", at)
        at += timedelta(minutes=random.choice((1, 1, 2, 2, 3, 5, 9, 40)))
        if at >= now or (at > now - timedelta(hours=_WAIT_HOURS) and random.random() < 0.6):
            return
        with told(at):
            reply = random.choice(answered).format(**facts)
            seq = conversations.send_reply(
                agent,
                conversation_id,
                reply,
                client_id=f"demo-{serial}-{turn}",
                seen_seq=seq,
                now=at,
            ).seq
        at += timedelta(minutes=random.uniform(1, 15))
    if conversation_id is not None and at < now - timedelta(hours=_OPEN_HOURS):
        with told(at):
            conversations.close_conversation(agent, conversation_id, now=at)


def _write(
    system: Actor, one: Sold, customer_id: object, text: str, key: str, at: datetime
) -> tuple[ConversationId, int]:
    message = InboundMessage(
        merchant_id=system.merchant_id,
        by_kind="buyer",
        by_id=str(customer_id),
        channel="chat",
        external_id=f"demo-{key}",
        text=text,
        sent_at=at,
        sender_id=str(customer_id),
        sender_name=one.buyer_name,
        customer_id=customer_id,  # type: ignore[arg-type]
        store_id=one.order.store_id,
    )
    (received,) = conversations.receive_messages([message], now=at)
    return received.conversation_id, received.seq
