"""Keep the English catalogues in step: ``python -m tools.messages COMMAND [folder…]``.

Commands: update, check, compile, punctuate.

The source language is Chinese: a msgid is what Chinese readers see. Each Django app under anxin/
that says anything has ``locale/en/LC_MESSAGES/django.po``. The same Chinese has one English.
``punctuate`` gives Chinese sentences full-width commas and brackets, in sources and catalogues.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "anxin"
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Words that are the same in every language: brands, units, formats, and names of languages.
SAME_EVERYWHERE = frozenset(
    "Anxin API CSV XLSX SKU QR ID URL TOTP SLA JSON UTF-8 GB18030 OK English Ctrl Enter Shift Esc "
    "Tab px MB KB kg PDF HTTP POST GET JPEG PNG WebP".split()
)
HEADER = r"""# English of this app's Chinese; kept in step by tools/messages.py.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
# Attributes of a tag that people read.
READ_ATTRIBUTES = re.compile(
    r"""\b(?:title|aria-label|placeholder|alt|aria-description|label)\s*=\s*(?:"([^"]*)"|'([^']*)')"""
)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
COMMENT = re.compile(
    r"\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|\{#.*?#\}|<!--.*?-->", re.DOTALL
)
# Blocks that hold class names, attributes or addresses: {% block main_class %}wide{% endblock %}.
NAMES_BLOCK = re.compile(r"\{%\s*block \w*(?:class|data|url)\s*%\}.*?\{%\s*endblock\b", re.DOTALL)
TRANSLATED = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL
)
NOT_PROSE = re.compile(
    r"<(script|style|svg|code|kbd|pre)\b[^>]*>.*?</\1>", re.DOTALL | re.IGNORECASE
)
# An element that says in which language it is written needs no translation: 中文, English.
OWN_LANGUAGE = re.compile(r"<(\w+)\b[^>]*\slang=\"[^\"{]+\"[^>]*>[^<{]*</\1>")
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(?:n?p?gettext|_)\((?:{STRING}|[\s,]|count)+\)")
TRANSLATING = frozenset(KEYWORDS)
# A file whose Chinese is data (sample names, law's own words) says so in its first lines.
DATA_MARK = "messages: data"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong, and where."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}"


def main(arguments: list[str]) -> int:
    """Run one command; return the exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    command, folders = arguments[0], [Path(each).resolve() for each in arguments[1:]]
    apps = folders or app_folders(PACKAGE)
    if command == "check":
        findings = sorted({*check_all(apps), *disagreements(app_folders(PACKAGE))})
        for finding in findings:
            print(finding)
        print(f"{len(findings)} findings in {len(apps)} apps", file=sys.stderr)
        return 1 if findings else 0
    for folder in apps:
        COMMANDS[command](folder)
    return 0


def app_folders(package: Path) -> list[Path]:
    """Return the folders of Django apps, those with an ``apps.py``."""
    return sorted(path.parent for path in package.rglob("apps.py"))


# --- catalogues ---------------------------------------------------------------------------------
def extracted(folder: Path) -> Catalog:
    """Return a catalogue of everything the app says, without translations."""
    catalog = Catalog(locale="en", charset="utf-8")
    for path in source_files(folder):
        for line, message, context in messages_of(path):
            place = path.relative_to(folder).as_posix()
            catalog.add(message, locations=[(place, line)], context=context)
    return catalog


def source_files(folder: Path) -> list[Path]:
    """Return the app's Python files and templates, without migrations and other apps inside it."""
    inner = [other for other in app_folders(folder) if other != folder]
    return sorted(
        path
        for pattern in ("*.py", "templates/**/*.html", "templates/**/*.txt")
        for path in (folder.rglob(pattern) if pattern == "*.py" else folder.glob(pattern))
        if "migrations" not in path.parts and not any(path.is_relative_to(each) for each in inner)
    )


