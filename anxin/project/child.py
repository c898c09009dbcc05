"""One process that the supervisor looks after: its start, its log, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_LOG_BYTES = 10 * 1024 * 1024
# What dies again and again is started after 0.1, 0.2, 0.4 … at most 10 seconds.
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 10.0
# Who lived this long died of something new.
_SOUND_SECONDS = 20


class Child:
    """A process that is started again when it dies."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        descriptors: Sequence[int],
        log: Path,
        *,
        echo: bool,
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._descriptors = descriptors
        self._echo = echo
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = _FIRST_PAUSE
        self._due: float | None = None

    @property
    def pid(self) -> int | None:
        """Return its process id."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it. Must be called by the main thread, whose end it follows."""
        self._due = None
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            self._command, env=dict(self._environment), pass_fds=self._descriptors,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal reaches only the supervisor, who stops the others in order.
            start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None, "it is a pipe"
        threading.Thread(target=self._keep_log, args=[self._process.stdout], daemon=True).start()

    def exit_status(self) -> int | None:
        """Return how it ended, None while it lives."""
        return self._process.poll() if self._process else None

    def tend(self) -> bool:
        """Start it again if it died and its pause is over; return whether it was started."""
        status = self.exit_status()
        if status is None:
            return False
        now = time.monotonic()
        if self._due is None:
            self._plan_restart(now, status)
        if self._due is not None and now >= self._due:
            self.start()
            return True
        return False

    def _plan_restart(self, now: float, status: int) -> None:
        if now - self._started > _SOUND_SECONDS:
            self._pause = _FIRST_PAUSE
        self._due = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        print(
            f"{self.name} ended ({_ending(status)}), starting it again; see {self.log}",
            file=sys.stderr, flush=True,
        )  # fmt: skip

    def ask_to_stop(self) -> None:
        """Ask it to finish what it does and end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait for its end until ``deadline`` (monotonic), then kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _keep_log(self, output: IO[bytes]) -> None:
        # Read on whatever happens: a process whose pipe is full stands still.
        with output:
            for line in output:
                if self._echo:
                    sys.stderr.write(f"{self.name}: {line.decode(errors='replace')}")
                with suppress(OSError):  # a full disk must not stop the process
                    self._write(line)

    def _write(self, line: bytes) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as file:
            file.write(line)


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
