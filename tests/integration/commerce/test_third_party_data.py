"""Files of strangers import without a rejected row, and what was given back adds up."""

from __future__ import annotations

import resource
import time
from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.db.models import F, Sum

from anxin.domains.commerce.data import LineData, OrderLineId
from anxin.domains.commerce.models import Order, OrderLine, Product, ShipmentLine
from anxin.domains.commerce.public import refundable_of_units
from anxin.domains.customers.models import Customer
from anxin.entrypoints.cli import imports
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house
from tests.integration.commerce.files import home
from tests.third_party import online_retail, shared_data, tau2_retail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
__all__ = ["home"]


def anxin_import(*words: str) -> int:
    """Run ``anxin import`` as typed."""
    parser = ArgumentParser()
    imports.add_arguments(parser)
    return imports.run(parser.parse_args(words))


@pytest.mark.data
def test_the_shop_of_tau2_imports_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = tau2_retail.convert(shared_data("tau2_retail"), tmp_path)
    house = build_house()

    codes = [
        anxin_import(kind, str(files[kind]), "--merchant", str(house.merchant_id))
        for kind in ("products", "orders", "shipments")
    ]

    said = capsys.readouterr()
    assert codes == [0, 0, 0], said.err
    assert said.out.count(" 0 rejected") == 3
    with acting_for(house.merchant_id):
        assert Order.objects.count() == 943
        assert Product.objects.count() > 500
        assert Customer.objects.count() > 400
        assert Order.objects.filter(state="delivered").count() == 348
        wrong = Order.objects.exclude(
            paid_minor=F("goods_minor") - F("discount_minor") + F("freight_minor") + F("tax_minor")
        )
        assert not wrong.exists()
        assert ShipmentLine.objects.count() > 1_000


@pytest.mark.data
def test_a_slice_of_online_retail_imports_and_its_returns_reconcile(tmp_path: Path) -> None:
    check_online_retail(build_house(), tmp_path, limit=6_000)


@pytest.mark.data
@pytest.mark.benchmark
def test_all_of_online_retail_imports_in_flat_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = time.process_time()

    seconds, grown = check_online_retail(build_house(), tmp_path, limit=None)

    with capsys.disabled():
        print(f"\nonline retail: {seconds:.1f} s, memory grew by {grown} MB")
    # Our own share of the 90 s it may take; the clock on the wall also tells of other programs.
    assert time.process_time() - before < 75
    assert grown < 150


def check_online_retail(house: House, out: Path, limit: int | None) -> tuple[float, int]:
    """Import and reconcile; return the seconds and by how many MB the process grew."""
    done = online_retail.convert(shared_data("online_retail_uci"), out, limit=limit)
    back, found = online_retail.reconcile(done)
    size, started = rss_mb(), time.monotonic()

    code = anxin_import("orders", str(done.path), "--merchant", str(house.merchant_id))

    seconds, grown = time.monotonic() - started, peak_mb() - size
    assert code == 0
    assert found["matched"] > 0
    with acting_for(house.merchant_id):
        assert Order.objects.count() == done.orders
        assert OrderLine.objects.count() == done.lines["sold"]
        totals = Order.objects.aggregate(paid=Sum("paid_minor"), goods=Sum("goods_minor"))
        assert totals["paid"] == totals["goods"]
        assert_refunds_within_paid(back)
    print(dict(done.lines), dict(found), f"{seconds:.1f} s")
    return seconds, grown


def assert_refunds_within_paid(back: dict[tuple[str, int], int]) -> None:
    """Refund what was given back, line by line, and compare with what was paid, order by order."""
    paid = dict(
        Order.objects.filter(order_no__in={no for no, _ in back}).values_list(
            "order_no", "paid_minor"
        )
    )
    lines = OrderLine.objects.filter(order__order_no__in=list(paid)).select_related("order")
    refunded: dict[str, int] = {}
    for row in lines:
        units = back.get((row.order.order_no, row.line_no), 0)
        line = LineData(
            OrderLineId(row.pk), row.line_no, row.sku, row.name, "", row.quantity,
            row.unit_price_minor, row.gross_minor, row.discount_minor, row.tax_minor,
            row.payable_minor, "", False, False, row.quantity,
        )  # fmt: skip
        amount = refundable_of_units(line, 0, units).payable_minor
        refunded[row.order.order_no] = refunded.get(row.order.order_no, 0) + amount
    assert refunded
    assert all(amount <= paid[order_no] for order_no, amount in refunded.items())


def rss_mb() -> int:
    """Return what the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


def peak_mb() -> int:
    """Return the most it ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
