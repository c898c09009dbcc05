"""Merchant isolation: which merchant is being acted for, and models that cannot forget it.

Three locks, docs/adr/0003-merchant-isolation.md: access functions filter by the actor's merchant,
the manager below filters by the active one and raises when there is none, and PostgreSQL's row
level security (kernel/guard.py) refuses what slips through.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from django.db import connection, models
from django.db.backends.signals import connection_created
from django.db.models.lookups import Exact
from psycopg.pq import TransactionStatus

from anxin.kernel.actors import MerchantId
from anxin.kernel.ids import uuid7

_active: ContextVar[MerchantId | None] = ContextVar("active_merchant", default=None)


class MerchantMissing(RuntimeError):
    """A tenant table was asked without saying for which merchant."""


def active_merchant() -> MerchantId | None:
    """Return the merchant that is being acted for, if any."""
    return _active.get()


@contextmanager
def acting_for(merchant_id: MerchantId | None) -> Iterator[None]:
    """Act for one merchant: scope managers and PostgreSQL's row level security to it.

    Nests; the former merchant is restored at the end. ``None`` closes every tenant table.
    """
    before = _active.get()
    token = _active.set(merchant_id)
    _tell_database(merchant_id)
    try:
        yield
    finally:
        _active.reset(token)
        _tell_database(before)


def _tell_database(merchant_id: MerchantId | None) -> None:
    raw = connection.connection
    if raw is None or raw.closed:
        return  # told when the connection is made, below
    if raw.info.transaction_status == TransactionStatus.INERROR:
        return  # the coming rollback restores the former value
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('anxin.merchant_id', %s, false)",
            ["" if merchant_id is None else str(merchant_id)],
        )


def _tell_new_connection(**_: Any) -> None:
    if _active.get() is not None:
        _tell_database(_active.get())


connection_created.connect(_tell_new_connection, dispatch_uid="anxin.tenancy")

M = TypeVar("M", bound=models.Model)


class TenantManager(models.Manager[M]):
    """Sees only the active merchant's rows; raises MerchantMissing when there is none."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the active merchant's rows."""
        merchant_id = _active.get()
        if merchant_id is None:
            raise MerchantMissing(f"{self.model.__name__}: enter acting_for(merchant_id) first")
        return super().get_queryset().filter(merchant_id=merchant_id)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key inside one merchant: every join compares the merchant as well.

    The composite constraint (merchant_id, x_id) → (merchant_id, id) is made by kernel/guard.py.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        super().__init__(*args, **kwargs)

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        """Return the join condition on the merchant."""
        mine: Any = self.model._meta.get_field("merchant")
        theirs: Any = self.related_model._meta.get_field("merchant")
        return Exact(mine.get_col(alias), theirs.get_col(related_alias))

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, Any]:
        """Return the filter for following the key from a row in hand."""
        return {"merchant_id": instance.merchant_id}


class TenantModel(models.Model):
    """A row of one merchant's data. Updates are addressed by merchant and id, never move it."""

    # Rows that are only ever added: kernel/guard.py takes UPDATE and DELETE from the application.
    append_only: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(
        "merchants.Merchant",
        models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        editable=False,
    )

    objects = TenantManager()

    class Meta:
        abstract = True

    def _do_update(
        self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any, **kwargs: Any
    ) -> Any:
        scoped = base_qs.filter(merchant_id=self.merchant_id)
        kept = [value for value in values if value[0].attname != "merchant_id"]
        return super()._do_update(scoped, using, pk_val, kept, *rest, **kwargs)
