"""Shared test set-up: a real PostgreSQL, migrated by its owner, used through the guarded role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from anxin.kernel.guard import APP_ROLE
from anxin.project import embedded_postgres


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Start the embedded server, and connect as the owner until the schema stands."""
    database = connections.databases["default"]
    if not os.environ.get("DATABASE_URL"):
        embedded_postgres.start(settings.CLUSTER)
        database["USER"] = embedded_postgres.OWNER
    database["OPTIONS"].pop("options", None)
    connections["default"].close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After migrating, give up the owner's rights: tests run under row level security."""
    with django_db_blocker.unblock():
        connection = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute(f"grant truncate on all tables in schema public to {APP_ROLE}")
        connection.close()
        connection.settings_dict["OPTIONS"]["options"] = f"-c role={APP_ROLE}"
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["OPTIONS"].pop("options", None)


@pytest.fixture(autouse=True)
def _no_jobs_of_earlier_tests(request: pytest.FixtureRequest) -> None:
    """Empty Procrastinate's tables: its models are unmanaged, so Django's flush skips them."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        return
    request.getfixturevalue("transactional_db")
    with connections["default"].cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")
