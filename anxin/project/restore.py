"""``anxin restore FILE``: read a backup into an empty installation, and check that all is there."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from anxin.kernel.errors import Conflict, Invalid, Unavailable
from anxin.kernel.guard import ensure_role
from anxin.project import backup, home, migrate, postgres_programs


class NotABackup(Invalid):
    """The file is not a backup of Anxin, or is damaged."""

    code = "not_a_backup"


class RestoreFailed(Unavailable):
    """The backup could not be restored; the database is as it was, empty."""

    code = "restore_failed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, help="a file that `anxin backup` wrote")


def run(arguments: argparse.Namespace) -> int:
    """Restore into the empty installation of ANXIN_HOME and DATABASE_URL."""
    try:
        with tarfile.open(arguments.file, "r:") as tar:
            manifest = _read_manifest(tar)
            _refuse_newer(manifest)
            _refuse_used()
            _restore_files(tar, manifest)
            _restore_database(tar)
    except (tarfile.TarError, EOFError) as error:
        raise NotABackup(f"{arguments.file} is not a backup of Anxin, or is damaged") from error
    different = _differences(manifest["tables"])
    if different:
        raise RestoreFailed(f"tables with other rows than were saved: {', '.join(different)}")
    migrate.run(argparse.Namespace(force=True))
    print(f"{sum(manifest['tables'].values())} rows and {manifest['files']} files are restored.")
    return 0


def _read_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    member = tar.next()
    if member is None or member.name != "manifest.json":
        raise NotABackup
    manifest: dict[str, Any] = json.load(_opened(tar, member))
    if manifest.get("format") != backup.FORMAT:
        raise NotABackup(f"format {manifest.get('format')} is unknown to this version of Anxin")
    return manifest


def _refuse_newer(manifest: dict[str, Any]) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {f"{app}.{name}" for app, name in loader.disk_migrations}
    if unknown := sorted(set(manifest["migrations"]) - ours):
        raise Conflict(
            f"the backup was made by Anxin {manifest['anxin']}, which knows {unknown[0]}; "
            f"restore it with that version or a newer one"
        )


def _refuse_used() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise Conflict("the database is not empty; restore into an empty one (ANXIN_HOME)")
    if any((home.HOME / "files").glob("*")):
        raise Conflict(f"{home.HOME / 'files'} is not empty; restore into an empty ANXIN_HOME")


def _restore_files(tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory(dir=home.HOME, prefix=".restore-") as folder:
        kept = [m for m in tar.getmembers() if m.name == "secret-key" or m.name[:6] == "files/"]
        tar.extractall(folder, kept, filter="data")
        found = [path for path in Path(folder, "files").glob("**/*") if path.is_file()]
        if len(found) != manifest["files"]:
            raise NotABackup(f"{manifest['files']} files were saved, {len(found)} are here")
        for name in ("files", "secret-key"):
            if (source := Path(folder, name)).exists():
                target = home.HOME / name
                shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
                source.rename(target)


def _restore_database(tar: tarfile.TarFile) -> None:
    ensure_role()
    with tempfile.TemporaryFile(dir=home.HOME) as dump:
        shutil.copyfileobj(_opened(tar, tar.getmember("database.dump")), dump, 1024 * 1024)
        dump.seek(0)
        result = postgres_programs.run(
            "pg_restore",
            ["--no-owner", "--exit-on-error", "--single-transaction"],
            stdin=dump, stderr=subprocess.PIPE,
        )  # fmt: skip
    if result.returncode:
        raise RestoreFailed(f"pg_restore: {result.stderr.decode(errors='replace').strip()}")


def _opened(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    if file is None:
        raise NotABackup
    return file


def _differences(saved: dict[str, int]) -> list[str]:
    now = backup.count_rows()
    return [name for name in sorted(saved.keys() | now.keys()) if saved.get(name) != now.get(name)]
