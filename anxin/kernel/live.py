"""Telling open pages that something changed: ids only, after commit, through PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from anxin.kernel.actors import MerchantId

LIVE_CHANNEL = "anxin_live"


def announce(merchant_id: MerchantId, topic: str, **ids: Any) -> None:
    """Tell every web process that ``topic`` of a merchant changed; sent at commit.

    Topics: ``inbox``, ``conversation:<id>``, ``request:<id>``, ``wallboard``. Ids only: pages
    fetch what they may see through access functions.
    """
    body = json.dumps({"merchant": merchant_id, "topic": topic, **ids}, default=str)
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [LIVE_CHANNEL, body])
