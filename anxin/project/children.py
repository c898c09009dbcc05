"""What web and worker processes have in common."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from anxin.project import embedded_postgres, home

_PR_SET_PDEATHSIG = 1
_SUPERVISOR = "ANXIN_SUPERVISOR"


@contextmanager
def prepared() -> Iterator[None]:
    """Load Django, end with the supervisor, and use what the machine allows.

    Run by hand, without a supervisor, a process starts the embedded database itself.
    """
    _end_with_supervisor()
    _raise_file_limit()
    import django

    django.setup()
    if _SUPERVISOR in os.environ or not home.has_own_database():
        yield
        return
    embedded_postgres.start(home.CLUSTER)
    try:
        yield
    finally:
        embedded_postgres.stop_if_last(home.CLUSTER)


def freeze() -> None:
    """Keep what start-up made out of later garbage collections."""
    gc.collect()
    gc.freeze()


def _end_with_supervisor() -> None:
    # A killed supervisor can stop nobody; the kernel does it for him.
    supervisor = os.environ.get(_SUPERVISOR)
    if supervisor is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor is gone")


def _raise_file_limit() -> None:
    # Each open page holds a socket.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if most == resource.RLIM_INFINITY else most
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
