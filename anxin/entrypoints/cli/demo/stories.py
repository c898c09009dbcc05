"""After-sales requests of the sample data, each lived through the real services.

A story is a list of steps with the time each takes. It goes on until it ends or meets the
present, so that old requests are closed and recent ones stand in every state.
"""

# messages: data (what people of the sample write)
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from PIL import Image

from anxin.domains.aftersales import public as aftersales
from anxin.domains.aftersales.data import (
    Disposed,
    Disposition,
    Finding,
    RequestedItem,
    RequestKind,
)
from anxin.domains.aftersales.public import State
from anxin.domains.commerce import public as commerce
from anxin.domains.commerce.data import OrderData, OrderState
from anxin.domains.merchants import public as merchants
from anxin.domains.merchants.data import Duty
from anxin.entrypoints.cli.demo import words
from anxin.entrypoints.cli.demo.selling import Sold
from anxin.kernel.actors import Actor
from anxin.kernel.clock import told
from anxin.kernel.errors import DomainError
from anxin.kernel.files import store_upload

# Requests are made of the last months only: older ones tell nothing new.
_DAYS = 150
_NEED_PHOTO = frozenset({"quality_defect", "damaged_in_transit", "wrong_item", "not_as_described"})
_REASONS = {
    "no_reason": 55,
    "quality_defect": 18,
    "not_as_described": 10,
    "damaged_in_transit": 9,
    "wrong_item": 8,
}


@dataclass(frozen=True, slots=True)
class _Crew:
    system: Actor
    agent: Actor
    supervisor: Actor
    warehouse: Actor
    finance: Actor

    @classmethod
    def of(cls, system: Actor) -> _Crew:
        people = merchants.list_staff(system)

        def who(duty: Duty) -> Actor:
            found = next(one for one in people if one.duties == frozenset({duty}))
            return merchants.staff_actor(system, found.id)

        return cls(system, who(Duty.AGENT), who(Duty.SUPERVISOR), who(Duty.WAREHOUSE),
                   who(Duty.FINANCE))  # fmt: skip


@dataclass(slots=True)
class _Story:
    """One request on its way; ``at`` is the story's present."""

    crew: _Crew
    random: Random
    order: OrderData
    buyer: Actor
    at: datetime
    reason: str
    request_id: UUID | None = None

    @property
    def state(self) -> State:
        assert self.request_id, "the story has begun"
        return State(aftersales.get_summary(self.crew.system, self.request_id).state)


_Step = tuple[float, float, Callable[[_Story], None]]


def live_through(
    system: Actor, random: Random, sold: Sequence[Sold], now: datetime
) -> Counter[str]:
    """Let about one in ten recent orders have a story; return how many ended in which state."""
    crew, ends = _Crew.of(system), Counter[str]()
    recent = [one for one in sold if one.order.placed_at > now - timedelta(days=_DAYS)]
    for one in recent:
        if random.random() < _wish(one, now):
            story = _begin(crew, random, one)
            if story is not None and _live(story, _plot(story, one), now):
                ends[story.state] += 1
    return ends


# What stands in each waiting state right now, whatever chance brought: (is it dear enough to need
# a person, hours before now and what happened then). A refund of a dear one waits for approval.
_STAGED: tuple[tuple[bool, tuple[tuple[float, Callable[[_Story], None]], ...]], ...]


def stage(system: Actor, random: Random, sold: Sequence[Sold], now: datetime) -> None:
    """Put a few requests into every waiting state, so that each list has something to show."""
    crew = _Crew.of(system)
    fresh = [one for one in sold if one.signed_at and 60 < _hours(one, now) < 165]
    dear = [one for one in fresh if _goods(one) > 51_000]
    cheap = [one for one in fresh if _goods(one) < 40_000]
    for is_dear, steps in _STAGED * 3:
        pool = dear if is_dear else cheap
        if not pool:
            continue
        story = _begin(crew, random, pool.pop(random.randrange(len(pool))))
        if story is not None:
            story.reason = "no_reason"
            _follow(story, steps, now)


def _follow(
    story: _Story, steps: tuple[tuple[float, Callable[[_Story], None]], ...], now: datetime
) -> None:
    for hours, step in steps:
        story.at = now - timedelta(hours=hours)
        with told(story.at):
            try:
                step(story)
            except DomainError:
                return


