"""Removing the sample merchant: everything that carries its number, in one transaction."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction

from anxin.kernel.guard import tenant_models


@transaction.atomic
def erase(merchant_id: int) -> None:
    """Remove a merchant with all its rows. Runs as the owner: facts are append-only for all others.

    Keys between tenant tables are checked at the end of the transaction, so order does not matter.
    """
    with connection.cursor() as cursor:
        for model in tenant_models():
            cursor.execute(
                f"delete from {model._meta.db_table} where merchant_id = %s", [merchant_id]
            )
        cursor.execute(
            "delete from procrastinate_jobs where (args->>'merchant_id')::bigint = %s",
            [merchant_id],
        )
    users = apps.get_model("merchants", "User").objects.filter(merchant_id=merchant_id)
    users.delete()
    apps.get_model("merchants", "Merchant").objects.get(pk=merchant_id).delete()
