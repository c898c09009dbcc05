"""A file of orders comes in whole, once, and says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from anxin.domains.commerce.data import ImportData, StoreChoice
from anxin.domains.commerce.models import ImportRun, Order, OrderLine, Product
from anxin.domains.commerce.public import approve_import, find_order, lock_order
from anxin.domains.commerce.services import import_applying, import_batches, imports
from anxin.domains.customers.models import Customer
from anxin.flows.importing import BOOK, apply_import
from anxin.kernel.clock import utcnow
from anxin.kernel.tenancy import acting_for
from tests.builders import House, build_house
from tests.integration.commerce.files import GOOD, HEAD, brought_in, checked, csv_of, home

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
__all__ = ["home"]


@pytest.fixture
def house() -> House:
    return build_house()


def counts(run: ImportData) -> tuple[str, int, int, int, int]:
    return run.state, run.created, run.updated, run.unchanged, run.rejected


def codes(run: ImportData) -> list[tuple[int, str, str]]:
    return [(one["line"], one["column"], one["code"]) for one in run.errors]


def test_orders_come_in_with_shares_frozen_and_their_customers(house: House) -> None:
    with acting_for(house.merchant_id):
        run = brought_in(house.system, csv_of())

        assert counts(run) == ("done", 2, 0, 0, 0)
        order = find_order(house.system, "A1")
        assert order is not None
        assert [(one.sku, one.discount_minor, one.payable_minor) for one in order.lines] == [
            ("MUG", 990, 8_810),
            ("TEA", 1_010, 8_990),
        ]
        assert order.placed_at.isoformat() == "2026-11-11T04:00:00+00:00"
        assert order.paid_minor == sum(one.amount_minor for one in order.payments) == 18_600
        assert order.customer_id is not None
        assert Customer.objects.count() == 2


def test_the_same_file_again_changes_nothing(house: House) -> None:
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of())

        again = brought_in(house.system, csv_of())

        assert counts(again) == ("done", 0, 0, 2, 0)
        assert (Order.objects.count(), OrderLine.objects.count()) == (2, 3)


def test_rows_of_one_order_need_not_stand_together(house: House) -> None:
    with acting_for(house.merchant_id):
        run = brought_in(house.system, csv_of([GOOD[0], GOOD[2], GOOD[1]]))

        assert counts(run)[:2] == ("done", 2)


def test_all_or_nothing_means_nothing_when_one_row_is_wrong(house: House) -> None:
    bad = "A3,2026-11-11 13:00,paid,,,30.00,13912348000,SPOON,勺子,-3,ten"
    with acting_for(house.merchant_id):
        run = brought_in(house.system, csv_of([*GOOD, bad]))

        assert run.state == "refused"
        assert codes(run) == [
            (5, "quantity", "quantity_not_positive"),
            (5, "unit_price", "amount_not_readable"),
        ]
        assert Order.objects.count() == 0


def test_order_by_order_the_good_ones_come_in(house: House) -> None:
    bad = "A3,2026-11-11 13:00,paid,,,30.00,13912348000,SPOON,勺子,0,10.00"
    with acting_for(house.merchant_id):
        run = brought_in(house.system, csv_of([*GOOD, bad]), mode="per-order")

        assert counts(run) == ("done", 2, 0, 0, 1)
        assert run.error_count == 1


def test_one_bad_row_keeps_its_whole_order_out(house: House) -> None:
    rows = [GOOD[0], "A1,,,,,,,TEA,绿茶,1.5,100.00", GOOD[2]]
    with acting_for(house.merchant_id):
        run = brought_in(house.system, csv_of(rows), mode="per-order")

        assert counts(run) == ("done", 1, 0, 0, 1)
        assert find_order(house.system, "A1") is None


def test_paid_that_does_not_add_up_is_told_with_both_numbers(house: House) -> None:
    row = "A9,2026-11-11 13:00,paid,5.00,2.00,30.00,,SPOON,勺子,3,10.00"
    with acting_for(house.merchant_id):
        run = checked(house.system, csv_of([row]))

        (fault,) = run.errors
        assert (fault["line"], fault["column"], fault["code"]) == (
            2,
            "paid",
            "paid_does_not_add_up",
        )
        assert (fault["stated"], fault["computed"], fault["currency"]) == (3_000, 2_700, "CNY")


def test_a_row_that_contradicts_its_order_is_told(house: House) -> None:
    rows = [GOOD[0], "A1,2026-11-12 12:00,,,,,,TEA,绿茶,1,100.00"]
    with acting_for(house.merchant_id):
        assert codes(checked(house.system, csv_of(rows))) == [
            (3, "placed_at", "differs_within_order")
        ]


def test_a_claimed_order_keeps_its_amounts_but_may_move_on(house: House) -> None:
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of())
        with transaction.atomic():
            lock_order(house.system, Order.objects.get(order_no="A2").pk)

        dearer = GOOD[2].replace("30.00", "33.00").replace("10.00", "11.00")
        changed = brought_in(house.system, csv_of([dearer]))
        moved = brought_in(house.system, csv_of([GOOD[2].replace("shipped", "delivered")]))

        assert changed.state == "refused"
        assert codes(changed) == [(2, "paid", "order_claimed")]
        assert counts(moved) == ("done", 0, 1, 0, 0)
        order = find_order(house.system, "A2")
        assert order is not None
        assert (order.state, order.paid_minor) == ("delivered", 3_000)


def test_an_unclaimed_order_is_corrected_in_place(house: House) -> None:
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of())
        line = OrderLine.objects.get(order__order_no="A1", line_no=1)

        run = brought_in(
            house.system,
            csv_of(["A1,2026-11-11 12:00,paid,,8.00,106.00,13812348000,MUG,杯子,2,49.00"]),
        )

        assert counts(run) == ("done", 0, 1, 0, 0)
        order = find_order(house.system, "A1")
        assert order is not None
        assert [(one.id, one.payable_minor) for one in order.lines] == [(line.pk, 9_800)]
        assert order.payments[0].amount_minor == 10_600


def test_progress_never_goes_back(house: House) -> None:
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of())

        run = brought_in(house.system, csv_of([GOOD[2].replace("shipped", "paid")]))

        assert counts(run) == ("done", 0, 0, 1, 0)


def test_unknown_articles_are_a_warning_and_an_error_when_strict(house: House) -> None:
    with acting_for(house.merchant_id):
        for sku in ("MUG", "TEA"):
            Product.objects.create(merchant_id=house.merchant_id, sku=sku, name=sku)

        lax = checked(house.system, csv_of())
        strict = checked(house.system, csv_of(), is_strict=True)

        assert [(one["line"], one["value"]) for one in lax.warnings] == [(4, "SPOON")]
        assert (lax.error_count, strict.error_count) == (0, 1)


def test_times_are_read_by_their_offset_or_the_stores_clock(house: House) -> None:
    head = "订单号,下单时间,商品编码,数量,单价"
    rows = [
        "A1,2026-11-11T12:00:00+01:00,MUG,1,1.00",
        "A2,2026年11月11日 12:00,MUG,1,1.00",
        "A3,2026/11/11 12:00,MUG,1,1.00",
        "A4,11/12/2026,MUG,1,1.00",
    ]
    with acting_for(house.merchant_id):
        run = brought_in(house.system, csv_of(rows, head), mode="per-order")

        assert codes(run) == [(5, "placed_at", "time_not_readable")]
        hours = dict(Order.objects.values_list("order_no", "placed_at"))
        assert {no: at.hour for no, at in hours.items()} == {"A1": 11, "A2": 4, "A3": 4}


def test_several_tenders_are_kept_apart(house: House) -> None:
    head = "order_no,placed_at,paid,payments,sku,quantity,unit_price"
    row = "A1,2026-11-11 12:00,10.00,微信支付:7.00:W-1;积分:3.00,MUG,1,10.00"
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of([row], head))

        order = find_order(house.system, "A1")
        assert order is not None
        assert [(one.tender, one.amount_minor, one.reference) for one in order.payments] == [
            ("wechat_pay", 700, "W-1"),
            ("points", 300, ""),
        ]


def test_payments_that_are_not_what_was_paid_are_told(house: House) -> None:
    head = "order_no,placed_at,paid,payments,sku,quantity,unit_price"
    row = "A1,2026-11-11 12:00,10.00,alipay:7.00,MUG,1,10.00"
    with acting_for(house.merchant_id):
        (fault,) = checked(house.system, csv_of([row], head)).errors

        assert (fault["column"], fault["stated"], fault["computed"]) == ("payments", 700, 1_000)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (HEAD.encode(), "file_empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not_a_table"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old_excel_format"),
        (b"PK\x03\x04" + b"x" * 100, "workbook_damaged"),
        (b"order_no,sku\nA1,MUG", "column_missing"),
        (HEAD.replace("name", "sku").encode() + b"\nx", "column_twice"),
    ],
)
def test_a_file_that_is_no_table_is_refused(house: House, content: bytes, reason: str) -> None:
    with acting_for(house.merchant_id):
        run = checked(house.system, content)

        assert (run.state, run.failure["reason"]) == ("failed", reason)


def test_nothing_of_the_file_is_kept_afterwards(house: House, home: Path) -> None:
    with acting_for(house.merchant_id):
        brought_in(house.system, csv_of())

        assert not [path for path in (home / "imports").rglob("*") if path.is_file()]


def test_a_file_in_batches_goes_on_after_a_crash(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "BATCH_THINGS", 10)
    monkeypatch.setattr(import_applying, "SMALL_ROWS", 10)
    rows = [f"B{n:03},2026-11-11 12:00,paid,,,1.00,,MUG,m,1,1.00" for n in range(35)]
    with acting_for(house.merchant_id):
        run = checked(house.system, csv_of(rows))
        approve_import(house.system, run.id, is_inline=True, now=utcnow())
        store = StoreChoice(house.store_id, "anxin", "", "CNY", "Asia/Shanghai", "CN")
        moments = iter([utcnow(), utcnow()])  # the clock dies in the third batch
        with pytest.raises(StopIteration):
            imports.apply_import(house.system, run.id, [store], BOOK, clock=moments.__next__)
        assert Order.objects.count() == 20

        done = apply_import(house.system, run.id)

        assert counts(done) == ("done", 35, 0, 0, 0)
        assert Order.objects.count() == 35
        assert ImportRun.objects.get().rows_done == 35
