"""``anxin doctor``: check this installation, and say what to do about what is wrong."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from anxin.kernel.guard import APP_ROLE, tenant_models
from anxin.project import backup, home, migrate, translations

_LITTLE_DISK_MB = 1024
_MEMORY_MIB = 350
_WAITING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``is_fine`` is None for what is only worth knowing."""

    check: str
    is_fine: bool | None
    detail: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print all findings; the exit status is 1 if something is wrong."""
    findings = [finding for check in _CHECKS for finding in _run_check(check)]
    if arguments.json:
        print(json.dumps([dataclasses.asdict(f) for f in findings], indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{_MARKS[finding.is_fine]}  {finding.check:<14} {finding.detail}")
    return int(any(finding.is_fine is False for finding in findings))


_MARKS = {True: "ok   ", False: "WRONG", None: "     "}


def _run_check(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except (DatabaseError, OSError) as error:
        name = check.__name__.strip("_").replace("_", " ")
        yield Finding(name, False, str(error).strip().splitlines()[0])


def _installation() -> Iterator[Finding]:
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield Finding("data folder", None, str(home.HOME))
    free = shutil.disk_usage(home.HOME).free // 2**20
    yield Finding("disk", free > _LITTLE_DISK_MB, f"{free} MB free")
    key = home.HOME / "secret-key"
    if key.exists():
        is_private = not key.stat().st_mode & 0o077
        yield Finding("secret key", is_private, "private" if is_private else f"chmod 600 {key}")
    compiled = translations.all_compiled(home.ROOT / "anxin")
    yield Finding("translations", compiled, "compiled" if compiled else "run `anxin migrate`")
    collected = migrate.static_files_are_collected()
    yield Finding("static files", collected, "collected" if collected else "run `anxin migrate`")


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int, version()")
        number, words = cursor.fetchone()
        kind = "embedded" if home.has_own_database() else "DATABASE_URL"
        yield Finding("postgresql", number >= 150_000, f"{' '.join(words.split()[:2])}, {kind}")
        cursor.execute("select pg_size_pretty(pg_database_size(current_database()))")
        yield Finding("size", None, cursor.fetchone()[0])
        cursor.execute("select name from pg_settings where name in ('fsync', 'full_page_writes')"
                       " and setting = 'off'")  # fmt: skip
        unsafe = [row[0] for row in cursor.fetchall()]
        yield Finding("durability", not unsafe, f"off: {', '.join(unsafe)}" if unsafe else "on")
    is_prepared = migrate.database_is_prepared(migrate.owner_url())
    yield Finding("schema", is_prepared, "up to date" if is_prepared else "run `anxin migrate`")


def _merchant_isolation() -> Iterator[Finding]:
    """Row level security is what keeps merchants apart when all else fails."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = %s", [APP_ROLE]
        )
        row = cursor.fetchone()
        if row is None:
            return  # before the first migration, which the check of the schema tells
        words = "passes row level security" if row[0] else "is held by row level security"
        yield Finding("role", not row[0], f"{APP_ROLE} {words}")
        cursor.execute("select relname from pg_class where relrowsecurity")
        guarded = {row[0] for row in cursor.fetchall()}
    tables = {model._meta.db_table for model in tenant_models()}
    bare = sorted(tables - guarded)
    words = f"not guarded: {', '.join(bare)}" if bare else f"{len(tables)} tables guarded"
    yield Finding("isolation", not bare, words)


def _work() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("select kernel_living_workers()")
        workers = cursor.fetchone()[0]
        cursor.execute("select count(*) filter (where status = 'todo'),"
                       " count(*) filter (where status = 'failed') from procrastinate_jobs"
                       " where status in ('todo', 'failed')")  # fmt: skip
        waiting, failed = cursor.fetchone()
        # Only with a server running is a silent worker a fault.
        yield Finding("workers", bool(workers) if _running() else None, f"{workers} at work")
        yield Finding("jobs", failed == 0, f"{waiting} waiting, {failed} failed for good")
        cursor.execute("select name, seconds from kernel_projection_lag()")
        for name, seconds in cursor.fetchall():
            is_near = seconds < _WAITING_SECONDS if _running() else None
            yield Finding(f"figures {name}", is_near, f"{seconds:.1f} s behind")


def _processes() -> Iterator[Finding]:
    running = _running()
    if not running:
        yield Finding("processes", None, "anxin serve is not running here")
        return
    sizes = {name: memory_mib(pid) for name, pid in running.items()}
    for name, size in sizes.items():
        yield Finding(name, size is not None, "gone" if size is None else f"{size:.0f} MiB")
    total = sum(size for size in sizes.values() if size)
    yield Finding("memory", total <= _MEMORY_MIB, f"{total:.0f} MiB of {_MEMORY_MIB} (PSS)")


def _running() -> dict[str, int]:
    """Return the processes of the ``anxin serve`` of this home, by name."""
    try:
        note: dict[str, Any] = json.loads((home.RUN / "serve.json").read_text())
    except (OSError, ValueError):
        return {}
    return {"supervisor": note["pid"], **note["children"]}


def memory_mib(pid: int) -> float | None:
    """Return a process's share of memory (PSS); shared pages are divided among who shares them."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            kib = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return None
    return kib / 1024


def _files() -> Iterator[Finding]:
    """Every stored file's bytes lie where its row says."""
    with connection.cursor() as cursor:
        cursor.execute("select merchant_id, sha256 from kernel_storedfile")
        rows = cursor.fetchall()
    folder = settings.ANXIN_HOME / "files"
    lost = [sha for owner, sha in rows if not (folder / str(owner) / sha[:2] / sha).exists()]
    yield Finding(
        "files", not lost, f"{len(lost)} of {len(rows)} are lost" if lost else f"{len(rows)}"
    )
    rows_in_all = sum(backup.count_rows().values())
    yield Finding("rows", None, f"{rows_in_all} in all tables")


_CHECKS = (_installation, _database, _merchant_isolation, _work, _files, _processes)
