"""Where measurements happen: a database of their own, and web processes on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

DATABASE = "anxin_bench"


@dataclass(frozen=True, slots=True)
class Place:
    """A migrated database that nothing else uses."""

    url: str

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection as the owner, in autocommit."""
        return psycopg.connect(self.url, autocommit=True)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of processes that work here."""
        return {**os.environ, "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": SETTINGS}


SETTINGS = "anxin.project.settings"


def prepare(*, keep: bool = False) -> Place:
    """Return a migrated database beside the product's own; empty unless ``keep``."""
    if given := os.environ.get("ANXIN_BENCH_URL"):
        place = Place(given)
    else:
        settings.CLUSTER.start()
        _create(settings.CLUSTER.url(database="postgres"), keep=keep)
        place = Place(settings.CLUSTER.url(database=DATABASE))
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", "migrate", "--skip-checks", "-v0"],
        env={**place.environment, "ANXIN_DATABASE_ROLE": "owner"},
        check=True,
    )
    return place


def _create(url: str, *, keep: bool) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        if not keep:
            connection.execute(f"drop database if exists {DATABASE} with (force)")
        found = connection.execute("select from pg_database where datname = %s", [DATABASE])
        if found.fetchone() is None:
            connection.execute(f"create database {DATABASE}")


def adopt(place: Place) -> None:
    """Have this process's Django work there, as the application's role."""
    from anxin.kernel.guard import APP_ROLE

    parts = conninfo_to_dict(place.url)
    values = {
        "NAME": parts["dbname"],
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
    }
    connections["default"].close()
    held = connections["default"].settings_dict
    held.update(values)
    held["OPTIONS"] = {**held["OPTIONS"], "options": f"-c role={APP_ROLE}"}


@contextmanager
def web_processes(place: Place, count: int = 1) -> Iterator[int]:
    """Serve with the product's own web processes; give the port and stop them afterwards."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    port: int = listener.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        command = [
            sys.executable,
            "-m",
            "anxin.project.main",
            "web",
            "--fd",
            str(listener.fileno()),
        ]
        children = [
            subprocess.Popen(  # noqa: S603  (our own program)
                command, env=place.environment, pass_fds=[listener.fileno()], stdout=log, stderr=log
            )
            for _ in range(count)
        ]
        try:
            _wait_until_ready(port)
            yield port
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(15)
            listener.close()


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def pgbench() -> Path:
    """Return PostgreSQL's own bench program. Raise FileNotFoundError."""
    path: Path = settings.CLUSTER.program("pgbench")
    if path.exists():
        return path
    if found := shutil.which("pgbench"):
        return Path(found)
    raise FileNotFoundError("pgbench")


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the sorted values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
