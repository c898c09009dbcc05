"""The command line: help everywhere, and errors in one sentence."""

from __future__ import annotations

import errno

import pytest

from anxin.kernel.errors import Conflict
from anxin.project import commands, serve
from anxin.project.embedded_postgres import DatabaseTrouble


def test_help_lists_every_command_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        commands.run(["--help"])

    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(name in text for name, command in commands.COMMANDS.items() if command.exists)


@pytest.mark.parametrize(
    "name", [name for name, command in commands.COMMANDS.items() if command.exists]
)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        commands.run([name, "--help"])

    assert ended.value.code == 0
    assert f"anxin {name}" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        commands.run(["fly"])

    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DatabaseTrouble("no PostgreSQL found"), "no PostgreSQL found"),
        (OSError(errno.ENOSPC, "No space left", "/x"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "no right to write /x/y"),
        (FileNotFoundError(errno.ENOENT, "No such file", "orders.csv"), "orders.csv"),
        (Conflict("it exists", name="x"), "it exists (name=x)"),
    ],
)
def test_what_an_operator_can_put_right_is_said_in_a_sentence(error: Exception, words: str) -> None:
    sentence = commands._in_words(error)

    assert sentence is not None
    assert words in sentence


def test_a_bug_of_ours_is_not_dressed_up() -> None:
    assert commands._in_words(KeyError("x")) is None


def test_a_taken_port_is_told_with_the_way_out() -> None:
    with serve.listen("127.0.0.1", 0) as taken, pytest.raises(serve.CannotStart) as refused:
        port = taken.getsockname()[1]
        with serve.listen("127.0.0.1", port):
            pass

    assert f"port {port} is taken" in str(refused.value)
    assert "--port" in str(refused.value)


def test_a_port_beyond_the_last_is_told() -> None:
    with pytest.raises(serve.CannotStart, match="70000"), serve.listen("127.0.0.1", 70_000):
        pass
