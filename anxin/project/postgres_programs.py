"""Run pg_dump, pg_restore or pgbench against our database, whichever server holds it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from anxin.project import embedded_postgres, home


def run(
    name: str, arguments: Sequence[str], *, url: str | None = None, **streams: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a program on the owner's database (or ``url``); output goes where ``streams`` say."""
    url = url or _owner_url()
    is_ours = str(home.CLUSTER.socket) in url
    address, password = _without_password(url)
    environment = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
    identity = embedded_postgres.run_as() if is_ours else {}
    # pgbench takes the address as its last word only.
    place = [address] if name == "pgbench" else [f"--dbname={address}"]
    return subprocess.run(
        [_path(name, is_ours), *arguments, *place],
        env=environment, cwd="/", check=False, **identity, **streams,
    )  # fmt: skip


def _owner_url() -> str:
    return os.environ.get("DATABASE_URL") or home.CLUSTER.url()


def _path(name: str, is_ours: bool) -> str:
    if is_ours:
        return str(embedded_postgres.program(home.CLUSTER, name))
    # A server elsewhere may want TLS, which only the system's own programs know.
    return shutil.which(name) or str(embedded_postgres.program(home.CLUSTER, name))


def _without_password(url: str) -> tuple[str, str]:
    """Return the address without its password, which other users could read in the process list."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, ""
    user, _, place = parts.netloc.rpartition("@")
    netloc = f"{user.split(':', 1)[0]}@{place}"
    address = urlunsplit((parts.scheme, netloc, parts.path, parts.query, parts.fragment))
    return address, unquote(parts.password)
