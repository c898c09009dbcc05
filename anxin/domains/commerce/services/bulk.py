"""Inserting many rows with one statement and one parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection

from anxin.kernel.tenancy import TenantModel


def insert_rows(model: type[TenantModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows given by column name, all with the same columns; whole batches travel as JSON.

    Five times as fast as ``bulk_create``, which matters for 100,000 lines. COPY is no way: it does
    not work under row level security.
    """
    if not rows:
        return
    fields = {field.column: field for field in model._meta.local_fields}
    names = list(rows[0])
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in names)
    types = ", ".join(f"{quote(name)} {fields[name].db_type(connection)}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {quote(model._meta.db_table)} ({columns}) "
            f"select {columns} from jsonb_to_recordset(%s::jsonb) as given({types})",
            [msgspec.json.encode(rows).decode()],
        )
