"""Sign-in codes on a laptop: not sent, but kept where staff can read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from anxin.adapters.sandbox.models import SandboxLetter
from anxin.kernel.clock import utcnow
from anxin.kernel.ports import SentCode
from anxin.kernel.tenancy import MerchantMissing, active_merchant

# Codes are worth something for minutes; what is older only fills the table.
_KEPT_FOR = timedelta(days=1)


class SandboxCodeSender:
    """Implements the kernel's CodeSender and RehearsalCodeSender."""

    def __init__(self, clock: Callable[[], datetime] = utcnow) -> None:
        self._clock = clock

    def send(self, address: str, code: str, language: str) -> None:
        """Keep the code for staff to read."""
        merchant_id, now = active_merchant(), self._clock()
        if merchant_id is None:
            raise MerchantMissing("a code is sent for a merchant")
        SandboxLetter.objects.filter(sent_at__lt=now - _KEPT_FOR).delete()
        SandboxLetter.objects.create(
            merchant_id=merchant_id,
            address=address[:200],
            code=code[:20],
            language=language[:10],
            sent_at=now,
        )

    def sent(self, limit: int = 50) -> Sequence[SentCode]:
        """Return the newest codes, newest first."""
        rows = SandboxLetter.objects.order_by("-sent_at", "-pk")[:limit]
        return [SentCode(row.address, row.code, row.language, row.sent_at) for row in rows]