def messages_of(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    """Yield (line, msgid or its plural forms, context) of one file."""
    source = path.read_text()
    if path.suffix != ".py":
        source = templatized(source)
    for line, message, _comments, context in extract(
        "python", io.BytesIO(source.encode()), KEYWORDS
    ):
        yield line, message, context


def templatized(source: str) -> str:
    """Return the template as a text in which Babel finds the translation calls."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    # Other text is blanked with X, which is not Python: keep the calls alone, line by line.
    lines = templatize(without_comments(source)).split("\n")
    return "\n".join("; ".join(call[0].strip() for call in CALL.finditer(line)) for line in lines)


def without_comments(source: str) -> str:
    """Return the template with its comments blanked, line by line."""
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)


def update(folder: Path) -> None:
    """Bring the app's catalogue in step: new entries empty, gone ones removed, no guesses."""
    found, path = extracted(folder), folder / CATALOGUE
    if not len(found):
        path.unlink(missing_ok=True)
        return
    known = read(path)
    merged = Catalog(locale="en", charset="utf-8")
    for message in found:
        if not message.id:
            continue
        old = known.get(message.id, message.context) if known else None
        translated = old.string if old and "fuzzy" not in old.flags else ""
        merged.add(
            message.id,
            translated or ("" if isinstance(message.id, str) else ("", "")),
            locations=sorted(message.locations),
            context=message.context,
            flags={flag for flag in message.flags if flag != "fuzzy"},
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_po(merged))


def as_po(catalog: Catalog) -> bytes:
    """Return the catalogue's file: no dates and no line numbers, so that differences are real."""
    buffer = io.BytesIO()
    bare = Catalog(locale="en", charset="utf-8")
    for message in catalog:
        if not message.id:
            continue
        places = sorted({(place, 0) for place, _line in message.locations})
        bare.add(message.id, message.string, places, message.flags, context=message.context)
    write_po(buffer, bare, width=100, sort_output=True, include_lineno=False, omit_header=True)
    return HEADER.encode() + buffer.getvalue()


def read(path: Path) -> Catalog | None:
    """Return the stored catalogue, if there is one."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale="en")


def compile_catalogue(folder: Path) -> None:
    """Write the binary catalogue that Django reads beside the text one."""
    path = folder / CATALOGUE
    catalog = read(path)
    if catalog is None:
        return
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


# --- checks -------------------------------------------------------------------------------------
def check_all(folders: Iterable[Path]) -> Iterator[Finding]:
    """Yield everything wrong in these apps."""
    for folder in folders:
        yield from check_catalogue(folder)
        if is_seen_by_people(folder):
            for path in source_files(folder):
                yield from check_file(path)


def is_seen_by_people(folder: Path) -> bool:
    """Return whether texts of this app reach the page: entry points, not domains' data."""
    return "entrypoints" in folder.parts


def check_catalogue(folder: Path) -> Iterator[Finding]:
    """Yield missing, empty, fuzzy and obsolete English."""
    path = folder / CATALOGUE
    known, found = read(path) or Catalog(locale="en"), extracted(folder)
    for message in found:
        if not message.id:
            continue
        stored = known.get(message.id, message.context)
        if problem := problem_of(message, stored):
            yield Finding(shown(path), 0, f"{problem}: {first_of(message)}")
        if punctuated(first_of(message)) != first_of(message):
            yield Finding(shown(path), 0, f"half-width (run punctuate): {first_of(message)}")
    for message in known:
        if message.id and found.get(message.id, message.context) is None:
            yield Finding(shown(path), 0, f"no longer said: {first_of(message)}")
    for gone in known.obsolete.values():
        yield Finding(shown(path), 0, f"obsolete: {first_of(gone)}")


def problem_of(message: Message, stored: Message | None) -> str:
    """Return what is wrong with the stored English, or nothing."""
    if stored is None:
        return "missing in English (run update)"
    forms = [stored.string] if isinstance(stored.string, str) else list(stored.string or ())
    if not forms or not all(forms):
        return "empty English"
    if "fuzzy" in stored.flags:
        return "fuzzy English"
    if any(CHINESE.search(form) for form in forms):
        return "Chinese in the English"
    if any(placeholders(form) != placeholders(first_of(message)) for form in forms):
        return "other placeholders in the English"
    return ""


def placeholders(text: str) -> set[str]:
    """Return the names that are filled in: %(name)s and {name}."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))


def first_of(message: Message) -> str:
    """Return the message's (first) msgid."""
    return message.id if isinstance(message.id, str) else str(message.id[0])


def disagreements(folders: Iterable[Path]) -> Iterator[Finding]:
    """Yield the Chinese that two apps translate differently: Django would pick one of them."""
    seen: dict[tuple[str, str | None], tuple[str, str]] = {}
    for folder in folders:
        for message in read(folder / CATALOGUE) or ():
            if not message.id or not message.string:
                continue
            key = (first_of(message), message.context)
            text = message.string if isinstance(message.string, str) else "|".join(message.string)
            other, place = seen.setdefault(key, (text, shown(folder)))
            if other != text:
                words = f"{key[0]!r} is {other!r} in {place} and {text!r} here; use a context"
                yield Finding(shown(folder / CATALOGUE), 0, words)


def check_file(path: Path) -> Iterator[Finding]:
    """Yield text of a file that no translation reaches."""
    source = path.read_text()
    if DATA_MARK in source[:600]:
        return
    check = check_python if path.suffix == ".py" else check_template
    for line, words in check(source):
        yield Finding(shown(path), line, words)


def check_python(source: str) -> Iterator[tuple[int, str]]:
    """Yield Chinese literals outside docstrings and translation calls."""
    tree = ast.parse(source)
    excused = {id(node) for call in translating_calls(tree) for node in ast.walk(call)}
    excused |= {id(node) for node in docstrings(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in excused and CHINESE.search(node.value):
            yield node.lineno, f"Chinese outside a translation call: {node.value[:40]}"


def translating_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of gettext and its kin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name
            if name in TRANSLATING:
                yield node


def docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield every bare string: docstrings and comments in that form."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def check_template(source: str) -> Iterator[tuple[int, str]]:
    """Yield Chinese and English prose outside translation tags."""
    plain = blanked(source, COMMENT, NAMES_BLOCK, TRANSLATED, NOT_PROSE, OWN_LANGUAGE)
    for found in TAG.finditer(plain):
        if CHINESE.search(found[0]) and not is_translating_tag(found[0]):
            yield line_of(plain, found.start()), f"Chinese outside a translation: {found[0][:60]}"
    plain = blanked(plain, TAG)
    for found in READ_ATTRIBUTES.finditer(plain):
        text = found[1] or found[2] or ""
        if is_prose(text):
            yield line_of(plain, found.start()), f"untranslated text: {text.strip()[:60]}"
    for found in re.finditer(r"(?:^|>)([^<>]+)(?=<|$)", plain):
        if is_prose(found[1]):
            yield line_of(plain, found.start(1)), f"untranslated text: {found[1].strip()[:60]}"


def is_translating_tag(tag: str) -> bool:
    """Return whether a tag's Chinese is translated: {% translate %}, _("…") or a plural tag."""
    return bool(re.match(r"\{%-?\s*trans(late)?\b", tag)) or '_("' in tag or "_('" in tag


def is_prose(text: str) -> bool:
    """Return whether people would read this: Chinese, or two letters that are no shared word."""
    if CHINESE.search(text):
        return True
    words = re.findall(r"[A-Za-z][A-Za-z0-9+-]+", re.sub(r"&\w+;", " ", text))
    return any(word not in SAME_EVERYWHERE for word in words)


def blanked(source: str, *patterns: re.Pattern[str]) -> str:
    """Return the source with what the patterns match emptied; the lines stay where they are."""
    for pattern in patterns:
        source = pattern.sub(lambda found: "\n" * found[0].count("\n"), source)
    return source


def line_of(source: str, position: int) -> int:
    """Return the line number of a position."""
    return source.count("\n", 0, position) + 1


def shown(path: Path) -> str:
    """Return the path as people say it: from the project's root."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


# --- punctuation --------------------------------------------------------------------------------
HAN = r"\u3400-\u9fff"
WIDE = str.maketrans({",": "\uff0c", ";": "\uff1b", ":": "\uff1a", "?": "\uff1f", "!": "\uff01"})
NARROW = re.compile(
    rf"(?<=[{HAN}\u201d\u300b\u300d\uff09])[,;:?!](?=[{HAN}\u201c\u300a\u300c{{%<\"'\d\n]|$)"
    rf"|(?<=[A-Za-z0-9)}}%])[,;:?!](?=[{HAN}\u201c])"
)
BRACKETS = re.compile(
    rf"(?<![\w.\\])\(([^()\"'\n]*[{HAN}][^()\"'\n]*)\)|(?<=[{HAN}])\(([^()\"'\n]*)\)"
)


def punctuate(folder: Path) -> None:
    """Write the app's Chinese with full-width punctuation; msgids in the catalogue as well."""
    for path in [*source_files(folder), folder / CATALOGUE]:
        if path.exists() and (text := path.read_text()) != (better := punctuated(text)):
            path.write_text(better)


def punctuated(text: str) -> str:
    """Return the text with full-width punctuation between Chinese characters."""
    text = BRACKETS.sub(lambda found: f"\uff08{found[1] or found[2]}\uff09", text)
    return NARROW.sub(lambda found: found[0].translate(WIDE), text)


COMMANDS: dict[str, Callable[[Path], object]] = {
    "check": check_catalogue,
    "update": update,
    "compile": compile_catalogue,
    "punctuate": punctuate,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
