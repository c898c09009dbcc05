"""The things of a file in batches: judged or recorded, counted, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from anxin.domains.commerce.data import (
    ImportKind,
    NewOrder,
    Outcome,
    Recorded,
)
from anxin.domains.commerce.importing.faults import Fault
from anxin.domains.commerce.importing.rows import ReadingContext, Record
from anxin.domains.commerce.importing.spool import read_groups
from anxin.domains.commerce.importing.things import thing_of
from anxin.domains.commerce.models import ImportRun, Product
from anxin.domains.commerce.ports import CustomerBook
from anxin.domains.commerce.rules import OrderDoesNotAddUp
from anxin.domains.commerce.services.orders import judge_orders, record_orders
from anxin.domains.commerce.services.products import judge_products, record_products
from anxin.domains.commerce.services.shipments import judge_shipments, record_shipments
from anxin.kernel.actors import Actor

Batch = list[tuple[Any, Record]]

MAX_FAULTS = 1_000
# What one transaction takes: well under a second on two cores.
BATCH_ROWS = 5_000
BATCH_THINGS = 1_000


@dataclass(slots=True)
class Tally:
    """Counts and the first faults."""

    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    warnings: list[Fault] = field(default_factory=list)
    warning_count: int = 0

    def fault(self, faults: Sequence[Fault]) -> None:
        self.fault_count += len(faults)
        self.faults += faults[: MAX_FAULTS - len(self.faults)]

    def warn(self, faults: Sequence[Fault]) -> None:
        self.warning_count += len(faults)
        self.warnings += faults[: MAX_FAULTS - len(self.warnings)]

    def columns(self) -> dict[str, Any]:
        """Return the tally as columns of ImportRun."""
        return {
            "created_count": self.outcomes[Outcome.CREATED],
            "updated_count": self.outcomes[Outcome.UPDATED],
            "unchanged_count": self.outcomes[Outcome.UNCHANGED],
            "rejected_count": self.outcomes[Outcome.REJECTED],
            "error_count": self.fault_count,
            "warning_count": self.warning_count,
            "errors": [one.as_json() for one in sorted(self.faults, key=lambda f: f.line)],
            "warnings": [one.as_json() for one in sorted(self.warnings, key=lambda f: f.line)],
        }


def batches(
    kind: ImportKind, path: Path, context: ReadingContext, tally: Tally, start: int = 0
) -> Iterator[tuple[Batch, int, int]]:
    """Yield (things with their first rows, how many were rejected before, where to go on)."""
    batch: Batch = []
    rejected = rows = 0
    place = start
    for group, place in read_groups(path, start):
        thing = None
        if not any(row.faulty for row in group):
            thing, faults = thing_of(kind, group, context.stores)
            tally.fault(faults)
        if thing is None:
            rejected += 1
            tally.outcomes[Outcome.REJECTED] += 1
        else:
            batch.append((thing, group[0]))
        rows += len(group)
        if rows >= BATCH_ROWS or len(batch) >= BATCH_THINGS:
            yield batch, rejected, place
            batch, rejected, rows = [], 0, 0
    if batch or rejected:
        yield batch, rejected, place


def known_articles(by: Actor, run: ImportRun, batch: Batch, tally: Tally) -> Batch:
    """Say which articles no product is known for; return what may be recorded all the same.

    An order is a record of what was sold, with names and prices of its own: an unknown SKU is a
    warning, unless the import is strict.
    """
    if run.kind != ImportKind.ORDERS:
        return batch
    skus = {line.sku for order, _ in batch for line in order.lines}
    rows = Product.objects.filter(merchant_id=by.merchant_id, sku__in=skus)
    unknown = skus - set(rows.values_list("sku", flat=True))
    kept: Batch = []
    for order, first in batch if unknown else ():
        faults = [
            Fault(first.line, "sku", "unknown_sku", line.sku, {"order_no": order.order_no})
            for line in order.lines
            if line.sku in unknown
        ]
        if faults and run.is_strict:
            tally.fault(faults)
            tally.outcomes[Outcome.REJECTED] += 1
        else:
            tally.warn(faults)
            kept.append((order, first))
    return kept if unknown else batch


def judged(
    by: Actor, kind: ImportKind, things: list[Any], customers: CustomerBook
) -> list[Recorded]:
    if kind is ImportKind.ORDERS:
        return judge_orders(by, things, customers)
    return (judge_products if kind is ImportKind.PRODUCTS else judge_shipments)(by, things)


def recorded(
    by: Actor, kind: ImportKind, things: list[Any], customers: CustomerBook, now: datetime
) -> list[Recorded]:
    if kind is ImportKind.ORDERS:
        return record_orders(by, things, customers, now=now)
    record = record_products if kind is ImportKind.PRODUCTS else record_shipments
    return record(by, things, now=now)


_COLUMN_OF_CODE = {
    "order_claimed": "paid",
    "unknown_order": "order_no",
    "sku_not_in_order": "sku",
    "more_than_bought": "quantity",
}


def count(tally: Tally, batch: Batch, told: Sequence[Recorded]) -> None:
    for (thing, first), one in zip(batch, told, strict=True):
        tally.outcomes[one.outcome] += 1
        if one.outcome is Outcome.REJECTED:
            tally.fault([_fault_of(thing, first, one)])


def _fault_of(thing: Any, first: Record, told: Recorded) -> Fault:
    """Return why a thing was rejected, as a fault of its first row."""
    detail: dict[str, Any] = dict(told.detail)
    if isinstance(thing, NewOrder):
        detail |= {"order_no": thing.order_no, "currency": thing.currency}
    if told.code == OrderDoesNotAddUp.code:
        what = str(detail.pop("what", "paid"))
        column = {"lines": "unit_price"}.get(what, what)
        return Fault(first.line, column, f"{what}_does_not_add_up", "", detail)
    return Fault(first.line, _COLUMN_OF_CODE.get(told.code, ""), told.code, told.key, detail)
