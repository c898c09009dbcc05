"""Words of figures: the metrics there are, their points in time, and how things stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Grain(StrEnum):
    """How long the intervals of a series are; days begin at the merchant's midnight."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Dimension(StrEnum):
    """What a metric can be cut by."""

    STORE = "store"
    CHANNEL = "channel"
    REASON = "reason"
    STATE = "state"
    CURRENCY = "currency"


class Unit(StrEnum):
    """What a value is measured in. Money is in minor units, a ratio is between 0 and 1."""

    COUNT = "count"
    SECONDS = "seconds"
    RATIO = "ratio"
    MONEY = "money"


class Direction(StrEnum):
    """Which way is better; ``none`` where more is neither good nor bad."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Measure(StrEnum):
    """How the value of an interval follows from what is kept of it.

    COUNT and TOTAL add up; MEAN is total per case; SHARE is the part of cases that hit; PER_ORDER
    is cases per order placed in the interval; PART_OF is cases per case of another figure.
    """

    COUNT = "count"
    TOTAL = "total"
    MEAN = "mean"
    SHARE = "share"
    PER_ORDER = "per_order"
    PART_OF = "part_of"


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the catalogue. Texts are data, in ``zh`` and ``en``.

    ``figure`` names the kept figure it is computed from, ``cuts`` the cuts of it that count (all
    when empty), ``cut_is`` the dimension those cuts are.
    """

    name: str
    title: Mapping[str, str]
    formula: Mapping[str, str]
    figure: str
    measure: Measure
    unit: Unit
    direction: Direction
    dimensions: tuple[Dimension, ...]
    target: float | None = None
    cuts: frozenset[str] = frozenset()
    cut_is: Dimension | None = None
    part_of: str = ""
    grain: Grain = Grain.HOUR


@dataclass(frozen=True, slots=True)
class Point:
    """One interval. ``total`` is a sum of seconds, hits or minor units over ``count`` cases.

    ``value`` is None where nothing happened that a mean or a share could be taken of. ``base`` is
    what a rate divides by.
    """

    start: datetime
    count: int
    total: int
    base: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """The points of one value of the dimension; ``key`` is "" when the series is not cut."""

    key: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A metric over time, in intervals that are all there, empty ones too."""

    metric: Metric
    grain: Grain
    start: datetime
    end: datetime
    dimension: Dimension | None
    lines: tuple[Line, ...]
    # Of money: the currency that was added up.
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """How things stand at one merchant; durations are means in seconds, None without a case."""

    at: datetime
    waiting: int
    waiting_since: datetime | None
    open: int
    inquiries_today: int
    conversations_today: int
    first_response_seconds: float | None
    three_minute_rate: float | None
    requests_by_state: Mapping[str, int]
    requests_overdue: int
    refunds_by_state: Mapping[str, int]
    refund_seconds: float | None
    return_rate: float | None
    # How long the oldest fact not yet counted has been waiting.
    behind: timedelta

    @property
    def requests_open(self) -> int:
        """Return how many requests are under way."""
        return sum(self.requests_by_state.values())

    @property
    def refunds_pending(self) -> int:
        """Return how many refunds are not finished."""
        return sum(self.refunds_by_state.values())


class AlarmCode(StrEnum):
    """What the whole room should look at; the first that applies is shown."""

    FIGURES_STALE = "figures_stale"
    REFUNDS_FAILED = "refunds_failed"
    REQUESTS_OVERDUE = "requests_overdue"
    WAITING_TOO_LONG = "waiting_too_long"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The one alarm, with how many cases (or seconds) it is about."""

    code: AlarmCode
    amount: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What one fact adds to a kept figure."""

    name: str
    hour: datetime
    store: str = ""
    channel: str = ""
    cut: str = ""
    count: int = 1
    total: int = 0

    @property
    def key(self) -> FigureKey:
        """Return what it is added to."""
        return (self.name, self.hour, self.store, self.channel, self.cut)


FigureKey = tuple[str, datetime, str, str, str]
Sums = Mapping[FigureKey, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept figure that a recount found wrong: (count, total) as kept and as recounted."""

    key: FigureKey
    kept: tuple[int, int]
    recounted: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recounted:
    """What a recount of some days looked at and put right."""

    start: datetime
    end: datetime
    events: int
    differences: Sequence[Difference]
