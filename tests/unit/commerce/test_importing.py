"""Files, titles and cells are understood however people's programs write them."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from anxin.domains.commerce.data import ImportKind
from anxin.domains.commerce.importing import cells
from anxin.domains.commerce.importing.columns import COLUMNS, understand
from anxin.domains.commerce.importing.faults import BadCell, FileRefused
from anxin.domains.commerce.importing.rows import Record, options, payments
from anxin.domains.commerce.importing.spool import Spool, read_groups
from anxin.domains.commerce.importing.tables import open_table

ROOT = Path(__file__).resolve().parents[3]
TEXT = "订单号,商品名称\nA1,青花瓷杯\n\nA2,龙井\n"


def rows_of(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    with open_table(path) as (layout, rows):
        return layout.encoding, list(rows)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_chinese_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str, found: str) -> None:
    file = tmp_path / "x"
    # Long enough, in plain letters, for the zero bytes of UTF-16 to tell.
    file.write_bytes((TEXT + "B,plain words only\n" * 20).encode(encoding))

    told, rows = rows_of(file)

    assert told == found
    assert rows[:3] == [(1, ["订单号", "商品名称"]), (2, ["A1", "青花瓷杯"]), (4, ["A2", "龙井"])]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "x"
    file.write_text(f'a{mark}"b{mark}c"{mark}d\n1{mark}2{mark}3\n')

    assert rows_of(file)[1] == [(1, ["a", f"b{mark}c", "d"]), (2, ["1", "2", "3"])]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text('a,b\n1,"two\nlines"\n3,4\n')

    assert [line for line, _ in rows_of(file)[1]] == [1, 2, 4]


def test_a_workbook_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["订单号", "下单时间", "单价", "数量"])
    book.active.append(["A1", datetime(2026, 11, 11, 10, 3), 19.9, 2])  # noqa: DTZ001
    file = tmp_path / "orders.csv"
    book.save(file)

    rows = rows_of(file)[1]

    assert rows[1] == (2, ["A1", "2026-11-11 10:03:00", "19.9", "2"])


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    file = tmp_path / "x.xlsx"
    file.write_bytes(packed.getvalue())

    with pytest.raises(FileRefused) as refusal:
        rows_of(file)

    assert refusal.value.reason == "file_is_a_bomb"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "hello")

    with pytest.raises(FileRefused) as refusal:
        rows_of(file)

    assert refusal.value.reason == "not_a_table"


def test_titles_are_known_in_both_languages_and_by_habit() -> None:
    titles = ["主订单编号", "Order Date", "SKU编码", "运费(元)", "QTY", "unit-price*", "备注", ""]

    header = understand(ImportKind.ORDERS, titles)

    assert header.places == {
        "order_no": 0, "placed_at": 1, "sku": 2, "freight": 3, "quantity": 4, "unit_price": 5,
    }  # fmt: skip
    assert (header.ignored, header.missing, header.twice) == (("备注",), (), ())


def test_no_title_means_two_things() -> None:
    for kind in ImportKind:
        header = understand(kind, [one.chinese for one in COLUMNS[kind]])
        assert list(header.places) == [one.name for one in COLUMNS[kind]]
        others = [other for one in COLUMNS[kind] for other in (one.name, *one.others)]
        assert len(others) == len(set(others))


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("1,234.50", "CNY", 123_450),
        ("¥12", "CNY", 1_200),
        ("１２.５", "CNY", 1_250),
        ("12.5 元", "CNY", 1_250),
        ("1200", "JPY", 1_200),
        ("1.234", "KWD", 1_234),
        ("0.10", "USD", 10),
    ],
)
def test_amounts_are_read_exactly(cell: str, currency: str, minor: int) -> None:
    assert cells.money(cell, currency) == minor


@pytest.mark.parametrize(
    ("cell", "currency", "code"),
    [
        ("12,5", "EUR", "amount_not_readable"),
        ("1e3", "CNY", "amount_not_readable"),
        ("NaN", "CNY", "amount_not_readable"),
        ("1.001", "CNY", "amount_too_fine"),
        ("1.5", "JPY", "amount_too_fine"),
        ("-1", "CNY", "amount_negative"),
        ("99999999999999", "CNY", "amount_absurd"),
    ],
)
def test_amounts_that_are_none_are_refused(cell: str, currency: str, code: str) -> None:
    with pytest.raises(BadCell, match=code):
        cells.money(cell, currency)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("0", "quantity_not_positive"), ("-3", "quantity_not_positive"),
     ("1.5", "quantity_not_whole"), ("x", "quantity_not_whole"), ("9999999", "quantity_absurd")],
)  # fmt: skip
def test_quantities_that_are_none_are_refused(cell: str, code: str) -> None:
    with pytest.raises(BadCell, match=code):
        cells.quantity(cell)


@pytest.mark.parametrize(
    ("cell", "zone", "hour"),
    [
        ("2026-11-11 12:00", "Asia/Shanghai", 4),
        ("2026-11-11T12:00:00Z", "Asia/Shanghai", 12),
        ("2026-11-11 12:00:00-05:00", "Asia/Shanghai", 17),
        ("2026/1/5 08:00", "America/New_York", 13),
        ("2026/7/5 08:00", "America/New_York", 12),
        ("2026年11月11日 12时00分", "Asia/Shanghai", 4),
    ],
)
def test_times_are_read_in_their_zone(cell: str, zone: str, hour: int) -> None:
    found = cells.moment(cell, zone)

    assert (found.hour, found.tzinfo) == (hour, UTC)


@pytest.mark.parametrize("cell", ["昨天", "11/12/2026", "20261111", "2026-13-01", "46000"])
def test_times_that_are_none_are_refused(cell: str) -> None:
    with pytest.raises(BadCell, match="time_not_readable"):
        cells.moment(cell, "Asia/Shanghai")


def test_payments_and_options_are_read_as_written() -> None:
    assert payments("支付宝：7.00:A:1；积分:3", "CNY") == [
        ["alipay", 700, "A:1"],
        ["points", 300, ""],
    ]
    assert options("颜色:红；尺码：M") == {"颜色": "红", "尺码": "M"}
    with pytest.raises(BadCell, match="unknown_tender"):
        payments("shells:1", "CNY")


def test_rows_of_one_key_come_together_and_reading_goes_on_where_it_stopped(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path / "rows")
    for line in range(50_000):
        spool.add(Record(f"K{line % 7}", line, {"n": line}))

    spool.finish()

    groups = [(rows[0].key, len(rows), place) for rows, place in read_groups(spool.path)]
    assert [key for key, _, _ in groups] == [f"K{n}" for n in range(7)]
    assert sum(count for _, count, _ in groups) == 50_000
    rest = [rows[0].key for rows, _ in read_groups(spool.path, groups[4][2])]
    assert rest == ["K5", "K6"]
    assert [path.name for path in tmp_path.iterdir()] == ["rows"]


def test_the_documentation_names_every_column() -> None:
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")

    for columns in COLUMNS.values():
        for column in columns:
            assert f"| `{column.name}`" in text
            assert column.chinese in text
            assert all(other in text for other in column.others)
