"""A whole Anxin in its own folder, run by the real command, for tests that kill and restart."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

_READY_SECONDS = 90
_STOP_SECONDS = 20
_OPENER = build_opener(ProxyHandler({}))


def _is_ours(name: str) -> bool:
    """Return whether a variable would make an installation less than new."""
    return name in {"DATABASE_URL", "PYTEST_VERSION"} or name.startswith("ANXIN_")


class Installation:
    """``with Installation(folder) as anxin:`` serves; leaving the block stops everything."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self.options = options
        self.port = _free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not _is_ours(key)},
            "ANXIN_HOME": str(home),
        }
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Installation:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start ``anxin serve`` and wait until it is ready."""
        self.output = (self.home.parent / f"{self.home.name}.out").open("a")
        self.process = subprocess.Popen(
            [*_ANXIN, "serve", f"--port={self.port}", *self.options], env=self.environment,
            stdout=self.output, stderr=self.output, text=True, start_new_session=True,
        )  # fmt: skip
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Wait until requests are served and a worker is at work."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            try:
                status, answer = self.get("/readyz")
                if status == 200 and json.loads(answer)["workers"] and self.children():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready after {seconds} s: {self.said()}")

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C or a service manager does; return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(_STOP_SECONDS)
        self.output.close()
        return status

    def said(self) -> str:
        """Return everything it printed."""
        return (self.home.parent / f"{self.home.name}.out").read_text()

    def children(self) -> dict[str, int]:
        """Return its web and worker processes by name."""
        try:
            note = json.loads((self.home / "run" / "serve.json").read_text())
        except FileNotFoundError:
            return {}
        return dict(note["children"])

    def kill(self, name: str) -> None:
        """Kill one process with signal 9."""
        pid = self.postmaster() if name == "postgres" else self.children()[name]
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # it is just being started again

    def postmaster(self) -> int:
        """Return PostgreSQL's process."""
        return int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one more command on this installation."""
        return subprocess.run(
            [*_ANXIN, *words], env=self.environment, check=False, capture_output=True, text=True
        )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text of a page."""
        return self.ask(Request(self.base_url + path, headers=headers))

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, str]:
        """Return status and text of the answer to a JSON body."""
        data = json.dumps(body).encode()
        kinds = {"Content-Type": "application/json", **headers}
        return self.ask(Request(self.base_url + path, data=data, headers=kinds, method="POST"))

    def ask(self, request: Request) -> tuple[int, str]:
        """Return status and text of an answer, whatever its status."""
        try:
            with _OPENER.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that every user can reach, since as root PostgreSQL runs as another.

    Not pytest's: each pytest that starts closes the folder of all of them to other users.
    """
    with tempfile.TemporaryDirectory(prefix="anxin-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


_ANXIN = [sys.executable, "-m", "anxin.project.main"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
