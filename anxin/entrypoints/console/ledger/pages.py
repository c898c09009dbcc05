"""What the ledger and the reconciliation show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.domains.finance.data import Difference
from anxin.domains.finance.ports import RehearsalProvider
from anxin.domains.finance.public import account_totals, list_ledger, reconcile
from anxin.entrypoints.console.refunds.pages import BookedRow, booked
from anxin.entrypoints.ui.shapes import Column
from anxin.kernel.actors import Actor
from anxin.kernel.money import Money


@dataclass(frozen=True, slots=True)
class TotalRow:
    """An account with its sums."""

    account: str
    url: str
    is_current: bool
    debit: Money
    credit: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The journal and the totals by account."""

    account: str
    totals: Sequence[TotalRow]
    is_balanced: bool
    columns: Sequence[Column]
    rows: Sequence[BookedRow]
    next_url: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One disagreement; ``refund_url`` is empty when we know nothing of the number."""

    difference: Difference
    refund_url: str


@dataclass(frozen=True, slots=True)
class ReconciliationPage:
    """Our parts held against the provider's book."""

    can_compare: bool
    compared: int
    rows: Sequence[DifferenceRow]


def build_ledger_page(by: Actor, *, account: str, cursor: str) -> LedgerPage:
    """Gather a page of the journal."""
    totals = account_totals(by)
    found = list_ledger(by, account=account, cursor=cursor)
    home = reverse("console:ledger")
    asked = {"account": account, "cursor": found.next_cursor}
    query = urlencode({name: value for name, value in asked.items() if value})
    sums: dict[str, int] = {}
    for total in totals:
        sums[total.currency] = sums.get(total.currency, 0) + total.balance_minor
    return LedgerPage(
        account,
        [
            TotalRow(
                total.account,
                f"{home}?{urlencode({'account': total.account})}",
                total.account == account,
                Money(total.debit_minor, total.currency),
                Money(total.credit_minor, total.currency),
                Money(total.balance_minor, total.currency),
            )
            for total in totals
        ],
        not any(sums.values()),
        [
            Column(_("时间")),
            Column(_("事由")),
            Column(_("科目")),
            Column(_("借方"), is_number=True),
            Column(_("贷方"), is_number=True),
            Column(_("退款")),
        ],
        booked(found.items),
        f"{home}?{query}" if found.next_cursor else "",
    )


def build_reconciliation(by: Actor, provider: object) -> ReconciliationPage:
    """Compare our parts with the provider's book, if it lets us read it."""
    if not isinstance(provider, RehearsalProvider):
        return ReconciliationPage(False, 0, [])
    book = provider.book()
    return ReconciliationPage(
        True,
        len(book),
        [
            DifferenceRow(
                found,
                reverse("console:refund", args=[found.refund_id]) if found.refund_id else "",
            )
            for found in reconcile(by, book)
        ],
    )
