"""The table of commands, and what surrounds every one: Django, the database, errors in words."""

from __future__ import annotations

import argparse
import errno
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import ModuleType
from typing import Literal

from anxin.project.embedded_postgres import DatabaseTrouble


@dataclass(frozen=True, slots=True)
class Command:
    """One command: a module with ``add_arguments(parser)`` and ``run(args) -> int``.

    ``role`` says who it is for the database: ``app`` is held by row level security, ``owner`` may
    alter tables, ``None`` brings neither Django nor a database up.
    """

    module: str
    summary: str
    role: Literal["app", "owner"] | None = "app"

    @property
    def exists(self) -> bool:
        """Return whether the module is there (looked up without importing it)."""
        return importlib.util.find_spec(self.module) is not None


_CLI = "anxin.entrypoints.cli"
COMMANDS = {
    "serve": Command("anxin.project.serve", "run everything: database, web, worker", None),
    "web": Command("anxin.project.web", "run one web process (serve starts these)", None),
    "worker": Command("anxin.project.work", "run one worker process (serve starts these)", None),
    "migrate": Command("anxin.project.migrate", "bring the database to this version", "owner"),
    "demo": Command(f"{_CLI}.demo", "load, reset or describe the sample data", "owner"),
    "import": Command(f"{_CLI}.imports", "read orders, products or shipments from a file"),
    "export": Command(f"{_CLI}.export", "write orders, requests, refunds … to CSV or XLSX"),
    "decide": Command(f"{_CLI}.decide", "show what the policy says of one line of an order"),
    "doctor": Command("anxin.project.doctor", "check this installation", "owner"),
    "backup": Command(
        "anxin.project.backup", "write database, files and key into one file", "owner"
    ),
    "restore": Command(
        "anxin.project.restore", "read a backup into an empty installation", "owner"
    ),
    "bench": Command("anxin.project.bench", "measure this machine against its own limits", None),
}


def run(argv: Sequence[str]) -> int:
    """Run one command; return the exit status."""
    name = next((word for word in argv if not word.startswith("-")), None)
    parser = _parser()
    if name not in COMMANDS or argv[0] in ("-h", "--help", "--version"):
        parser.parse_args(argv)
        parser.print_help()
        return 2
    try:
        return _run_one(COMMANDS[name], name, list(argv[list(argv).index(name) + 1 :]))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output left, as "| head" does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if (sentence := _in_words(error)) is None:
            raise
        print(f"anxin {name}: {sentence}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anxin", description="Anxin 安心售后: after-sales system of an e-commerce business."
    )
    parser.add_argument("--version", action="version", version=f"anxin {version('anxin')}")
    commands = parser.add_subparsers(metavar="command", dest="command")
    for name, command in COMMANDS.items():
        if command.exists:
            commands.add_parser(name, help=command.summary, add_help=False)
    return parser


def _run_one(command: Command, name: str, argv: list[str]) -> int:
    if not command.exists:
        print(f"anxin {name}: not part of this installation", file=sys.stderr)
        return 2
    if command.role == "owner":
        os.environ["ANXIN_DATABASE_ROLE"] = "owner"
    if command.role:
        import django

        django.setup()
    module = importlib.import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"anxin {name}", description=command.summary)
    module.add_arguments(parser)
    arguments = parser.parse_args(argv)
    if not command.role:
        return int(module.run(arguments))
    return _with_database(module, arguments)


def _with_database(module: ModuleType, arguments: argparse.Namespace) -> int:
    from anxin.project import embedded_postgres, home

    if not home.has_own_database():
        return int(module.run(arguments))
    embedded_postgres.start(home.CLUSTER)
    try:
        return int(module.run(arguments))
    finally:
        from django.db import connections

        connections.close_all()
        embedded_postgres.stop_if_last(home.CLUSTER)


def _in_words(error: Exception) -> str | None:
    """Return a sentence for what an operator can put right; None for what is our own bug."""
    if isinstance(error, DatabaseTrouble):
        return str(error)
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"the disk is full; make room and try again ({error.filename or 'no file'})"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"no right to write {error.filename}; choose another folder with ANXIN_HOME"
        if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
            return f"{error.strerror}: {error.filename}"
        return None
    from anxin.kernel.errors import DomainError

    if isinstance(error, DomainError):
        fields = ", ".join(f"{key}={value}" for key, value in error.fields.items())
        return f"{error}" + (f" ({fields})" if fields else "")
    return _database_in_words(error)


def _database_in_words(error: Exception) -> str | None:
    if "psycopg" not in sys.modules:
        return None
    import psycopg
    from django.db import OperationalError, ProgrammingError

    words = " ".join(str(error).split())
    if isinstance(error, OperationalError | psycopg.OperationalError):
        return f"the database does not answer: {words}"
    is_other_schema = isinstance(error, ProgrammingError | psycopg.ProgrammingError)
    if is_other_schema and "does not exist" in words and "migrate" not in sys.argv[1:]:
        return f"the database is not that of this version; run `anxin migrate` ({words})"
    return None