def _hours(one: Sold, now: datetime) -> float:
    assert one.signed_at, "it was delivered"
    return (now - one.signed_at).total_seconds() / 3600


def _goods(one: Sold) -> int:
    return min(line.unit_price_minor for line in one.order.lines)


def _wish(one: Sold, now: datetime) -> float:
    if one.order.state is OrderState.PAID:
        return 0.1
    if not one.is_delivered:
        return 0.0
    # More of the freshest orders, so that every waiting state has somebody in it.
    return 0.11 if one.order.placed_at > now - timedelta(days=20) else 0.08


def _begin(crew: _Crew, random: Random, one: Sold) -> _Story | None:
    order = commerce.find_order(crew.system, one.order.order_no)
    if order is None or order.customer_id is None:
        return None
    buyer = Actor.buyer(crew.system.merchant_id, order.customer_id, one.buyer_name)
    reason = "not_wanted_before_shipment"
    if one.is_delivered:
        reason = random.choices(list(_REASONS), list(_REASONS.values()))[0]
    start = one.signed_at or one.order.placed_at
    return _Story(crew, random, order, buyer, start, reason)


def _live(story: _Story, plot: Iterator[_Step], now: datetime) -> bool:
    """Go through the steps up to ``now``; return whether a request came of it."""
    for least, most, step in plot:
        story.at += timedelta(hours=story.random.uniform(least, most))
        if story.at >= now:
            break
        with told(story.at):
            try:
                step(story)
            except DomainError:
                # The policy or the goods did not allow it: the story ends here, as in life.
                break
    return story.request_id is not None


def _plot(story: _Story, one: Sold) -> Iterator[_Step]:
    late = one.is_delivered and story.random.random() < 0.12
    yield (170, 240, _ask) if late else (5, 110, _ask) if one.is_delivered else (0.1, 2, _ask)
    if story.request_id is None:
        return
    if story.state is State.DECLINED and story.random.random() < 0.4:
        yield 2, 30, _appeal
    if story.state is State.REVIEWING:
        yield 0.3, 20, _answer
    if story.state is not State.AUTHORIZED:
        return
    turn = story.random.random()
    if turn < 0.06:
        yield 2, 40, _withdraw
    elif turn < 0.12:
        yield 169, 175, _let_pass
    else:
        yield from _return()


def _return() -> Iterator[_Step]:
    yield 2, 40, _send
    yield 30, 80, _receive
    yield 0.2, 6, _inspect
    yield 0.1, 1, _disinfect
    yield 1, 40, _agree
    yield 0.1, 2, _dispose
    yield 0.5, 8, _approve_money


def _ask(story: _Story) -> None:
    lines = [line for line in story.order.lines if not line.is_gift]
    chosen = story.random.sample(lines, 1 if story.random.random() < 0.8 else len(lines))
    kind = RequestKind.RETURN_REFUND
    if story.reason == "not_wanted_before_shipment":
        chosen, kind = lines, RequestKind.REFUND_ONLY
    items = [RequestedItem(line.id, story.random.randint(1, line.quantity)
                           if kind is RequestKind.RETURN_REFUND else line.quantity)
             for line in chosen]  # fmt: skip
    photos = [_photo(story)] if story.reason in _NEED_PHOTO else []
    note = story.random.choice(words.REASON_NOTES[story.reason])
    story.request_id = aftersales.open_request(
        story.buyer, story.order.id, items, story.reason, kind,
        note=note, file_ids=photos, now=story.at,
    )  # fmt: skip


def _photo(story: _Story) -> UUID:
    colour = tuple(story.random.randrange(90, 230) for _ in range(3))
    content = BytesIO()
    Image.new("RGB", (480, 360), colour).save(content, "JPEG", quality=60)
    return store_upload(story.buyer, "照片.jpg", content.getvalue(), now=story.at).pk


def _appeal(story: _Story) -> None:
    assert story.request_id
    aftersales.appeal_request(story.buyer, story.request_id, note="请人工再看一下", now=story.at)


