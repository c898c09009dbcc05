"""Words of figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one interval. ``total`` is a sum of seconds or minor units, ``count`` of cases."""

    start: datetime
    count: int
    total: int
