"""``anxin serve``: starts everything, starts again what dies, stops everything.

This process stays small: it loads neither Django nor the domains.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from anxin.project import embedded_postgres, home
from anxin.project.child import Child
from anxin.project.embedded_postgres import DatabaseTrouble

# Less than this and PostgreSQL may stop in the middle of something.
_MIN_FREE = 200 * 1024 * 1024
_STOP_SECONDS = 8
_READY_SECONDS = 60
_PLACES = {
    "staff": "/",
    "buyers": "/shop/ (sample shop with chat)",
    "warehouse": "/station/",
    "wallboard": "/wallboard/",
    "API": "/api/docs",
}


class CannotStart(Exception):
    """Something outside must be put right first; the message says what."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--web", type=int, default=1, help="number of web processes")
    parser.add_argument("--workers", type=int, default=1, help="number of worker processes")
    parser.add_argument("--demo", action="store_true", help="load sample data if there is none")
    parser.add_argument("--verbose", action="store_true", help="show the processes' logs here")


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    try:
        return _Supervisor(arguments).run()
    except (CannotStart, DatabaseTrouble) as trouble:
        print(f"anxin serve: {trouble}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print(f"anxin serve: the disk of {home.HOME} is full; make room", file=sys.stderr)
            return 1
        raise


class _Supervisor:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.began = time.monotonic()
        self.stopping = False
        self.own_database = home.has_own_database()
        self.children: list[Child] = []
        self.command: subprocess.Popen[str] | None = None
        self.environment = dict(os.environ)

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        check_home()
        with listen(self.arguments.host, self.arguments.port) as listener:
            self._describe_environment(listener)
            try:
                self._bring_up(listener)
                self._watch()
            except _Stopped:
                pass
            finally:
                self._bring_down()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
        if self.command is not None and self.command.poll() is None:
            self.command.terminate()

    def _describe_environment(self, listener: socket.socket) -> None:
        self.environment.setdefault("ANXIN_BASE_URL", local_address(listener))
        (home.RUN / "address").write_text(self.base_url)
        metrics = home.RUN / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        self.environment |= {
            "ANXIN_SUPERVISOR": str(os.getpid()),
            "ANXIN_HOME": str(home.HOME),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "PYTHONUNBUFFERED": "1",
            # Fewer arenas: threads that hold little must not cost 64 MB of address space each.
            "MALLOC_ARENA_MAX": "2",
        }

    @property
    def base_url(self) -> str:
        return self.environment["ANXIN_BASE_URL"]

    # --- up -------------------------------------------------------------------------------------

    def _bring_up(self, listener: socket.socket) -> None:
        if self.own_database:
            with self._step("Starting PostgreSQL"):
                embedded_postgres.start(home.CLUSTER)
        self._migrate()
        if self.arguments.demo:
            self._load_sample_data()
        web = ["web", "--fd", str(listener.fileno())]
        with self._step("Starting web and worker processes"):
            for index in range(self.arguments.web):
                self._start_child(f"web-{index + 1}", web, [listener.fileno()])
            for index in range(self.arguments.workers):
                self._start_child(f"worker-{index + 1}", ["worker"], [])
            self._wait_until_ready(listener)
        self._say_where()

    def _migrate(self) -> None:
        from anxin.project import migrate

        try:
            if migrate.is_prepared(migrate.owner_url()):
                return
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "psycopg":
                raise
            raise CannotStart(
                f"the database does not answer: {' '.join(str(error).split())}"
            ) from error
        with self._step("Preparing database, pages and translations"):
            self._command("migrate")

    def _load_sample_data(self) -> None:
        if not self._is_empty():
            return
        try:
            with self._step("Loading sample data"):
                self._command("demo", "load")
        except CannotStart as trouble:
            # The system itself is sound; who wants to look at it should not be kept out.
            print(f"Going on without sample data: {trouble}", file=sys.stderr, flush=True)

    def _is_empty(self) -> bool:
        import psycopg

        from anxin.project import migrate

        with psycopg.connect(migrate.owner_url()) as connection:
            row = connection.execute("select exists (select from merchants_merchant)").fetchone()
        return row is not None and not row[0]

    def _command(self, *words: str) -> None:
        process = self.command = subprocess.Popen(
            _anxin(*words), env=self.environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert process.stdout is not None, "it is a pipe"
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line)
                print(f"    {line.rstrip()}", flush=True)
                self._check_stop()
            process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(_STOP_SECONDS)
        self._check_stop()
        if process.returncode:
            (home.LOGS / "setup.log").write_text("".join(lines))
            last = lines[-1].strip() if lines else "it said nothing"
            raise CannotStart(
                f"`anxin {words[0]}` failed: {last} (all of it: {home.LOGS}/setup.log)"
            )

    def _start_child(self, name: str, words: Sequence[str], descriptors: Sequence[int]) -> None:
        child = Child(
            name, _anxin(*words), self.environment, descriptors, home.LOGS / f"{name}.log",
            echo=self.arguments.verbose,
        )  # fmt: skip
        self.children.append(child)
        child.start()

    def _wait_until_ready(self, listener: socket.socket) -> None:
        if not self.arguments.web:
            return
        opener = build_opener(ProxyHandler({}))
        probe = f"{local_address(listener)}/healthz"
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            self._check_stop()
            try:
                opener.open(probe, timeout=5).close()
                return
            except (URLError, OSError):
                self._refuse_dead_children()
                time.sleep(0.05)
        raise CannotStart(f"the web process does not answer; see {home.LOGS}/web-1.log")

    def _refuse_dead_children(self) -> None:
        for child in self.children:
            if child.exit_status() is not None:
                raise CannotStart(f"{child.name} ended at once; see {child.log}")

    def _say_where(self) -> None:
        self._note_run()
        seconds = time.monotonic() - self.began
        print(f"\nAnxin is ready after {seconds:.1f} s: {self.base_url}\n", flush=True)
        for place, path in _PLACES.items():
            print(f"  {place:<10} {self.base_url}{path}")
        self._say_sign_ins()
        print("\nCtrl-C stops everything.\n", flush=True)

    def _say_sign_ins(self) -> None:
        from anxin.project.commands import COMMANDS

        if not COMMANDS["demo"].exists:
            return
        answer = subprocess.run(
            _anxin("demo", "credentials"), env=self.environment, check=False,
            capture_output=True, text=True, start_new_session=True,
        )  # fmt: skip
        if not answer.returncode:
            print("\n" + answer.stdout.rstrip(), flush=True)

    def _note_run(self) -> None:
        note: dict[str, Any] = {
            "pid": os.getpid(),
            "base_url": self.base_url,
            "children": {child.name: child.pid for child in self.children},
        }
        path = home.RUN / "serve.json"
        path.with_suffix(".new").write_text(json.dumps(note))
        path.with_suffix(".new").replace(path)

    # --- watching -------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self._check_stop()
            if self.own_database and embedded_postgres.postmaster_pid(home.CLUSTER) is None:
                self._restart_database()
            restarted = [child.name for child in self.children if child.tend()]
            if restarted:
                self._note_run()
            time.sleep(0.2)

    def _restart_database(self) -> None:
        print("PostgreSQL is gone; starting it again", file=sys.stderr, flush=True)
        try:
            embedded_postgres.start(home.CLUSTER, wait_seconds=30)
        except DatabaseTrouble as trouble:
            print(f"{trouble}; trying again", file=sys.stderr, flush=True)
            time.sleep(2)

    def _check_stop(self) -> None:
        if self.stopping:
            raise _Stopped

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        self._check_stop()
        print(f"{what} …", flush=True)
        started = time.monotonic()
        yield
        print(f"  done in {time.monotonic() - started:.1f} s", flush=True)

    # --- down -----------------------------------------------------------------------------------

    def _bring_down(self) -> None:
        print("Stopping …", flush=True)
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self.children:
            child.wait_or_kill(deadline)
        if self.own_database:
            embedded_postgres.stop_if_last(home.CLUSTER)
        (home.RUN / "serve.json").unlink(missing_ok=True)
        print("Stopped.", flush=True)


class _Stopped(Exception):
    pass


def check_home() -> None:
    """Raise CannotStart if the data folder cannot be used."""
    try:
        home.prepare_home()
        probe = home.RUN / "probe"
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotStart(f"the disk of {home.HOME} is full; make room") from error
        raise CannotStart(
            f"cannot write the data folder {error.filename or home.HOME} ({error.strerror}); "
            f"give the right to write it, or choose another with ANXIN_HOME"
        ) from error
    free = shutil.disk_usage(home.HOME).free
    if free < _MIN_FREE:
        raise CannotStart(
            f"the disk of {home.HOME} has only {free // 2**20} MB left; "
            f"{_MIN_FREE // 2**20} MB are needed"
        )


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Open the socket that all web processes share. Raise CannotStart if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    with listener:
        _bind(listener, host, port)
        yield listener


def _bind(listener: socket.socket, host: str, port: int) -> None:
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # Listening from now on: nobody else gets the port, and early visitors wait in line.
        listener.listen(2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"port {port} is taken by another program; choose another with --port"
            ) from error
        if error.errno == errno.EACCES:
            raise CannotStart(
                f"no right to serve on port {port}; choose one above 1023 with --port"
            ) from error
        raise CannotStart(f"cannot serve on {host}:{port}: {error.strerror}") from error
    except OverflowError as error:
        raise CannotStart(f"{port} is no port; choose one from 1 to 65535 with --port") from error


def local_address(listener: socket.socket) -> str:
    """Return the address by which this machine itself reaches the listener."""
    host, port = listener.getsockname()[:2]
    # Zeros mean every address of the machine, its own among them.
    if not host.strip("0.:"):
        host = "127.0.0.1" if listener.family == socket.AF_INET else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _anxin(*words: str) -> list[str]:
    return [sys.executable, "-m", "anxin.project.main", *words]
