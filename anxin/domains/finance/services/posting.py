"""Writing the ledger: append-only, each journal once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.domains.finance.models import LedgerEntry, Refund
from anxin.domains.finance.rules import Posting


def post(refund: Refund, posting: Posting, journal: UUID, *, now: datetime) -> None:
    """Write a journal in the caller's transaction. Twice the same journal breaks a constraint."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            merchant_id=refund.merchant_id,
            journal_id=journal,
            kind=posting.kind,
            account=account,
            amount_minor=amount_minor,
            currency=refund.currency,
            refund_id=refund.pk,
            order_id=refund.order_id,
            at=now,
        )
        for account, amount_minor in posting.lines
    )
