"""``anxin export``: one merchant's data as CSV or XLSX, page by page, in constant memory.

Reads what the pages read, through the same functions: addresses of customers come out masked.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from anxin.domains.aftersales.public import list_requests
from anxin.domains.commerce.public import list_orders
from anxin.domains.conversations.data import InboxView
from anxin.domains.conversations.public import list_inbox, messages_after
from anxin.domains.customers.public import list_customers
from anxin.domains.finance.public import list_refunds
from anxin.domains.merchants.public import merchant_ids
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.errors import NotFound
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for

_PAGE = 200
# A spreadsheet takes cells that begin so for formulas; a buyer's name must not become one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = Sequence[object]


class _Page(Protocol):
    @property
    def items(self) -> Sequence[Any]: ...
    @property
    def next_cursor(self) -> str: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("what", choices=list(TABLES))
    parser.add_argument("file", help="where to write: NAME.csv, NAME.xlsx, or - for CSV to stdout")
    parser.add_argument("--merchant", type=int, help="number of the merchant (default: the first)")


def run(args: argparse.Namespace) -> int:
    """Write the table; say how many rows it has."""
    merchant = _merchant(args.merchant)
    columns, rows = TABLES[args.what]
    with acting_for(merchant), _writer(args.file) as write:
        write(columns)
        count = 0
        for row in rows(Actor.system(merchant)):
            write([_cell(value) for value in row])
            count += 1
    print(f"{count} rows", file=sys.stderr)
    return 0


def _merchant(wanted: int | None) -> MerchantId:
    known = merchant_ids()
    if wanted is None and known:
        return known[0]
    if wanted not in known:
        raise NotFound("no such merchant; `anxin demo load` makes one", merchant=wanted)
    return MerchantId(wanted)


# --- the tables ----------------------------------------------------------------------------------


def _each(list_page: Callable[..., _Page]) -> Iterator[Any]:
    cursor = ""
    while True:
        page = list_page(cursor=cursor, limit=_PAGE)
        yield from page.items
        cursor = page.next_cursor
        if not cursor:
            return


def _orders(by: Actor) -> Iterator[Row]:
    for order in _each(partial(list_orders, by)):
        head = (order.order_no, order.state, order.channel, order.placed_at, order.paid_at)
        for line in order.lines:
            amounts = (line.unit_price_minor, line.discount_minor, line.tax_minor)
            yield (
                *head, line.line_no, line.sku, line.name, line.quantity, line.shipped_quantity,
                *[_money(amount, order.currency) for amount in amounts],
                _money(line.payable_minor, order.currency), order.currency,
            )  # fmt: skip


def _customers(by: Actor) -> Iterator[Row]:
    for customer in _each(partial(list_customers, by)):
        addresses = "; ".join(f"{i.channel}:{i.address}" for i in customer.identities)
        yield customer.id, customer.external_ref, customer.name, customer.tier, addresses


def _requests(by: Actor) -> Iterator[Row]:
    for request in _each(partial(list_requests, by)):
        owed = request.promised_minor if request.owed_minor is None else request.owed_minor
        yield (
            request.number, request.order_no, request.kind, request.state, request.reason,
            _money(request.promised_minor, request.currency), _money(owed, request.currency),
            _money(request.refunded_minor, request.currency), request.currency,
            request.opened_at, request.ended_at,
        )  # fmt: skip


def _refunds(by: Actor) -> Iterator[Row]:
    for refund in _each(partial(list_refunds, by)):
        yield (
            refund.number, refund.state, _money(refund.amount_minor, refund.currency),
            refund.currency, refund.order_id, refund.requested_at, refund.finished_at,
            refund.held_because, refund.refused_because,
        )  # fmt: skip


def _messages(by: Actor) -> Iterator[Row]:
    for view in (InboxView.OPEN, InboxView.CLOSED):
        for thread in _each(partial(list_inbox, by, view)):
            seq = 0
            while part := messages_after(by, thread.id, seq, limit=_PAGE):
                for message in part:
                    yield (
                        thread.number or thread.id, thread.channel, thread.customer_name,
                        message.seq, message.direction, message.author_kind, message.author_name,
                        message.text, message.sent_at,
                    )  # fmt: skip
                seq = part[-1].seq


TABLES: dict[str, tuple[Sequence[str], Callable[[Actor], Iterator[Row]]]] = {
    "orders": (
        ("order_no", "state", "channel", "placed_at", "paid_at", "line_no", "sku", "name",
         "quantity", "shipped", "unit_price", "discount", "tax", "payable", "currency"),
        _orders,
    ),
    "customers": (("id", "external_ref", "name", "tier", "addresses"), _customers),
    "requests": (
        ("number", "order_no", "kind", "state", "reason", "promised", "owed", "refunded",
         "currency", "opened_at", "ended_at"),
        _requests,
    ),
    "refunds": (
        ("number", "state", "amount", "currency", "order_id", "requested_at", "finished_at",
         "held_because", "refused_because"),
        _refunds,
    ),
    "messages": (
        ("conversation", "channel", "customer", "seq", "direction", "author_kind", "author",
         "text", "sent_at"),
        _messages,
    ),
}  # fmt: skip


# --- writing -------------------------------------------------------------------------------------


def _money(minor: int, currency: str) -> str:
    return str(Money(minor, currency).decimal)


def _cell(value: object) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value)
    # Amounts may begin with a minus; texts that do get an apostrophe, as spreadsheets do it.
    is_number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


@contextmanager
def _writer(name: str) -> Iterator[Callable[[Row], object]]:
    if name == "-":
        yield csv.writer(sys.stdout).writerow
    elif name.lower().endswith(".xlsx"):
        with _sheet(name) as write:
            yield write
    else:
        # With a byte order mark, without which Excel takes Chinese for Western letters.
        with Path(name).open("w", encoding="utf-8-sig", newline="") as file:
            yield csv.writer(file).writerow


@contextmanager
def _sheet(name: str) -> Iterator[Callable[[Row], object]]:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Path(name).open("wb") as file, xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        count = 0

        def write(row: Row) -> None:
            nonlocal count
            sheet.write_row(count, 0, row)
            count += 1

        yield write
