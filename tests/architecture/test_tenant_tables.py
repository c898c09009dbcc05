"""Every table with merchant data is locked: by its base class, by row security, by its keys."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Index

from anxin.kernel.guard import APP_ROLE, tenant_models
from anxin.kernel.tenancy import TenantForeignKey, TenantModel

pytestmark = pytest.mark.django_db

# Tables that tell which merchant somebody belongs to, or that belong to none: asked before a
# merchant is known. A new one needs a reason here.
SHARED = {
    "merchants.Merchant": "the tenant itself",
    "merchants.User": "signing in tells the merchant",
    "merchants.ApiKey": "the key tells the merchant",
    "merchants.SiteAddress": "the public address tells the merchant",
    "kernel.StreamCursor": "one reader serves every merchant",
}


def _ours() -> list[type]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("anxin.")
    ]


def _all(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def test_every_table_of_ours_belongs_to_a_merchant_or_says_why_not() -> None:
    loose = {
        model._meta.label  # type: ignore[attr-defined]
        for model in _ours()
        if not issubclass(model, TenantModel) and "merchants.User_" not in model._meta.label  # type: ignore[attr-defined]
    }

    assert loose - SHARED.keys() == set(), "derive from TenantModel, or give a reason in SHARED"


def test_every_tenant_table_has_row_security_and_its_policy() -> None:
    secured = {
        name
        for (name,) in _all(
            "select c.relname from pg_class c join pg_policy p on p.polrelid = c.oid "
            "where c.relrowsecurity and p.polname = 'one_merchant' "
            "and p.polqual is not null and p.polwithcheck is not null"
        )
    }

    assert {model._meta.db_table for model in tenant_models()} - secured == set()


def test_no_table_with_a_merchant_column_is_without_row_security() -> None:
    open_tables = {
        name
        for (name,) in _all(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid "
            "join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public' "
            "where c.relkind in ('r', 'p') and a.attname = 'merchant_id' and not a.attisdropped "
            "and not c.relrowsecurity"
        )
    }
    shared = {apps.get_model(label)._meta.db_table for label in SHARED}

    assert open_tables - shared == set()


def test_every_tenant_key_is_composite() -> None:
    there = {
        (str(table), str(definition))
        for table, definition in _all(
            "select conrelid::regclass::text, pg_get_constraintdef(oid) "
            "from pg_constraint where contype = 'f'"
        )
    }
    for model in tenant_models():
        for column in model._meta.local_fields:
            if isinstance(column, TenantForeignKey):
                target = column.related_model._meta.db_table
                wanted = (
                    f"FOREIGN KEY (merchant_id, {column.column}) "
                    f"REFERENCES {target}(merchant_id, id) DEFERRABLE INITIALLY DEFERRED"
                )
                assert (model._meta.db_table, wanted) in there, f"{model._meta.label}.{column.name}"


def test_no_key_between_tenant_tables_forgets_the_merchant() -> None:
    for model in tenant_models():
        for column in model._meta.local_fields:
            target = column.related_model
            if isinstance(target, type) and issubclass(target, TenantModel):
                assert isinstance(column, TenantForeignKey), f"{model._meta.label}.{column.name}"


def test_every_list_index_and_unique_key_begins_with_the_merchant() -> None:
    """STACK.md, schema rule 2; sweeps across merchants are the exception, by partial index."""
    for model in tenant_models():
        for constraint in model._meta.constraints:
            columns = getattr(constraint, "fields", ())
            if columns:
                assert columns[0] == "merchant", f"{model._meta.label}: {constraint.name}"
        for index in model._meta.indexes:
            # Of others, such as the words of messages, row security filters what they find.
            is_list = type(index) is Index and index.condition is None
            if is_list and index.fields and index.name not in SWEEPS:
                assert index.fields[0] == "merchant", f"{model._meta.label}: {index.name}"


# Indexes of functions that look across merchants.
SWEEPS = {"event_stream", "idempotency_age"}


def test_append_only_tables_cannot_be_changed_by_the_application() -> None:
    for model in tenant_models():
        if model.append_only:
            rights = _all(
                f"select has_table_privilege('{APP_ROLE}', '{model._meta.db_table}', 'update'), "
                f"has_table_privilege('{APP_ROLE}', '{model._meta.db_table}', 'delete')"
            )
            assert rights == [(False, False)], model._meta.label


def test_functions_that_pass_row_security_fix_their_search_path() -> None:
    loose = _all(
        "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
        "where n.nspname = 'public' and prosecdef and not exists ("
        "select from unnest(coalesce(proconfig, '{}')) c where c like 'search_path=%')"
    )

    assert loose == []
