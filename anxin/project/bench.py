"""``anxin bench NAME``: measure on a database of its own, beside the limit of the same machine."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import ProxyHandler, build_opener

import psycopg

from anxin.entrypoints.cli.bench import NAMES, Limit, Served
from anxin.project import embedded_postgres, home, migrate, postgres_programs

DATABASE = "anxin_bench"
_MODULES = "anxin.entrypoints.cli.bench"
_READY_SECONDS = 60
_STOP_SECONDS = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options, those of every module among them."""
    _use_own_database()
    commands = parser.add_subparsers(metavar="name", dest="name", required=True)
    for name in NAMES:
        if importlib.util.find_spec(f"{_MODULES}.{name}") is None:
            continue
        module = importlib.import_module(f"{_MODULES}.{name}")
        if not hasattr(module, "run"):
            continue
        summary = (module.__doc__ or "").strip().splitlines()[0]
        measured = commands.add_parser(name, help=summary, description=summary)
        measured.add_argument("--json", action="store_true", help="print the figures as JSON")
        measured.add_argument("--keep", action="store_true", help="keep the database afterwards")
        measured.add_argument("--fresh", action="store_true", help="drop a kept database first")
        if hasattr(module, "add_arguments"):
            module.add_arguments(measured)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    module = importlib.import_module(f"{_MODULES}.{arguments.name}")
    if _OWN:
        embedded_postgres.start(home.CLUSTER)
    try:
        with _database(arguments) as ground:
            arguments.ground = ground
            figures = _measure(module, arguments)
    finally:
        if _OWN:
            embedded_postgres.stop_if_last(home.CLUSTER)
    if arguments.json:
        print(json.dumps(figures, indent=1, ensure_ascii=False, default=str))
    else:
        for name, value in figures.items():
            print(f"{name:<48} {_readable(value)}")
    return 0


def _measure(module: ModuleType, arguments: argparse.Namespace) -> dict[str, Any]:
    machine = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load before": os.getloadavg()[0],
    }
    return {**machine, **module.run(arguments)}


# --- the database --------------------------------------------------------------------------------

_OWN = home.has_own_database()
_SERVER = migrate.owner_url()


def _bench_url() -> str:
    parts = urlsplit(_SERVER)
    return urlunsplit((parts.scheme, parts.netloc, f"/{DATABASE}", parts.query, ""))


def _use_own_database() -> None:
    """Point Django and every process that is started at the measured database."""
    os.environ["DATABASE_URL"] = _bench_url()
    # Its servers have a home of their own, but must know the keys that were made here.
    os.environ["ANXIN_SECRET_KEY"] = "measured, not guarded"  # noqa: S105  (of a passing database)
    import django

    django.setup()


@contextmanager
def _database(arguments: argparse.Namespace) -> Iterator[_BenchGround]:
    with psycopg.connect(_SERVER, autocommit=True) as connection:
        if arguments.fresh:
            connection.execute(f"drop database if exists {DATABASE} with (force)")
        found = connection.execute("select from pg_database where datname = %s", [DATABASE])
        if found.fetchone() is None:  # a row without columns is an empty tuple
            connection.execute(f"create database {DATABASE}")
        folder = Path(tempfile.mkdtemp(prefix="anxin-bench-"))
        try:
            ground = _BenchGround(_bench_url(), folder)
            ground.migrate()
            yield ground
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            from django.db import connections

            connections.close_all()
            if not arguments.keep:
                connection.execute(f"drop database if exists {DATABASE} with (force)")


class _BenchGround:
    """The measured database, and how to serve and to load it."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url = database_url
        self.environment = {**os.environ, "ANXIN_HOME": str(folder), "DATABASE_URL": database_url}

    def migrate(self) -> None:
        """Bring the database to this version."""
        result = subprocess.run(
            [*_ANXIN, "migrate"], env=self.environment, check=False, capture_output=True, text=True
        )
        if result.returncode:
            sys.exit(f"anxin bench: {result.stdout}{result.stderr}")

    @contextmanager
    def serve(self, *, web: int = 1, workers: int = 1) -> Iterator[Served]:
        """Run web and worker processes for as long as the context lasts."""
        port = _free_port()
        process = subprocess.Popen(
            [*_ANXIN, "serve", f"--port={port}", f"--web={web}", f"--workers={workers}"],
            env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            base_url = f"http://127.0.0.1:{port}"
            _wait_until_ready(base_url, process)
            note = json.loads((Path(self.environment["ANXIN_HOME"]) / "run/serve.json").read_text())
            yield Served(base_url, {"supervisor": note["pid"], **note["children"]})
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_STOP_SECONDS)

    def pgbench(self, script: str, *, clients: int, seconds: int, prepared: bool = True) -> Limit:
        """Run a pgbench script as the owner."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            Path(file.name).chmod(0o644)
            result = postgres_programs.run(
                "pgbench",
                [
                    "--no-vacuum", f"--file={file.name}", f"--client={clients}",
                    f"--jobs={min(clients, 2)}", f"--time={seconds}",
                    f"--protocol={'prepared' if prepared else 'simple'}",
                ],
                url=self.database_url, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        output = result.stdout.decode()
        rate = re.search(r"tps = ([0-9.]+)", output)
        latency = re.search(r"latency average = ([0-9.]+) ms", output)
        if result.returncode or rate is None or latency is None:
            sys.exit(f"anxin bench: pgbench: {output}{result.stderr.decode(errors='replace')}")
        return Limit(float(rate[1]), float(latency[1]), clients, seconds)

    def insert_limit(self, *, clients: int, seconds: int = 5) -> Limit:
        """Measure durable one-row inserts."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("create table if not exists bench_row (id bigserial, body text)")
        try:
            script = "insert into bench_row (body) values (repeat('x', 100));"
            return self.pgbench(script, clients=clients, seconds=seconds)
        finally:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute("drop table bench_row")


_ANXIN = [sys.executable, "-m", "anxin.project.main"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(base_url: str, process: subprocess.Popen[bytes]) -> None:
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = json.load(opener.open(f"{base_url}/readyz", timeout=5))
            if answer["status"] == "ready":
                time.sleep(0.5)  # the supervisor notes its children just after the first answer
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("anxin bench: the measured server does not answer")


def _readable(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
