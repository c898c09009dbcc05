"""The sandbox provider's book, written on a connection of its own that commits at once.

Whatever becomes of the caller's transaction, what the provider did stays done, and
``moved_count - bounced_count`` bears witness to how often money went out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg.rows import dict_row

from anxin.domains.finance.data import BookEntry, ProviderRefund, ProviderState
from anxin.domains.finance.ports import Misbehaviour
from anxin.kernel.actors import MerchantId
from anxin.kernel.errors import NotFound
from anxin.kernel.ids import uuid7
from anxin.kernel.money import Money

# A callback that overtakes its predecessor leaves it this far behind.
_OVERTAKEN_BY = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Row:
    """One number as the book has it. ``is_same`` with what was asked now: amount and payment."""

    number: str
    amount: Money
    payment_reference: str
    reference: str
    state: ProviderState
    because: str
    version: int
    settles_as: str

    def said(self) -> ProviderRefund:
        """Return the row as an answer."""
        return ProviderRefund(self.state, self.reference, self.amount, self.version, self.because)


class Book:
    """The pages of one merchant, inside one transaction of the book's own."""

    def __init__(self, connection: psycopg.Connection[Any], merchant_id: MerchantId) -> None:
        self._connection = connection
        self._merchant_id = merchant_id

    def see(self, number: str, amount: Money, payment_reference: str, now: datetime) -> Row:
        """Count a sighting of a number and return its row, locked; new ones have version 0."""
        self._run(
            "insert into sandbox_sandboxrefund (id, merchant_id, number, payment_reference, "
            "amount_minor, currency, reference, state, because, version, times_seen, "
            "moved_count, bounced_count, settles_as, updated_at) "
            "values (%s, %s, %s, %s, %s, %s, %s, 'pending', '', 0, 1, 0, 0, '', %s) "
            "on conflict (merchant_id, number) "
            "do update set times_seen = sandbox_sandboxrefund.times_seen + 1",
            uuid7(),
            self._merchant_id,
            number,
            payment_reference,
            amount.minor,
            amount.currency,
            f"SBX{uuid7().hex[-16:].upper()}",
            now,
        )
        return self.row(number)

    def row(self, number: str) -> Row:
        """Return the row of a number, locked. Raise NotFound."""
        found = self._run(
            "select * from sandbox_sandboxrefund where merchant_id = %s and number = %s for update",
            self._merchant_id,
            number,
        ).fetchone()
        if found is None:
            raise NotFound(number=number)
        return Row(
            number,
            Money(found["amount_minor"], found["currency"]),
            found["payment_reference"],
            found["reference"],
            ProviderState(found["state"]),
            found["because"],
            found["version"],
            found["settles_as"],
        )

    def turn(
        self,
        row: Row,
        state: ProviderState,
        now: datetime,
        *,
        because: str = "",
        settles_at: datetime | None = None,
        settles_as: str = "",
    ) -> Row:
        """Write down a new state; entering or leaving SUCCEEDED is money moving."""
        moved = state is ProviderState.SUCCEEDED and row.state is not ProviderState.SUCCEEDED
        bounced = row.state is ProviderState.SUCCEEDED and state is ProviderState.FAILED
        self._run(
            "update sandbox_sandboxrefund set state = %s, because = %s, version = version + 1, "
            "moved_count = moved_count + %s, bounced_count = bounced_count + %s, "
            "settles_at = %s, settles_as = %s, updated_at = %s "
            "where merchant_id = %s and number = %s",
            str(state),
            because,
            int(moved),
            int(bounced),
            settles_at,
            settles_as,
            now,
            self._merchant_id,
            row.number,
        )
        return replace(row, state=state, because=because, version=row.version + 1)

    def call_back(self, row: Row, wrong: Misbehaviour, now: datetime) -> None:
        """Queue the callbacks that tell of the row as it is."""
        if wrong.drops_callbacks:
            return
        body = json.dumps(
            {
                "id": f"{row.number}:{row.version}",
                "account": self._merchant_id,
                "refund_no": row.number,
                "reference": row.reference,
                "state": row.state,
                "amount_minor": row.amount.minor + int(wrong.corrupts_amount),
                "currency": row.amount.currency,
                "version": row.version,
                "because": row.because,
            },
            ensure_ascii=False,
        )
        late = wrong.reorders_callbacks and row.state is ProviderState.PENDING
        settles = timedelta(seconds=wrong.pending_seconds or 0) + _OVERTAKEN_BY
        for _ in range(2 if wrong.duplicates_callbacks else 1):
            self._run(
                "insert into sandbox_sandboxcallback "
                "(id, merchant_id, number, body, due_at, attempts, last_status) "
                "values (%s, %s, %s, %s, %s, 0, 0)",
                uuid7(),
                self._merchant_id,
                row.number,
                body,
                now + settles if late else now,
            )

    def misbehaviour(self) -> Misbehaviour:
        """Return what the provider is told to do wrong."""
        found = self._run(
            "select wanted from sandbox_sandboxmisbehaviour where merchant_id = %s for update",
            self._merchant_id,
        ).fetchone()
        known = {field.name for field in fields(Misbehaviour)}
        # Django's connections hand JSON out as text.
        wanted = json.loads(found["wanted"]) if found else {}
        return Misbehaviour(**{name: v for name, v in wanted.items() if name in known})

    def misbehave(self, wanted: Misbehaviour) -> None:
        """Write down what to do wrong from now on."""
        self._run(
            "insert into sandbox_sandboxmisbehaviour (id, merchant_id, wanted) "
            "values (%s, %s, %s) on conflict (merchant_id) do update set wanted = excluded.wanted",
            uuid7(),
            self._merchant_id,
            json.dumps(asdict(wanted)),
        )

    def entries(self, limit: int) -> Sequence[BookEntry]:
        """Return the newest entries, newest first."""
        rows = self._run(
            "select * from sandbox_sandboxrefund where merchant_id = %s "
            "order by updated_at desc, id desc limit %s",
            self._merchant_id,
            limit,
        ).fetchall()
        return [
            BookEntry(
                row["number"],
                row["payment_reference"],
                Money(row["amount_minor"], row["currency"]),
                ProviderState(row["state"]),
                row["version"],
                row["times_seen"],
                row["moved_count"],
                row["bounced_count"],
                row["updated_at"],
            )
            for row in rows
        ]

    def sent(self, callback_id: UUID, status: int, next_at: datetime | None, now: datetime) -> None:
        """Write down how a callback was answered, and when it is tried again."""
        self._run(
            "update sandbox_sandboxcallback set due_at = %s, attempts = attempts + 1, "
            "last_status = %s, sent_at = case when %s between 200 and 299 then %s else sent_at end "
            "where merchant_id = %s and id = %s",
            next_at,
            status,
            status,
            now,
            self._merchant_id,
            callback_id,
        )

    def _run(self, statement: str, *values: Any) -> psycopg.Cursor[dict[str, Any]]:
        cursor = self._connection.cursor(row_factory=dict_row)
        cursor.execute(statement, values)
        return cursor


@contextmanager
def open_book(merchant_id: MerchantId) -> Iterator[Book]:
    """Open a merchant's pages: one transaction, committed at the end, on its own connection."""
    wrapper = connections["default"].copy()
    try:
        wrapper.ensure_connection()
        raw: psycopg.Connection[Any] = wrapper.connection
        with raw.transaction():
            raw.execute("select set_config('anxin.merchant_id', %s, true)", [str(int(merchant_id))])
            yield Book(raw, merchant_id)
    finally:
        wrapper.close()