def _answer(story: _Story) -> None:
    assert story.request_id
    accept = story.random.random() < 0.75
    aftersales.decide_request(
        story.crew.supervisor, story.request_id, accept,
        "已与买家电话核实，情况属实" if accept else "商品已影响二次销售", now=story.at,
    )  # fmt: skip


def _answer_yes(story: _Story) -> None:
    assert story.request_id
    if story.state is State.REVIEWING:
        aftersales.decide_request(
            story.crew.supervisor, story.request_id, accept=True, now=story.at
        )


def _withdraw(story: _Story) -> None:
    assert story.request_id
    aftersales.withdraw_request(story.buyer, story.request_id, now=story.at)


def _let_pass(story: _Story) -> None:
    assert story.request_id
    aftersales.pass_deadline(story.crew.system, story.request_id, now=story.at)


def _send(story: _Story) -> None:
    assert story.request_id
    number = f"YT{story.random.randrange(10**11, 10**12)}"
    aftersales.choose_own_parcel(story.buyer, story.request_id, number, "圆通速递", now=story.at)


def _receive(story: _Story) -> None:
    assert story.request_id
    request = aftersales.get_request(story.crew.system, story.request_id)
    aftersales.receive_parcel(story.crew.warehouse, request.parcels[0].tracking_no, now=story.at)


def _inspect(story: _Story) -> None:
    _find(story, 1 if story.random.random() < 0.12 else 0)


def _find_all_good(story: _Story) -> None:
    _find(story, 0)


def _find_one_bad(story: _Story) -> None:
    _find(story, 1)


def _find(story: _Story, bad: int) -> None:
    """Inspect; ``bad`` units of the first line are not as they should be."""
    assert story.request_id
    request = aftersales.get_request(story.crew.system, story.request_id)
    found = []
    for line in request.lines:
        found.append(
            Finding(line.id, line.quantity - bad, rejected=bad, grade="C" if bad else "A",
                    codes=("other",) if bad else (), note="有明显污渍" if bad else "")
        )  # fmt: skip
        bad = 0
    aftersales.record_inspection(story.crew.warehouse, story.request_id, found, now=story.at)


def _disinfect(story: _Story) -> None:
    assert story.request_id
    aftersales.record_disinfection(
        story.crew.warehouse, story.request_id,
        method=story.random.choice(("spray", "ultraviolet")), agent="75% 酒精", dwell_minutes=30,
        now=story.at,
    )  # fmt: skip


def _agree(story: _Story) -> None:
    assert story.request_id
    if story.state is State.NEGOTIATING:
        aftersales.agree_offer(story.buyer, story.request_id, accept=True, now=story.at)


def _dispose(story: _Story) -> None:
    assert story.request_id
    request = aftersales.get_request(story.crew.system, story.request_id)
    disposed = []
    for line in request.lines:
        if line.finding is None:
            continue
        good, bad = line.finding.accepted, line.finding.rejected
        is_faulty = story.reason in ("quality_defect", "damaged_in_transit")
        best = Disposition.RETURN_TO_SUPPLIER if is_faulty else Disposition.RESTOCK
        disposed += [Disposed(line.id, best, good)] if good else []
        disposed += [Disposed(line.id, Disposition.SCRAP, bad)] if bad else []
    aftersales.record_disposition(story.crew.warehouse, story.request_id, disposed, now=story.at)


def _approve_money(story: _Story) -> None:
    from anxin.domains.finance import public as finance
    from anxin.domains.finance.data import Source, SourceKind

    assert story.request_id
    refund = finance.get_refund_of(story.crew.system, Source(SourceKind.REQUEST, story.request_id))
    if refund is not None and refund.state == "held":
        finance.approve_refund(story.crew.finance, refund.id, now=story.at)


_STAGED = (
    (True, ((3, _ask),)),
    (False, ((5, _ask),)),
    (False, ((30, _ask), (20, _send))),
    (False, ((40, _ask), (36, _send), (2, _receive))),
    (False, ((44, _ask), (40, _send), (6, _receive), (4, _find_one_bad))),
    (True, ((50, _ask), (48, _answer_yes), (44, _send), (8, _receive), (5, _find_all_good))),
    (True, ((54, _ask), (50, _answer_yes), (46, _send), (9, _receive), (6, _find_all_good),
            (4, _disinfect))),
)  # fmt: skip
