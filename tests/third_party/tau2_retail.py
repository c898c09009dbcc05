"""tau2-bench retail (MIT, Sierra Research) as files of products, orders and shipments.

    python -m tests.third_party.tau2_retail ../shared/data/tau2_retail OUT

The source has no times and no quantities: orders are placed a day apart before ``LAST``, parcels
are delivered three days later, a repeated item is one line of several units less or more.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LAST = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
# How the source's words for an order's progress read in ours: pending there is paid, not packed.
_STATES = {
    "pending": "paid", "processed": "shipped", "delivered": "delivered", "cancelled": "cancelled",
}  # fmt: skip


def convert(source: Path, out: Path) -> dict[str, Path]:
    """Write products.csv, orders.csv and shipments.csv; return their paths by kind."""
    with gzip.open(source / "db_dev.json.gz", "rt", encoding="utf-8") as file:
        database = json.load(file)
    tables = {
        "products": _products(database),
        "orders": _orders(database),
        "shipments": _shipments(database),
    }
    paths = {}
    for kind, rows in tables.items():
        paths[kind] = out / f"{kind}.csv"
        with paths[kind].open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return paths


def placed_at(number: int) -> datetime:
    """Return when the source's order at this place is taken to have been placed."""
    return LAST - timedelta(hours=number)


def _products(database: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "sku": variant["item_id"],
            "name": product["name"],
            "product_code": product["product_id"],
            "options": _options(variant["options"]),
            "category": product["name"],
            "price": f"{variant['price']:.2f}",
            "currency": "USD",
            "is_available": "yes" if variant["available"] else "no",
        }
        for product in database["products"].values()
        for variant in product["variants"].values()
    ]


def _orders(database: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for number, order in enumerate(database["orders"].values()):
        user = database["users"][order["user_id"]]
        paid = [p for p in order["payment_history"] if p["transaction_type"] == "payment"]
        name = f"{user['name']['first_name']} {user['name']['last_name']}"
        head = {
            "order_no": order["order_id"],
            "placed_at": placed_at(number).isoformat(),
            "paid_at": placed_at(number).isoformat(),
            "state": _STATES[order["status"]],
            "currency": "USD",
            "region": "US",
            "paid": f"{sum(p['amount'] for p in paid):.2f}",
            "payments": ";".join(
                f"{p['payment_method_id'].rsplit('_', 1)[0]}:{p['amount']:.2f}"
                f":{p['payment_method_id']}"
                for p in paid
            ),
            "customer_ref": order["user_id"],
            "customer_name": name,
            "customer_email": user["email"],
            "receiver_name": name,
            "receiver_address": ", ".join(filter(None, order["address"].values())),
        }
        rows += [
            {
                **head,
                "sku": item["item_id"],
                "name": f"{item['name']} ({_options(item['options'])})"[:200],
                "category": item["name"],
                "quantity": 1,
                "unit_price": f"{item['price']:.2f}",
            }
            for item in order["items"]
        ]
    return rows


def _shipments(database: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for number, order in enumerate(database["orders"].values()):
        arrived = order["status"] == "delivered"
        for parcel in order["fulfillments"]:
            delivered = (placed_at(number) + timedelta(days=3)).isoformat() if arrived else ""
            rows += [
                {
                    "order_no": order["order_id"],
                    "tracking_no": tracking_no,
                    "shipped_at": (placed_at(number) + timedelta(hours=8)).isoformat(),
                    "delivered_at": delivered,
                    "signed_at": delivered,
                    "signed_by": "buyer" if arrived else "",
                    "sku": item_id,
                    "quantity": 1,
                }
                for tracking_no in parcel["tracking_id"]
                for item_id in parcel["item_ids"]
            ]
    return rows


def _options(options: dict[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in options.items())


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for path in convert(Path(sys.argv[1]), target).values():
        print(path)
