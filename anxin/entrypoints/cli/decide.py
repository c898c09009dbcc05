"""``anxin decide``: what the policy says of one article of an order, and why."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from anxin.domains.aftersales.data import Preview, RequestKind
from anxin.domains.aftersales.public import items_of_sku, preview_request
from anxin.domains.commerce.data import OrderData
from anxin.domains.commerce.public import find_order
from anxin.domains.merchants.public import merchant_ids, store_at
from anxin.domains.policies.data import ReasonCode
from anxin.entrypoints.http_api.decision_shapes import preview_out
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import DomainError, NotFound
from anxin.kernel.money import Money
from anxin.kernel.tenancy import acting_for

_ZONE = ZoneInfo("Asia/Shanghai")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--order", required=True, metavar="NO", help="order number")
    parser.add_argument("--sku", required=True, help="article")
    parser.add_argument("--qty", required=True, type=int, metavar="N", help="how many")
    parser.add_argument(
        "--reason", required=True, choices=[str(r) for r in ReasonCode], metavar="CODE",
        help="one of: " + ", ".join(ReasonCode),
    )  # fmt: skip
    parser.add_argument(
        "--kind", default="return_refund", choices=[str(k) for k in RequestKind],
        help="what is asked for (return_refund unless said)",
    )  # fmt: skip
    parser.add_argument("--photos", type=int, default=0, help="how many photos are shown")
    parser.add_argument(
        "--at",
        metavar="TIME",
        help="when it is asked, ISO 8601; Shanghai time unless it has a zone",
    )
    parser.add_argument("--merchant", help="merchant id or a store's slug, where it is not clear")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the decision with its clauses; 0 whatever it says, 1 when it cannot be asked."""
    try:
        preview = _ask(args)
    except (DomainError, ValueError) as error:
        print(f"anxin decide: {error}", file=sys.stderr)
        return 1
    if args.json:
        print(
            json.dumps(preview_out(preview).model_dump(mode="json"), ensure_ascii=False, indent=2)
        )
    else:
        _print(preview)
    return 0


def _ask(args: argparse.Namespace) -> Preview:
    now = utcnow()
    if args.at:
        asked = datetime.fromisoformat(args.at)
        now = asked if asked.tzinfo else asked.replace(tzinfo=_ZONE)
    merchant, order = _find(args.merchant, args.order)
    with acting_for(merchant):
        return preview_request(
            Actor.system(merchant),
            order.id,
            items_of_sku(order, args.sku, args.qty),
            args.reason,
            args.kind,
            photos=args.photos,
            now=now,
        )


def _find(merchant: str | None, order_no: str) -> tuple[MerchantId, OrderData]:
    """Return the one merchant with this order. Raise NotFound, or ValueError for several."""
    found = []
    for merchant_id in _merchants(merchant):
        with acting_for(merchant_id):
            order = find_order(Actor.system(merchant_id), order_no)
        if order is not None:
            found.append((merchant_id, order))
    if not found:
        raise NotFound(f"no order {order_no}")
    if len(found) > 1:
        ids = ", ".join(str(merchant_id) for merchant_id, _ in found)
        raise ValueError(f"several merchants have an order {order_no}; say --merchant: {ids}")
    return found[0]


def _merchants(said: str | None) -> list[MerchantId]:
    if said is None:
        return merchant_ids()
    return [MerchantId(int(said)) if said.isdigit() else store_at(said).merchant_id]


def _print(preview: Preview) -> None:
    decision = preview.decision

    def money(minor: int) -> str:
        return str(Money(minor, preview.currency))

    print(f"{decision.verdict}  {preview.kind}  {', '.join(decision.reasons)}")
    for line in preview.lines:
        print(f"  {line.sku} × {line.quantity}  {money(line.refund_minor)}")
    print(f"  freight {money(preview.freight_minor)}  deducted {money(preview.deducted_minor)}")
    print(f"  total   {money(preview.total_minor)}   policy {decision.policy_version}")
    for clause in decision.clauses:
        sources = ", ".join(clause.sources)
        print(f"- [{clause.clause_id}{f' · {sources}' if sources else ''}] {clause.zh}")
        print(f"  {clause.en}")
