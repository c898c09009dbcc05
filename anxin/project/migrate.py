"""``anxin migrate``: tables, locks, static files and translations as this version needs them.

Starting again is quick: what was prepared carries a fingerprint of the files it was made from, and
``is_prepared`` compares it without loading Django.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from anxin.project import home, translations

_PACKAGE = home.ROOT / "anxin"
_STAMP = "anxin_prepared"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--force", action="store_true", help="even if nothing seems to have changed"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prepare database and files, one process at a time."""
    with _only_one():
        if arguments.force or not database_is_prepared(owner_url()):
            migrate()
        else:
            print("The database is up to date.")
        if arguments.force or not static_files_are_collected():
            collect_static_files()
    translations.compile_all(_PACKAGE)
    return 0


def is_prepared(url: str) -> bool:
    """Return whether ``anxin migrate`` would find nothing to do. Needs no Django."""
    return (
        translations.all_compiled(_PACKAGE)
        and static_files_are_collected()
        and database_is_prepared(url)
    )


def migrate() -> None:
    """Apply migrations and the kernel's locks, then note what they were made from."""
    from django.core.management import call_command
    from django.db import connection

    print("Bringing the database to this version …", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(f"create table if not exists {_STAMP} (fingerprint text primary key)")
        cursor.execute(f"delete from {_STAMP}")
        cursor.execute(f"insert into {_STAMP} values (%s)", [_fingerprint(_schema_files())])
        cursor.execute(f"grant select on {_STAMP} to public")


def database_is_prepared(url: str) -> bool:
    """Return whether the database was migrated from the files that are here now."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(f"select fingerprint from {_STAMP}").fetchone()
    except psycopg.errors.UndefinedTable:
        return False
    return row is not None and row[0] == _fingerprint(_schema_files())


def collect_static_files() -> None:
    """Gather, hash and compress what browsers load."""
    from django.core.management import call_command

    print("Collecting what browsers load …", flush=True)
    stamp = _static_stamp()
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(_fingerprint(_static_files()))


def static_files_are_collected() -> bool:
    """Return whether the collected files are those of this version."""
    stamp = _static_stamp()
    return stamp.exists() and stamp.read_text() == _fingerprint(_static_files())


def owner_url() -> str:
    """Return the address of the database for its owner."""
    return os.environ.get("DATABASE_URL") or home.CLUSTER.url()


@contextmanager
def _only_one() -> Iterator[None]:
    # A session lock on a connection of its own: it covers every statement of every migration.
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('anxin.migrate'))")
        yield


def _static_stamp() -> Path:
    return home.HOME / "static" / ".made-from"


def _schema_files() -> Iterator[Path]:
    yield from _PACKAGE.glob("**/migrations/*.py")
    yield from _PACKAGE.glob("**/sql/*.sql")
    yield from _PACKAGE.glob("**/models.py")
    yield from _PACKAGE.glob("**/models/*.py")
    yield _PACKAGE / "kernel" / "guard.py"
    yield _PACKAGE / "kernel" / "tenancy.py"


def _static_files() -> Iterator[Path]:
    return (path for path in _PACKAGE.glob("**/static/**/*") if path.is_file())


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(_PACKAGE)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
