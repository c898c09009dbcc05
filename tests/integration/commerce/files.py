"""Files to import, written in the ways people's programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from anxin.domains.commerce.data import ImportData, ImportKind, ImportMode
from anxin.domains.commerce.public import approve_import
from anxin.flows.importing import apply_import, check_import, start_import
from anxin.kernel.actors import Actor
from anxin.kernel.clock import utcnow

HEAD = "order_no,placed_at,state,discount,freight,paid,customer_phone,sku,name,quantity,unit_price"
GOOD = [
    "A1,2026-11-11 12:00,paid,20.00,8.00,186.00,13812348000,MUG,杯子,2,49.00",
    "A1,,,,,,,TEA,绿茶,1,100.00",
    "A2,2026-11-11 13:00,shipped,,,30.00,13912348000,SPOON,勺子,3,10.00",
]


def csv_of(rows: Sequence[str] = GOOD, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def checked(by: Actor, content: bytes, kind: str = "orders", **how: Any) -> ImportData:
    """Return the import after its check."""
    run = start_import(
        by, ImportKind(kind), "file.csv", [content], mode=ImportMode.ALL, now=utcnow(),
        is_inline=True, **how,
    )  # fmt: skip
    return check_import(by, run)


def brought_in(
    by: Actor, content: bytes, kind: str = "orders", mode: str = "all", **how: Any
) -> ImportData:
    """Return the import after it was applied, if it was."""
    run = checked(by, content, kind, **how)
    if run.state == "checked":
        run = approve_import(by, run.id, mode=ImportMode(mode), is_inline=True, now=utcnow())
    return apply_import(by, run.id)


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Path:
    settings.ANXIN_HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path
