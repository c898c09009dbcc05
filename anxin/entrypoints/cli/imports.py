"""``anxin import``: read orders, products or shipments from a file. See docs/import.md."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread
from typing import Any

from anxin.domains.commerce.data import ImportData, ImportKind, ImportMode
from anxin.domains.commerce.public import approve_import, cancel_import, get_import
from anxin.domains.merchants.public import merchant_ids
from anxin.flows.importing import apply_import, check_import, start_import
from anxin.kernel.actors import Actor, ActorKind, MerchantId
from anxin.kernel.clock import utcnow
from anxin.kernel.tenancy import acting_for

_SHOWN_ERRORS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("kind", choices=[kind.value for kind in ImportKind])
    parser.add_argument("file", type=Path, help="a CSV or XLSX file")
    parser.add_argument("--merchant", type=int, help="number of the merchant (default: the first)")
    parser.add_argument("--store", default="", help="slug of the store of rows that name none")
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in ImportMode],
        default=ImportMode.ALL.value,
        help="what one wrong row stops: the whole file (all), or its own order (per-order)",
    )
    parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")
    parser.add_argument("--strict", action="store_true", help="refuse orders of unknown SKUs")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="read the file's COLUMN as our FIELD; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Import the file; return 0 when it is in, 1 when it was refused, 2 on wrong arguments."""
    if not args.file.is_file():
        print(f"anxin import: no such file: {args.file}", file=sys.stderr)
        return 2
    merchant = MerchantId(args.merchant) if args.merchant else next(iter(merchant_ids()), None)
    if merchant is None:
        print("anxin import: there is no merchant yet; run: anxin demo load", file=sys.stderr)
        return 2
    with acting_for(merchant):
        # The command line is the owner's own hand; it is written down as such.
        by = Actor(merchant, ActorKind.SYSTEM, "cli", frozenset({"*"}), "anxin import")
        started = time.monotonic()
        result = _bring_in(by, args)
        _report(result, args, time.monotonic() - started)
    return 0 if result.state in ("done", "checked", "cancelled") and not result.failure else 1


def _bring_in(by: Actor, args: argparse.Namespace) -> ImportData:
    run_id = start_import(
        by,
        ImportKind(args.kind),
        args.file.name,
        _chunks(args.file),
        mode=ImportMode(args.mode),
        now=utcnow(),
        store=args.store,
        mapping=dict(_pair(text) for text in args.map),
        is_strict=args.strict,
        is_inline=True,
    )
    with _Progress(by, run_id, quiet=args.json):
        checked = check_import(by, run_id)
        if checked.state != "checked":
            return checked
        if args.dry_run:
            cancel_import(by, run_id, now=utcnow())
            return checked
        approve_import(by, run_id, is_inline=True, now=utcnow())
        return apply_import(by, run_id)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            yield chunk


def _pair(text: str) -> tuple[str, str]:
    title, mark, name = text.rpartition("=")
    if not mark:
        raise SystemExit(f"anxin import: --map wants COLUMN=FIELD, not {text!r}")
    return title, name


class _Progress:
    """Tells a waiting person every second how far it is; a program is told nothing."""

    def __init__(self, by: Actor, run_id: Any, *, quiet: bool) -> None:
        self._by, self._run_id = by, run_id
        self._over = Event()
        self._thread = None if quiet or not sys.stderr.isatty() else Thread(target=self._tell)

    def __enter__(self) -> None:
        if self._thread:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()
            print(file=sys.stderr)

    def _tell(self) -> None:
        from django.db import connection

        with acting_for(self._by.merchant_id):
            while not self._over.wait(1):
                seen = get_import(self._by, self._run_id)
                total = f" of {seen.rows_total:,}" if seen.rows_total else ""
                line = f"\r{seen.state}: {seen.rows_done:,}{total} rows"
                print(line, end="", file=sys.stderr, flush=True)
        connection.close()


def _report(result: ImportData, args: argparse.Namespace, seconds: float) -> None:
    if args.json:
        shown = {**asdict(result), "preview": None, "seconds": round(seconds, 2)}
        del shown["preview"]
        print(json.dumps(shown, default=str, ensure_ascii=False))
        return
    verb = {"checked": "would be", "done": "were"}.get(result.state, "were")
    if result.failure:
        print(f"{result.file_name}: not read: {_sentence(result.failure)}", file=sys.stderr)
    elif result.state == "refused":
        print(
            f"{result.file_name}: nothing was changed, because {result.error_count:,} cells or "
            f"orders are wrong (--mode per-order takes the others)",
            file=sys.stderr,
        )
    else:
        print(
            f"{result.file_name}: {result.rows_total:,} rows; {result.created:,} {args.kind} "
            f"{verb} created, {result.updated:,} updated, {result.unchanged:,} unchanged, "
            f"{result.rejected:,} rejected, in {seconds:.1f} s"
        )
    for fault in result.errors[:_SHOWN_ERRORS]:
        print("  " + _fault(fault), file=sys.stderr)
    if result.error_count > _SHOWN_ERRORS:
        print(f"  … {result.error_count - _SHOWN_ERRORS:,} more (--json)", file=sys.stderr)
    if result.warning_count:
        print(f"  {result.warning_count:,} lines of unknown SKUs (taken as they are)")


def _fault(fault: dict[str, Any]) -> str:
    known = {"line", "column", "code", "value"}
    more = ", ".join(f"{name} {value}" for name, value in fault.items() if name not in known)
    value = f" {fault['value']!r}" if fault["value"] else ""
    return (
        f"line {fault['line']}, {fault['column'] or 'row'}: {fault['code'].replace('_', ' ')}"
        f"{value}{f' ({more})' if more else ''}"
    )


def _sentence(failure: dict[str, Any]) -> str:
    reason = str(failure.get("reason", "")).replace("_", " ")
    more = ", ".join(f"{k} {v}" for k, v in failure.items() if k not in {"reason", "titles"})
    return f"{reason}{f' ({more})' if more else ''}"
