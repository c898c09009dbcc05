"""A refund provider for laptops and tests: real but for the money, it misbehaves on demand."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from anxin.adapters.sandbox.refund_book import Book, Row, open_book
from anxin.domains.finance.data import BookEntry, ProviderRefund, ProviderState
from anxin.domains.finance.ports import (
    Misbehaviour,
    OutcomeUnknown,
    ProviderDown,
    ProviderRefused,
)
from anxin.kernel.actors import MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, NotFound
from anxin.kernel.money import Money
from anxin.kernel.tenancy import MerchantMissing, active_merchant

# The port's promise: every call answers or raises within ten seconds.
_PATIENCE_SECONDS = 10.0
_ON_DEMAND = "refused on demand"


class NothingToBounce(Conflict):
    """Only money that went out can come back."""

    code = "nothing_to_bounce"


class SandboxRefundProvider:
    """Implements finance's RefundProvider and RehearsalProvider for the merchant acted for."""

    def __init__(
        self,
        clock: Callable[[], datetime] = utcnow,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep

    def refund(self, refund_no: str, amount: Money, *, payment_reference: str) -> ProviderRefund:
        """Refund once a number; see the port. What it does is committed before it answers."""
        now = self._clock()
        with open_book(_account()) as book:
            wrong = book.misbehaviour()
            if wrong.is_down:
                raise ProviderDown("the sandbox provider is switched off")
            row = book.see(refund_no, amount, payment_reference, now)
            refusal = self._work(book, row, amount, payment_reference, wrong, now)
            self._count_down(book, wrong, refusal)
            row = book.row(refund_no)
        self._answer_slowly(wrong)
        if refusal:
            raise ProviderRefused(refusal, version=row.version)
        return row.said()

    def find(self, refund_no: str) -> ProviderRefund | None:
        """Return what became of a number; see the port."""
        with open_book(_account()) as book:
            if book.misbehaviour().is_down:
                raise ProviderDown("the sandbox provider is switched off")
            try:
                return book.row(refund_no).said()
            except NotFound:
                return None

    def book(self, limit: int = 1000) -> Sequence[BookEntry]:
        """Return the newest entries; see the port."""
        with open_book(_account()) as book:
            return book.entries(limit)

    def misbehaviour(self) -> Misbehaviour:
        """Return what it is told to do wrong; see the port."""
        with open_book(_account()) as book:
            return book.misbehaviour()

    def misbehave(self, wanted: Misbehaviour) -> None:
        """Do this wrong from now on; see the port."""
        with open_book(_account()) as book:
            book.misbehave(wanted)

    def bounce(self, refund_no: str) -> None:
        """Bring money back; see the port. Raise NothingToBounce unless it had gone out."""
        now = self._clock()
        with open_book(_account()) as book:
            row = book.row(refund_no)
            if row.state is not ProviderState.SUCCEEDED:
                raise NothingToBounce(number=refund_no, state=str(row.state))
            row = book.turn(row, ProviderState.FAILED, now, because="account closed")
            book.call_back(row, book.misbehaviour(), now)

    def settle(self, refund_no: str) -> None:
        """Finish a pending refund now, as it was to end."""
        now = self._clock()
        with open_book(_account()) as book:
            row = book.row(refund_no)
            if row.state is not ProviderState.PENDING:
                return
            state = ProviderState(row.settles_as or ProviderState.SUCCEEDED)
            because = "payee's bank refused" if state is ProviderState.FAILED else ""
            row = book.turn(row, state, now, because=because)
            book.call_back(row, book.misbehaviour(), now)

    def _work(
        self,
        book: Book,
        row: Row,
        amount: Money,
        payment_reference: str,
        wrong: Misbehaviour,
        now: datetime,
    ) -> str:
        """Do what is asked, unless it is done; return why it is refused, empty when it is not."""
        if (row.amount, row.payment_reference) != (amount, payment_reference):
            return "number used for another refund"
        if row.version and row.state is not ProviderState.FAILED:
            return ""  # done or being done: the same number is the same refund
        if wrong.refuses_always or wrong.fail_next > 0:
            book.turn(row, ProviderState.FAILED, now, because=_ON_DEMAND)
            return _ON_DEMAND
        if wrong.pending_seconds is None:
            row = book.turn(row, ProviderState.SUCCEEDED, now)
        else:
            end = ProviderState.FAILED if wrong.pending_fails else ProviderState.SUCCEEDED
            at = now + timedelta(seconds=wrong.pending_seconds)
            row = book.turn(row, ProviderState.PENDING, now, settles_at=at, settles_as=end)
        book.call_back(row, wrong, now)
        return ""

    def _count_down(self, book: Book, wrong: Misbehaviour, refusal: str) -> None:
        left = replace(
            wrong,
            lose_next=max(0, wrong.lose_next - 1),
            fail_next=max(0, wrong.fail_next - int(refusal == _ON_DEMAND)),
        )
        if left != wrong:
            book.misbehave(left)

    def _answer_slowly(self, wrong: Misbehaviour) -> None:
        if wrong.slow_seconds > 0:
            self._sleep(min(wrong.slow_seconds, _PATIENCE_SECONDS))
        if wrong.lose_next > 0 or wrong.slow_seconds > _PATIENCE_SECONDS:
            raise OutcomeUnknown("the sandbox provider did it and lost the answer")


def _account() -> MerchantId:
    merchant_id = active_merchant()
    if merchant_id is None:
        raise MerchantMissing("the sandbox provider keeps one book a merchant")
    return merchant_id
