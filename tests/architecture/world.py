"""A whole merchant, one row of every tenant table, each of its texts marked.

Rows are made from the models themselves, so that a new table is in the world without being asked.
Where a table's own rules ask for more than a marked text, OVERRIDES says what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import IntegrityError, connection, models, transaction
from django.db.models.fields import NOT_PROVIDED
from django.db.utils import DataError

from anxin.domains.merchants.models import ApiKey, User
from anxin.domains.merchants.public import issue_key
from anxin.kernel.guard import tenant_models
from anxin.kernel.ids import uuid7
from anxin.kernel.models import Xid8Field
from anxin.kernel.tenancy import TenantModel, acting_for
from tests.builders import NOON, House, build_house

# No text of ours contains it; every text of the marked merchant does.
MARK = "ZQBORDER"

_DECISION = {
    "verdict": "review",
    "freight_payer": None,
    "policy_version": MARK,
    **{name: [] for name in ("reasons", "offers", "lines", "clauses", "deadlines", "duties")},
    "evidence_missing": [],
}

OVERRIDES: dict[str, dict[str, Any]] = {
    "commerce.Order": {"state": "delivered"},
    "commerce.OrderLine": {"quantity": 2, "payable_minor": 200, "gross_minor": 200},
    "aftersales.AfterSalesRequest": {
        "state": "reviewing",
        "due_at": NOON,
        "ended_at": None,
        "decision": _DECISION,
        "reason": "no_reason",
    },
    "aftersales.RequestLine": {"units": [[0, 1]]},
    "aftersales.Inspection": {"expected": 1, "accepted": 1, "rejected": 0, "missing": 0},
    "aftersales.DispositionRecord": {"disposition": "scrap"},
    "conversations.Conversation": {"state": "waiting_us"},
    "finance.PaymentBalance": {"captured_minor": 100, "reserved_minor": 0, "refunded_minor": 0},
    "finance.LedgerEntry": {"amount_minor": 0},
    "finance.Refund": {"state": "held", "source_kind": "request"},
}


@dataclass
class World:
    """One merchant's rows, by model label."""

    house: House
    rows: dict[str, TenantModel] = field(default_factory=dict)
    key_id: UUID | None = None

    def id_of(self, label: str) -> UUID:
        """Return the id of the marked row of a model."""
        return UUID(str(self.rows[label].pk))

    def value(self, label: str, name: str) -> str:
        """Return a column of the marked row of a model."""
        return str(getattr(self.rows[label], name))


def build_world(slug: str = "zqworld") -> World:
    """Return a merchant of whom every tenant table holds a marked row."""
    world = World(build_house("别家", slug))
    with acting_for(world.house.merchant_id):
        for model in tenant_models():
            _row(world, model)
    # A shared table, but what it holds is the merchant's all the same.
    issue_key(world.house.merchant_id, MARK, [])
    world.key_id = ApiKey.objects.get(merchant_id=world.house.merchant_id).pk
    return world


def fingerprint(world: World) -> dict[str, str]:
    """Return what every tenant table holds of this merchant, to see whether it was touched."""
    found = {}
    with acting_for(world.house.merchant_id), connection.cursor() as cursor:
        for model in tenant_models():
            cursor.execute(
                f"select count(*) || coalesce(md5(string_agg(t::text, '|' order by t.id)), '') "
                f"from {model._meta.db_table} t"
            )
            found[model._meta.label] = cursor.fetchone()[0]
    return found


def _row(world: World, model: type[TenantModel]) -> TenantModel:
    label = model._meta.label
    if label in world.rows:
        return world.rows[label]
    given = OVERRIDES.get(label, {})
    values = {
        column.attname if isinstance(column, models.ForeignKey) else column.name: value
        for column in model._meta.local_fields
        if column.name not in {"id", "merchant"}
        for value in [given.get(column.name, _value(world, model, column))]
        if value is not NOT_PROVIDED
    }
    row = model(merchant_id=world.house.merchant_id, **values)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            row.save(force_insert=True)
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
    except (IntegrityError, DataError, ValueError) as error:
        pytest.fail(
            f"No marked row of {label} could be made: {error}\n"
            f"Say in OVERRIDES of tests/architecture/world.py which values this table accepts."
        )
    world.rows[label] = row
    return row


def _value(world: World, model: type[TenantModel], column: models.Field[Any, Any]) -> Any:
    if isinstance(column, models.ForeignKey):
        return _related(world, model, column)
    if isinstance(column, SearchVectorField | Xid8Field):
        return NOT_PROVIDED
    if isinstance(column, ArrayField):
        return [MARK] if isinstance(column.base_field, models.CharField) else []
    if column.choices:
        return next(iter(column.choices))[0]
    if isinstance(column, models.CharField | models.TextField):
        return _text(column)
    if column.has_default() or column.db_default is not NOT_PROVIDED:
        return NOT_PROVIDED
    for kind, value in _PLAIN:
        if isinstance(column, kind):
            return value() if callable(value) else value
    return NOT_PROVIDED


def _related(world: World, model: type[TenantModel], column: models.ForeignKey[Any, Any]) -> Any:
    target = column.related_model
    if target is User:
        return User.objects.get_or_create(
            username=f"{MARK}-{model.__name__}", merchant_id=world.house.merchant_id
        )[0].pk
    if target is model:
        return NOT_PROVIDED
    return _row(world, target).pk


def _text(column: models.Field[Any, Any]) -> Any:
    if column.has_default() and column.default not in ("", None) and not callable(column.default):
        return NOT_PROVIDED
    if column.name == "currency":
        return "CNY"
    limit = column.max_length or 200
    return f"{MARK}-{column.name}".replace("_", "-")[:limit] if limit >= len(MARK) else "X"


_PLAIN: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.UUIDField, uuid7),
    (models.DateTimeField, NOON),
    (models.DateField, NOON.date()),
    (models.BooleanField, False),
    (models.JSONField, lambda: {"text": MARK}),
    (models.BinaryField, b""),
    (models.IntegerField, 1),
    (models.DecimalField, 1),
)
