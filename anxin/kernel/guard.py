"""The database's own locks, made anew after every migration from the models themselves.

Nobody can forget them: row level security on every tenant table, one composite foreign key for
each TenantForeignKey, append-only tables, the application's role, and the SQL functions in the
apps' ``sql`` folders. Every step may run twice. See docs/adr/0003-merchant-isolation.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from anxin.kernel.tenancy import TenantForeignKey, TenantModel

APP_ROLE = "anxin_app"


def tenant_models() -> list[type[TenantModel]]:
    """Return every concrete model of tenant data, in table order."""
    found = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    return sorted(found, key=lambda model: model._meta.db_table)


def guard_database(**_: Any) -> None:
    """Apply all locks. Runs as the owner, after ``migrate``; the application changes none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select current_user")
        if cursor.fetchone() == (APP_ROLE,):
            return
        cursor.execute("select pg_advisory_xact_lock(hashtext('anxin.guard'))")
        for statement in _statements():
            cursor.execute(statement)


def ensure_role() -> None:
    """Create the application's role unless the server has it. Runs as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)


_ROLE = (
    f"do $$ begin if not exists (select from pg_roles where rolname = '{APP_ROLE}') then "
    f"create role {APP_ROLE} login nosuperuser nobypassrls; end if; "
    f"exception when duplicate_object or unique_violation then null; end $$"
)


def _statements() -> Iterator[Any]:
    yield _ROLE
    yield (
        f"do $$ begin if not pg_has_role(current_user, '{APP_ROLE}', 'set') then "
        f"grant {APP_ROLE} to current_user; end if; exception when undefined_object or "
        f"invalid_parameter_value then grant {APP_ROLE} to current_user; end $$"
    )
    yield f"grant usage on schema public to {APP_ROLE}"
    yield f"grant select, insert, update, delete on all tables in schema public to {APP_ROLE}"
    yield f"grant usage, select, update on all sequences in schema public to {APP_ROLE}"
    models = tenant_models()
    for model in models:
        yield from _isolation(model._meta.db_table)
        if model.append_only:
            yield f"revoke update, delete on {model._meta.db_table} from {APP_ROLE}"
    for model in models:
        yield from _composite_keys(model)
    yield from _functions()


def _isolation(table: str) -> Iterator[Any]:
    mine = "merchant_id = nullif(current_setting('anxin.merchant_id', true), '')::bigint"
    yield f"alter table {table} enable row level security"
    yield f"drop policy if exists one_merchant on {table}"
    yield f"create policy one_merchant on {table} using ({mine}) with check ({mine})"
    yield _unless_constraint(
        f"{table}_tenant_key",
        f"alter table {table} add constraint {table}_tenant_key unique (merchant_id, id)",
    )


def _composite_keys(model: type[TenantModel]) -> Iterator[Any]:
    table = model._meta.db_table
    for field in model._meta.local_fields:
        if isinstance(field, TenantForeignKey):
            name = f"{table}_{field.column}_tenant_fk"[:63]
            target = field.related_model._meta.db_table
            yield _unless_constraint(
                name,
                f"alter table {table} add constraint {name} foreign key (merchant_id, "
                f"{field.column}) references {target} (merchant_id, id) "
                f"deferrable initially deferred",
            )


def _unless_constraint(name: str, statement: str) -> Any:
    return sql.SQL(
        "do $guard$ begin if not exists (select from pg_constraint where conname = {name}) "
        "then {statement}; end if; end $guard$"
    ).format(name=sql.Literal(name), statement=sql.SQL(statement))


def _functions() -> Iterator[str]:
    for config in apps.get_app_configs():
        for path in sorted((Path(config.path) / "sql").glob("*.sql")):
            yield path.read_text(encoding="utf-8")
