"""UCI Online Retail (CC BY 4.0, Daqing Chen) as a file of orders and a list of cancellations.

    python -m tests.third_party.online_retail ../shared/data/online_retail_uci OUT

An invoice with positive quantities is an order in GBP, paid in full. What is no sale stays out and
is counted: stock corrections (negative without C), bad debts (invoices A…), lines without a price.
A line of an invoice C… gives goods back; ``reconcile`` finds what it was bought with.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

TITLES = [
    "order_no", "placed_at", "state", "currency", "region", "paid", "customer_ref", "sku", "name",
    "quantity", "unit_price",
]  # fmt: skip


@dataclass(slots=True)
class Sale:
    """A line that was bought, and how much of it was given back."""

    order_no: str
    line_no: int
    quantity: int
    unit_minor: int
    taken_back: int = 0


@dataclass(slots=True)
class Converted:
    """What became of the file."""

    path: Path
    lines: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    sales: dict[tuple[str, str], list[Sale]] = field(default_factory=lambda: defaultdict(list))
    returns: list[tuple[str, str, int, int]] = field(default_factory=list)


def convert(source: Path, out: Path, *, limit: int | None = None) -> Converted:
    """Write orders.csv of the first ``limit`` lines of the source; return what was in it."""
    done = Converted(out / "orders.csv")
    with done.path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(TITLES)
        for invoice in _invoices(source / "dev.csv.gz", limit):
            _convert_invoice(invoice, writer, done)
    return done


def _invoices(path: Path, limit: int | None) -> Iterator[list[dict[str, str]]]:
    held: list[dict[str, str]] = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number == limit:
                break
            if held and row["InvoiceNo"] != held[0]["InvoiceNo"]:
                yield held
                held = []
            held.append(row)
    if held:
        yield held


def _convert_invoice(rows: list[dict[str, str]], writer: object, done: Converted) -> None:
    sold = []
    for row in rows:
        quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
        minor = int((price * 100).to_integral_value())
        if row["InvoiceNo"].startswith("C"):
            done.lines["returned"] += 1
            done.returns.append((row["CustomerID"], row["StockCode"], -quantity, minor))
        elif row["InvoiceNo"].startswith("A"):
            done.lines["bad debt"] += 1
        elif quantity < 0:
            done.lines["stock correction"] += 1
        elif price * 100 != minor:
            done.lines["finer than a penny"] += 1
        else:
            done.lines["sold"] += 1
            sold.append((row, quantity, minor))
    if not sold:
        return
    done.orders += 1
    paid = sum(quantity * minor for _, quantity, minor in sold)
    for line_no, (row, quantity, minor) in enumerate(sold, start=1):
        customer, number = row["CustomerID"], row["InvoiceNo"]
        done.sales[customer, row["StockCode"]].append(Sale(number, line_no, quantity, minor))
        writer.writerow(  # type: ignore[attr-defined]
            [
                number, sold[0][0]["InvoiceDate"], "delivered", "GBP",
                _REGIONS.get(row["Country"], "GB"),
                f"{paid / 100:.2f}", customer, row["StockCode"], row["Description"],
                quantity, f"{minor / 100:.2f}",
            ]
        )  # fmt: skip


_REGIONS = {
    "EIRE": "IE", "France": "FR", "Germany": "DE", "Netherlands": "NL", "Norway": "NO",
    "Australia": "AU", "Spain": "ES", "Japan": "JP", "USA": "US",
}  # fmt: skip


def reconcile(done: Converted) -> tuple[dict[tuple[str, int], int], Counter[str]]:
    """Return units given back by (order, line), and how many returned lines found what was bought.

    Only a named customer's earlier purchase of the same article counts, newest first, never more
    units than are left of it. The file is in the order of time, but a return of something bought
    before the file begins has nothing to be matched with.
    """
    back: dict[tuple[str, int], int] = defaultdict(int)
    found: Counter[str] = Counter()
    for customer, sku, quantity, _ in done.returns:
        sales = done.sales.get((customer, sku), []) if customer else []
        rest = quantity
        for sale in reversed(sales):
            taken = min(rest, sale.quantity - sale.taken_back)
            sale.taken_back += taken
            rest -= taken
            if taken:
                back[sale.order_no, sale.line_no] += taken
        kind = "matched" if rest == 0 else "partly matched" if rest < quantity else "unmatched"
        found[kind if customer or kind != "unmatched" else "unmatched, no customer"] += 1
    return back, found


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    result = convert(Path(sys.argv[1]), target)
    print(result.path, result.orders, dict(result.lines), dict(reconcile(result)[1]))
