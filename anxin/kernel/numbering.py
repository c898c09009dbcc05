"""Numbers that people read: short, per merchant, without gaps that tell other merchants' volume."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from anxin.kernel.ids import uuid7
from anxin.kernel.tenancy import MerchantMissing, active_merchant

# The day in a number is the merchant's day; Chinese merchants first (PRODUCT.md).
_ZONE = ZoneInfo("Asia/Shanghai")


def next_number(prefix: str, now: datetime) -> str:
    """Return the next number of a series, such as ``AS26112400001``: prefix, day, count.

    The counter row stays locked until the transaction ends.
    """
    merchant_id = active_merchant()
    if merchant_id is None:
        raise MerchantMissing("a number belongs to a merchant")
    series = f"{prefix}{now.astimezone(_ZONE):%y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_counter (id, merchant_id, series, value) values (%s, %s, %s, 1) "
            "on conflict (merchant_id, series) do update set value = kernel_counter.value + 1 "
            "returning value",
            [uuid7(), merchant_id, series],
        )
        (value,) = cursor.fetchone()
    return f"{series}{value:05d}"
