"""Opening a file as a table: by its content, never by its name, a row at a time."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from anxin.domains.commerce.importing.faults import FileRefused

MAX_BYTES = 200 * 1024 * 1024
MAX_COLUMNS = 300
MAX_CELL = 32_767  # what a cell of a spreadsheet holds at most
# A workbook of orders packs to about a tenth; a thousandth is a bomb.
MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 300
# Sheets often end in a million rows that are formatted but empty.
MAX_EMPTY_ROWS = 1_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",\t;|"

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@contextmanager
def open_table(path: Path) -> Iterator[tuple[Layout, Iterator[Row]]]:
    """Open a CSV or XLSX file; yield its layout and its rows as (line, cells), empty ones left out.

    Raise FileRefused when it is neither, too large, damaged, or a bomb. Rows are read as they are
    asked for, so FileRefused may also come later.
    """
    if path.stat().st_size > MAX_BYTES:
        raise FileRefused("file_too_large", limit_bytes=MAX_BYTES)
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise FileRefused("file_empty")
    if start.startswith(b"PK\x03\x04"):
        with _open_workbook(path) as opened:
            yield opened
        return
    if start.startswith(_OLD_EXCEL):
        raise FileRefused("old_excel_format")
    layout = _layout_of_text(path, start)
    with path.open(encoding=layout.encoding, newline="") as text:
        yield layout, _text_rows(text, layout.delimiter)


def _text_rows(text: io.TextIOBase, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused("csv_broken", line=line) from error
        if len(cells) > MAX_COLUMNS:
            raise FileRefused("too_many_columns", line=line, limit=MAX_COLUMNS)
        cells = [cell.strip() for cell in cells]
        if any(cells):
            yield line, cells


def _layout_of_text(path: Path, start: bytes) -> Layout:
    encoding = _encoding(path, start)
    with path.open(encoding=encoding, newline="") as text:
        first = next((line for line in _short_lines(text) if line.strip()), "")
    counts = {mark: _outside_quotes(first, mark) for mark in _DELIMITERS}
    return Layout("csv", encoding, max(counts, key=lambda mark: counts[mark]))


def _short_lines(text: io.TextIOBase) -> Iterator[str]:
    while line := text.readline(1024 * 1024):
        yield line


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return _checked(path, "utf-8-sig")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    if start[1:200:2].count(0) > 40:
        return _checked(path, "utf-16-le")
    if start[0:200:2].count(0) > 40:
        return _checked(path, "utf-16-be")
    if b"\x00" in start:
        raise FileRefused("not_a_table")
    if _decodes(path, "utf-8"):
        return "utf-8"
    return _checked(path, "gb18030")


def _checked(path: Path, encoding: str) -> str:
    if not _decodes(path, encoding):
        raise FileRefused("encoding_unknown")
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    """Return whether the whole file is text written so (pictures may decode as GB18030)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1024 * 1024):
                if _is_binary(decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _is_binary(text: str) -> bool:
    sample = text[:20_000]
    odd = sum(1 for sign in sample if sign < " " and sign not in "\r\n\t")
    return odd > len(sample) // 100


@contextmanager
def _open_workbook(path: Path) -> Iterator[tuple[Layout, Iterator[Row]]]:
    _refuse_bomb(path)
    # 10 MB of modules that a web process without imports does not need.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    # By handle, not by name: openpyxl refuses files that are not called .xlsx.
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions we do not look at
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = next(iter(book.worksheets), None)
        except (KeyError, ValueError, TypeError, AttributeError, OSError, ParseError,
                zipfile.BadZipFile, InvalidFileException, IndexError) as error:  # fmt: skip
            raise FileRefused("workbook_damaged") from error
        if sheet is None:
            raise FileRefused("file_empty")
        sheet.reset_dimensions()
        try:
            yield Layout("xlsx", sheet=sheet.title), _sheet_rows(sheet)
        finally:
            book.close()


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileRefused("workbook_damaged") from error
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise FileRefused("not_a_table")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(path.stat().st_size, 100_000):
        raise FileRefused("file_is_a_bomb", unpacked_bytes=unpacked)


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    empty = 0
    try:
        for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = _cells(values, line)
            if any(cells):
                empty = 0
                yield line, cells
            else:
                empty += 1
                if empty > MAX_EMPTY_ROWS:
                    return
    except (KeyError, ValueError, TypeError, ParseError, zipfile.BadZipFile, EOFError) as error:
        raise FileRefused("workbook_damaged") from error


def _cells(values: Sequence[Any], line: int) -> list[str]:
    if len(values) > MAX_COLUMNS:
        if any(value is not None for value in values[MAX_COLUMNS:]):
            raise FileRefused("too_many_columns", line=line, limit=MAX_COLUMNS)
        values = values[:MAX_COLUMNS]
    return [_as_text(value) for value in values]


def _as_text(value: Any) -> str:
    """Return a cell's value as a person would have typed it into a CSV file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()[:MAX_CELL]
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        # Excel keeps 15 digits: 19.9 is stored as 19.899999999999999 and shown as 19.9.
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
