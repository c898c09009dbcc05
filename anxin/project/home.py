"""Where this installation keeps its data, and the embedded database in it. Needs no Django."""

from __future__ import annotations

import os
from pathlib import Path

from anxin.project.embedded_postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent.parent


def _home() -> Path:
    if chosen := os.environ.get("ANXIN_HOME"):
        return Path(chosen).absolute()
    if (ROOT / "pyproject.toml").exists():
        return ROOT / "var"
    return Path.home() / ".local" / "share" / "anxin"


HOME = _home()
LOGS = HOME / "log"
RUN = HOME / "run"
CLUSTER = Cluster(HOME / "postgres")


def has_own_database() -> bool:
    """Return whether the embedded PostgreSQL is used, not a server that ``DATABASE_URL`` names."""
    return not os.environ.get("DATABASE_URL")


def base_url() -> str:
    """Return the address people use: as told, else where this home was served last."""
    if told := os.environ.get("ANXIN_BASE_URL"):
        return told
    served = RUN / "address"
    return served.read_text().strip() if served.exists() else "http://127.0.0.1:8000"


def prepare_home() -> None:
    """Make the data folders. Raise OSError if that cannot be done."""
    for folder in (HOME, LOGS, RUN):
        folder.mkdir(parents=True, exist_ok=True)
