"""One installation from its first start to its backup, run by the real command."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anxin.project.doctor import memory_mib
from tests.installation import Installation, open_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def anxin(folder: Path) -> Iterator[Installation]:
    with Installation(folder / "home") as installation:
        yield installation


def test_it_says_where_it_is_and_what_it_did(anxin: Installation) -> None:
    said = anxin.said()

    assert "Starting PostgreSQL" in said
    assert anxin.base_url in said


def test_it_tells_that_it_is_alive_and_ready(anxin: Installation) -> None:
    assert anxin.get("/healthz") == (200, "ok")
    assert json.loads(anxin.get("/readyz")[1])["workers"] == 1


def test_prometheus_finds_figures_of_every_process(anxin: Installation) -> None:
    status, text = anxin.get("/metrics")

    assert status == 200
    assert "anxin_http_request_seconds_count" in text
    assert "anxin_sweep_seconds_count" in text
    assert "anxin_workers 1.0" in text


def test_processes_that_are_killed_are_started_again(anxin: Installation) -> None:
    before = anxin.children()

    for name in before:
        anxin.kill(name)
    time.sleep(0.5)
    anxin.wait_until_ready(20)

    deadline = time.monotonic() + 20
    while any(anxin.children()[name] == pid for name, pid in before.items()):
        assert time.monotonic() < deadline, anxin.said()
        time.sleep(0.1)


def test_a_killed_database_is_started_again(anxin: Installation) -> None:
    before = anxin.postmaster()

    anxin.kill("postgres")

    deadline = time.monotonic() + 30
    while True:
        try:
            if anxin.postmaster() != before and anxin.get("/readyz")[0] == 200:
                break
        except OSError:
            pass
        assert time.monotonic() < deadline, anxin.said()
        time.sleep(0.2)
    anxin.wait_until_ready(30)


def test_a_second_one_on_the_same_port_is_refused_in_a_sentence(
    anxin: Installation, folder: Path
) -> None:
    answer = anxin.run("serve", f"--port={anxin.port}")

    assert answer.returncode == 1
    assert f"port {anxin.port} is taken" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_idle_it_keeps_within_its_memory(anxin: Installation) -> None:
    assert anxin.process is not None
    pids = [anxin.process.pid, *anxin.children().values()]

    sizes = [memory_mib(pid) or 0 for pid in pids]

    assert sum(sizes) < 350, dict(zip(pids, sizes, strict=True))


def test_the_doctor_finds_it_sound(anxin: Installation) -> None:
    anxin.wait_until_ready(30)

    answer = anxin.run("doctor", "--json")

    findings = {finding["check"]: finding for finding in json.loads(answer.stdout)}
    wrong = [finding for finding in findings.values() if finding["is_fine"] is False]
    assert wrong == []
    assert findings["web-1"]["is_fine"] is True
    assert answer.returncode == 0


def test_a_backup_restores_to_the_same_rows_files_and_key(
    anxin: Installation, folder: Path
) -> None:
    photo = anxin.home / "files" / "1" / "ab" / "abc"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"bytes of a photo")
    archive = folder / "backup.tar"

    saved = anxin.run("backup", str(archive))
    other = Installation(folder / "other")
    restored = other.run("restore", str(archive))

    assert saved.returncode == 0, saved.stderr
    assert restored.returncode == 0, restored.stderr
    rows = saved.stdout.split(": ")[1].split()[0]
    assert restored.stdout.rstrip().endswith(f"{rows} rows and 1 files are restored.")
    assert (other.home / "files" / "1" / "ab" / "abc").read_bytes() == b"bytes of a photo"
    assert (other.home / "secret-key").read_text() == (anxin.home / "secret-key").read_text()
    assert archive.stat().st_mode & 0o077 == 0


def test_restoring_over_data_is_refused(anxin: Installation, folder: Path) -> None:
    answer = anxin.run("restore", str(folder / "backup.tar"))

    assert answer.returncode == 1
    assert "not empty" in answer.stderr


def test_a_file_that_is_no_backup_is_refused(folder: Path) -> None:
    (folder / "letter.tar").write_bytes(os.urandom(2000))

    answer = Installation(folder / "third").run("restore", str(folder / "letter.tar"))

    assert answer.returncode == 1
    assert "not a backup" in answer.stderr


def test_it_stops_with_everything_it_started_within_seconds(folder: Path) -> None:
    installation = Installation(folder / "other", "--web=2")
    installation.start()
    assert set(installation.children()) == {"web-1", "web-2", "worker-1"}
    pids = [*installation.children().values(), installation.postmaster()]

    began = time.monotonic()
    status = installation.stop()

    assert status == 0
    assert time.monotonic() - began < 10
    # One that ended but was not reaped yet holds no memory any more.
    assert [pid for pid in pids if memory_mib(pid)] == []


def test_a_data_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "blocked").write_text("a file where a folder should be")

    answer = Installation(folder / "blocked").run("serve")

    assert answer.returncode == 1
    assert "cannot write the data folder" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("damage", "words"),
    [("version", "was made by PostgreSQL 13"), ("control", "does not start")],
)
def test_a_broken_database_folder_is_told(folder: Path, damage: str, words: str) -> None:
    home = folder / f"broken-{damage}"
    broken = Installation(home)
    assert broken.run("migrate").returncode == 0
    if damage == "version":
        (home / "postgres" / "PG_VERSION").write_text("13\n")
    else:
        (home / "postgres" / "global" / "pg_control").unlink()

    answer = broken.run("serve", f"--port={broken.port}")

    assert answer.returncode == 1
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr
