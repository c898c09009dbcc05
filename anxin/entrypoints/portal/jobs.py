"""What the portal does later: send the sign-in codes."""

from __future__ import annotations

from typing import cast

from anxin.entrypoints.portal.events import SignInCodeAsked
from anxin.entrypoints.portal.sign_in import send_code
from anxin.kernel.actors import MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.events import listen
from anxin.kernel.plugs import plugged
from anxin.kernel.ports import CodeSender


@listen(SignInCodeAsked)
def send_what_was_asked(event: SignInCodeAsked, merchant: MerchantId) -> None:
    """Send the code, if the order and the address belong together.

    Not while the page waits: how long an answer takes must not tell whether an order exists.
    """
    sender = cast(CodeSender, plugged("code_sender"))
    send_code(merchant, event.code_id, sender, now=utcnow())
