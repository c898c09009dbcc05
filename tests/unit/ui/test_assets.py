"""Static files: what templates name exists, is small, and needs nobody else's host."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from anxin.entrypoints import ui
from anxin.entrypoints.ui.templatetags.anxin_ui import TONE_ICONS, VENDOR

FOLDER = Path(ui.__file__).parent
STATIC = FOLDER / "static"
ENTRYPOINTS = FOLDER.parent
FIRST_PAGE = [
    VENDOR["tabler"],
    VENDOR["htmx"],
    VENDOR["alpine"],
    VENDOR["icons"],
    "ui/anxin.css",
    "ui/mark.svg",
    *(f"ui/{path.name}" for path in (STATIC / "ui").glob("*.js") if path.name != "charts.js"),
]


def templates() -> list[Path]:
    return sorted(ENTRYPOINTS.glob("*/templates/**/*.html"))


def test_the_vendored_files_that_templates_name_exist() -> None:
    assert [name for name in VENDOR.values() if not (STATIC / name).is_file()] == []


def test_every_vendored_folder_carries_its_licence() -> None:
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]

    assert len(folders) == 5
    assert [path.name for path in folders if not (path / "LICENSE").is_file()] == []


def test_the_shared_files_of_the_first_page_are_far_below_300_kb_compressed() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in FIRST_PAGE]

    assert sum(sizes) < 180_000


def test_every_icon_that_templates_draw_is_in_the_sprite() -> None:
    sprite = (STATIC / VENDOR["icons"]).read_text()
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    drawn = set(TONE_ICONS.values())
    for path in templates():
        drawn |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
        drawn |= set(re.findall(r'\sicon="([\w-]+)"', path.read_text()))

    assert drawn - known == set()


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ENTRYPOINTS)))
def test_no_template_needs_what_the_content_security_policy_refuses(path: Path) -> None:
    source = path.read_text()

    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", source) == []
    assert re.findall(r"\son\w+\s*=|\sstyle\s*=|javascript:|hx-on", source) == []


def test_no_file_of_ours_names_another_host() -> None:
    ours = [*(STATIC / "ui").glob("*.*"), *templates()]
    hosts = [
        (path.name, host)
        for path in ours
        for host in re.findall(r"https?://[\w.-]+", path.read_text())
        if host != "http://www.w3.org"
    ]

    assert hosts == []


def test_no_vendored_file_is_fetched_from_a_named_host() -> None:
    for name in ("tabler", "icons"):
        assert re.findall(r"url\(['\"]?https?:", (STATIC / VENDOR[name]).read_text()) == []


def test_every_static_file_can_be_served_under_a_hashed_name(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "anxin.entrypoints.ui.storage.HashedStaticFiles"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = next(tmp_path.glob("ui/app.????????????.js")).read_text()
    assert re.search(r'import ?"\./requests\.[0-9a-f]{12}\.js"', hashed)
