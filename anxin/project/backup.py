"""``anxin backup FILE``: database, photos and secret key in one file, while everything runs.

A tar archive: ``manifest.json`` (what is inside, rows of every table), ``database.dump``
(pg_dump's custom format), ``secret-key``, ``files/…``. It holds personal data and secrets.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from anxin.kernel.clock import utcnow
from anxin.kernel.errors import Conflict, Unavailable
from anxin.project import home, postgres_programs

FORMAT = 1


class BackupFailed(Unavailable):
    """The backup could not be written."""

    code = "backup_failed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, help="where to write, such as anxin-2026-11-24.tar")
    parser.add_argument("--force", action="store_true", help="overwrite the file")


def run(arguments: argparse.Namespace) -> int:
    """Write the backup."""
    target: Path = arguments.file.absolute()
    if target.exists() and not arguments.force:
        raise Conflict(f"{target} exists; --force overwrites it")
    manifest = write_backup(target)
    rows = sum(manifest["tables"].values())
    print(f"{target}: {rows} rows, {manifest['files']} files, {target.stat().st_size} bytes")
    return 0


def write_backup(target: Path) -> dict[str, Any]:
    """Write a complete backup beside ``target``, then put it in its place; return its manifest."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".anxin-backup-") as folder:
        dump, archive = Path(folder) / "database.dump", Path(folder) / "archive"
        manifest = _dump_database(dump)
        # Files after rows: a row's bytes are always written before the row.
        stored = [path for path in (home.HOME / "files").glob("**/*") if path.is_file()]
        manifest["files"] = len(stored)
        with open(archive, "xb", opener=_private) as raw:
            with tarfile.open(fileobj=raw, mode="w") as tar:
                _add_bytes(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
                tar.add(dump, "database.dump")
                if (key := home.HOME / "secret-key").exists():
                    tar.add(key, "secret-key")
                for path in stored:
                    tar.add(path, path.relative_to(home.HOME).as_posix())
            raw.flush()
            os.fsync(raw.fileno())
        archive.replace(target)
    return manifest


def _dump_database(target: Path) -> dict[str, Any]:
    """Dump one moment of the database, and count the rows of the same moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read")
        cursor.execute("select pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        manifest = {
            "format": FORMAT,
            "anxin": version("anxin"),
            "made_at": utcnow().isoformat(),
            "tables": count_rows(),
            "migrations": applied_migrations(),
        }
        with open(target, "xb", opener=_private) as output:
            result = postgres_programs.run(
                "pg_dump", ["--format=custom", f"--snapshot={snapshot}"],
                stdout=output, stderr=subprocess.PIPE,
            )  # fmt: skip
    if result.returncode:
        raise BackupFailed(f"pg_dump: {result.stderr.decode(errors='replace').strip()}")
    return manifest


def count_rows() -> dict[str, int]:
    """Return the number of rows of every table, by the owner's eyes."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [row[0] for row in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f"select count(*) from {connection.ops.quote_name(table)}")
            counts[table] = int(cursor.fetchone()[0])
    return counts


def applied_migrations() -> list[str]:
    """Return the names of the migrations that the database has seen."""
    with connection.cursor() as cursor:
        cursor.execute("select app || '.' || name from django_migrations order by 1")
        return [row[0] for row in cursor.fetchall()]


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
