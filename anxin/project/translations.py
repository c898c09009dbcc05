"""Compile the catalogues (.po) that stand in the repository to what gettext loads (.mo).

Without GNU gettext, which a bare machine does not have.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

_MAGIC = 0x950412DE
_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)\s+(?=\")")


def compile_all(package: Path) -> int:
    """Compile every catalogue that changed; return how many."""
    stale = [path for path in _catalogues(package) if not _is_compiled(path)]
    for path in stale:
        path.with_suffix(".mo").write_bytes(compiled(path.read_text(encoding="utf-8")))
    return len(stale)


def all_compiled(package: Path) -> bool:
    """Return whether every catalogue is compiled."""
    return all(_is_compiled(path) for path in _catalogues(package))


def compiled(source: str) -> bytes:
    """Return the binary catalogue of a .po file's text; fuzzy and empty entries are left out."""
    entries = sorted(_entries(source))
    table: list[tuple[int, int, int, int]] = []
    ids = strings = b""
    for key, value in entries:
        table.append((len(key), len(ids), len(value), len(strings)))
        ids += key + b"\0"
        strings += value + b"\0"
    start = 28 + 16 * len(entries)
    head = struct.pack("<7I", _MAGIC, 0, len(entries), 28, 28 + 8 * len(entries), 0, 0)
    keys = b"".join(struct.pack("<2I", size, at + start) for size, at, _, _ in table)
    values = b"".join(struct.pack("<2I", size, at + start + len(ids)) for _, _, size, at in table)
    return head + keys + values + ids + strings


def _catalogues(package: Path) -> list[Path]:
    return list(package.glob("**/locale/*/LC_MESSAGES/*.po"))


def _is_compiled(path: Path) -> bool:
    target = path.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns


def _entries(source: str) -> Iterator[tuple[bytes, bytes]]:
    for block in re.split(r"\n\s*\n", source):
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields = _fields([line for line in lines if line and not line.startswith("#")])
        forms = [fields[name] for name in sorted(fields) if name.startswith("msgstr")]
        if "msgid" not in fields or not all(forms):
            continue
        key = fields["msgid"]
        if "msgid_plural" in fields:
            key += "\0" + fields["msgid_plural"]
        if "msgctxt" in fields:
            key = fields["msgctxt"] + "\x04" + key
        yield key.encode(), "\0".join(forms).encode()


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        found = _KEYWORD.match(line)
        if found:
            name = found.group(1)
            fields[name] = ""
            line = line[found.end() :]  # noqa: PLW2901  (the rest of the line is its first string)
        fields[name] += ast.literal_eval(line.strip())
    return fields


if __name__ == "__main__":
    # script/setup calls this before anything can be imported from Django.
    changed = compile_all(Path(__file__).resolve().parent.parent)
    sys.stdout.write(f"{changed} catalogues compiled\n" if changed else "")
