"""Telling open pages that a conversation changed: ids only, after commit."""

from __future__ import annotations

from anxin.domains.conversations.models import Conversation
from anxin.kernel import live
from anxin.kernel.actors import MerchantId


def tell_changed(row: Conversation) -> None:
    """Tell the pages that show the conversation, and the inbox."""
    merchant = MerchantId(row.merchant_id)
    ids = {"conversation": row.pk, "seq": row.last_seq}
    live.announce(merchant, f"conversation:{row.pk}", **ids)
    live.announce(merchant, "inbox", **ids)
