"""What the rest of the system may do with money going back."""

from anxin.domains.finance.queries import (
    LedgerSlice,
    RefundSlice,
    account_totals,
    count_held,
    get_refund,
    get_refund_of,
    history_of_refund,
    ledger_of_refund,
    list_ledger,
    list_refunds,
    order_money,
    reconcile,
    words_of_refund,
)
from anxin.domains.finance.services.deciding import (
    approve_refund,
    recheck_part,
    refuse_refund,
    retry_refund,
)
from anxin.domains.finance.services.hearing import take_provider_result
from anxin.domains.finance.services.requesting import request_refund
from anxin.domains.finance.services.sending import look_after, send_part

__all__ = [
    "LedgerSlice",
    "RefundSlice",
    "account_totals",
    "approve_refund",
    "count_held",
    "get_refund",
    "get_refund_of",
    "history_of_refund",
    "ledger_of_refund",
    "list_ledger",
    "list_refunds",
    "look_after",
    "order_money",
    "recheck_part",
    "reconcile",
    "refuse_refund",
    "request_refund",
    "retry_refund",
    "send_part",
    "take_provider_result",
    "words_of_refund",
]
