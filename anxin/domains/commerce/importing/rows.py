"""Understanding a row: cells in, a typed record out, or every fault in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from anxin.domains.commerce.data import ImportKind, StoreChoice
from anxin.domains.commerce.importing import cells
from anxin.domains.commerce.importing.columns import (
    COLUMNS,
    KEY_OF_ROW,
    OWN_OF_ROW,
    TENDERS,
    Column,
    Header,
    Kind,
)
from anxin.domains.commerce.importing.faults import BadCell, Fault

# Clocks differ and zones are mistaken; two days ahead is neither.
_AHEAD = timedelta(days=2)
_PACKED = re.compile(r'^="?(.*?)"?$')


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What a file's rows are read against."""

    stores: Mapping[str, StoreChoice]
    default_store: StoreChoice | None
    now: datetime
    names: Mapping[str, StoreChoice] = field(default_factory=dict)

    @classmethod
    def of(
        cls, stores: Sequence[StoreChoice], default: StoreChoice | None, now: datetime
    ) -> ReadingContext:
        """Return the context for these stores; with one store, it is the default."""
        if default is None and len(stores) == 1:
            default = stores[0]
        by_slug = {one.slug.lower(): one for one in stores}
        return cls(by_slug, default, now, {one.name: one for one in stores})

    def store(self, cell: str) -> StoreChoice:
        """Return the store a row belongs to. Raise BadCell."""
        if not cell:
            if self.default_store is None:
                raise BadCell("store_missing", allowed=sorted(self.stores))
            return self.default_store
        found = self.stores.get(cell.lower()) or self.names.get(cell)
        if found is None:
            raise BadCell("unknown_store", allowed=sorted(self.stores))
        return found


class Record(msgspec.Struct, array_like=True):
    """A row as understood: ``key`` says which order, product or parcel it belongs to."""

    key: str
    line: int
    values: dict[str, Any]
    faulty: bool = False


class RowReader:
    """Reads the rows of one file, whose header is known."""

    def __init__(self, kind: ImportKind, header: Header, context: ReadingContext) -> None:
        self.kind = kind
        self.header = header
        self.context = context
        places = header.places
        self._columns = [(c, places[c.name]) for c in COLUMNS[kind] if c.name in places]
        self._readers: dict[tuple[str, str], list[tuple[str, int, bool, Callable[[str], Any]]]] = {}
        self._key_places = [places[name] for name in KEY_OF_ROW[kind]]

    def read(self, line: int, row: list[str]) -> tuple[Record, list[Fault]]:
        """Return the row's record and its faults; a record with faults only keeps its key."""
        row = [_plain(cell) if cell[:1] in "='" else cell for cell in row]
        faults: list[Fault] = []
        store, currency = self._store_and_currency(line, row, faults)
        values: dict[str, Any] = {
            "store": store.slug.lower() if store else "",
            "currency": currency,
        }
        zone = store.zone if store else "Asia/Shanghai"
        width = len(row)
        for name, place, is_required, reader in self._readers_for(currency, zone):
            cell = row[place] if place < width else ""
            if not cell:
                if is_required:
                    faults.append(Fault(line, name, "required"))
                continue
            try:
                values[name] = reader(cell)
            except BadCell as bad:
                faults.append(Fault(line, name, bad.code, cell, bad.detail))
        self._judge_times(line, values, faults)
        key = "\x1f".join(row[place][:200] if place < width else "" for place in self._key_places)
        if faults:
            return Record(key, line, {}, faulty=True), faults
        return Record(key, line, values), faults

    def _store_and_currency(
        self, line: int, row: list[str], faults: list[Fault]
    ) -> tuple[StoreChoice | None, str]:
        store, cell = None, self._cell(row, "store")
        if self.kind is not ImportKind.PRODUCTS:
            try:
                store = self.context.store(cell)
            except BadCell as bad:
                # A parcel follows its order; the store only says which clock its times are of.
                if self.kind is ImportKind.ORDERS or cell:
                    faults.append(Fault(line, "store", bad.code, cell, bad.detail))
        default = store or self.context.default_store
        cell = self._cell(row, "currency")
        if not cell:
            return store or default, default.currency if default else "CNY"
        try:
            return store or default, cells.currency(cell)
        except BadCell as bad:
            faults.append(Fault(line, "currency", bad.code, cell, bad.detail))
            return store or default, "CNY"

    def _cell(self, row: list[str], name: str) -> str:
        place = self.header.places.get(name)
        return row[place] if place is not None and place < len(row) else ""

    def _readers_for(
        self, currency: str, zone: str
    ) -> list[tuple[str, int, bool, Callable[[str], Any]]]:
        needed = OWN_OF_ROW[self.kind] | set(KEY_OF_ROW[self.kind])
        found = self._readers.get((currency, zone))
        if found is None:
            found = self._readers[currency, zone] = [
                (
                    column.name,
                    place,
                    column.is_required and column.name in needed,
                    _reader(column, currency, zone),
                )
                for column, place in self._columns
                if column.name not in {"store", "currency"}
            ]
        return found

    def _judge_times(self, line: int, values: dict[str, Any], faults: list[Fault]) -> None:
        limit = self.context.now + _AHEAD
        for name in _TIMES[self.kind]:
            at = values.get(name)
            if at is not None and at > limit:
                faults.append(Fault(line, name, "time_in_future", at.isoformat()))


_TIMES = {
    kind: tuple(column.name for column in columns if column.kind is Kind.MOMENT)
    for kind, columns in COLUMNS.items()
}


def payments(cell: str, currency: str) -> list[list[Any]]:
    """Return payments written as ``wechat_pay:100.00:REF;points:5.00`` as [tender, minor, ref]."""
    found = []
    for part in filter(None, re.split(r"[;；]", cell)):
        tender, _, rest = part.replace("：", ":").strip().partition(":")
        amount, _, reference = rest.partition(":")
        code = TENDERS.get(tender.strip().lower())
        if code is None:
            raise BadCell("unknown_tender", tender=tender[:40], allowed=sorted(set(TENDERS)))
        minor = cells.money(amount.strip(), currency)
        if minor:
            found.append([code, minor, cells.text(120)(reference.strip())])
    return found


def options(cell: str) -> dict[str, str]:
    """Return options written as ``颜色:红;尺码:M``."""
    found = {}
    for part in filter(None, re.split(r"[;；]", cells.text(500)(cell))):
        name, mark, value = part.replace("：", ":").partition(":")
        if not mark:
            raise BadCell("options_not_readable")
        found[name.strip()] = value.strip()
    return found


def _reader(column: Column, currency: str, zone: str) -> Callable[[str], Any]:
    if column.kind is Kind.CHOICE:
        assert column.words is not None, "a column of codes says which"
        return cells.choice(column.words)
    readers: dict[Kind, Callable[[str], Any]] = {
        Kind.TEXT: cells.text(column.limit),
        Kind.MONEY: lambda cell: cells.money(cell, currency),
        Kind.QUANTITY: cells.quantity,
        Kind.MOMENT: lambda cell: cells.moment(cell, zone),
        Kind.YES_NO: cells.yes_or_no,
        Kind.CURRENCY: cells.currency,
        Kind.REGION: cells.region,
        Kind.PAYMENTS: lambda cell: payments(cell, currency),
        Kind.OPTIONS: options,
    }
    return readers[column.kind]


def _plain(cell: str) -> str:
    """Undo what spreadsheets and shops write so that long numbers stay text: ="0123" and '0123."""
    if cell.startswith("="):
        found = _PACKED.match(cell)
        return found.group(1) if found else cell
    return cell[1:]
