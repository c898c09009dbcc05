"""The ``anxin`` command: finds the database, then hands over to entrypoints/cli."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one command. See ``anxin --help``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.project.settings")
    from anxin.project.commands import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
