"""``anxin demo``: the sample merchant: load it, load it anew, or tell how to sign in."""

from __future__ import annotations

import argparse
import json
import sys
import time

from django.conf import settings
from django.db import connection

from anxin.domains.merchants import public as merchants
from anxin.entrypoints.cli.demo import cast
from anxin.entrypoints.cli.demo.erasing import erase
from anxin.entrypoints.cli.demo.loading import load
from anxin.kernel.clock import utcnow
from anxin.kernel.errors import NotFound
from anxin.kernel.guard import APP_ROLE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    for name, summary in (
        ("load", "load the sample merchant unless it is there"),
        ("reset", "remove the sample merchant with all its data and load it anew"),
    ):
        action = actions.add_parser(name, help=summary)
        action.add_argument("--orders", type=int, default=3_000, help="how many orders")
    credentials = actions.add_parser("credentials", help="print addresses, users, passwords, key")
    credentials.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Do one action; loading runs under the application's role, as everything else."""
    if args.action == "credentials":
        return _credentials(args.json)
    known = _known()
    if args.action == "reset" and known:
        print("Removing the sample merchant …", flush=True)
        erase(known)
        known = None
    if known:
        print("The sample merchant is there already; `anxin demo reset` loads it anew.")
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"set role {APP_ROLE}")
        # Thousands of small commits; a crash in between is answered by `anxin demo reset`.
        cursor.execute("set synchronous_commit = off")
    started = time.monotonic()
    load(utcnow(), orders=args.orders, say=_say)
    print(f"Sample data loaded in {time.monotonic() - started:.0f} s.")
    return 0


def _known() -> int | None:
    try:
        return merchants.store_at(cast.STORES[0].slug).merchant_id
    except NotFound:
        return None


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def _credentials(as_json: bool) -> int:
    if not _known():
        print("no sample data here; run: anxin demo load", file=sys.stderr)
        return 1
    base = settings.BASE_URL
    if as_json:
        print(json.dumps(cast.credentials(base), ensure_ascii=False, indent=2))
        return 0
    print(f"  API key    {cast.API_KEY}")
    for person in cast.PEOPLE:
        print(
            f"  {person.user_name:<12} {cast.PASSWORD}   {person.name}, {', '.join(person.duties)}"
        )
    return 0
