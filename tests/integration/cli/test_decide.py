"""``anxin decide`` says what the policy says."""

from __future__ import annotations

import argparse
import json

import pytest

from anxin.entrypoints.cli import decide
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import build_scene

pytestmark = pytest.mark.django_db


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    decide.add_arguments(parser)
    with acting_for(None):
        return decide.run(parser.parse_args(words))


QUESTION = ("--order", "AX20261101001", "--sku", "LAMP-1", "--qty", "2", "--reason", "no_reason")


def test_it_prints_the_decision_with_its_clauses(capsys: pytest.CaptureFixture[str]) -> None:
    build_scene()

    status = _run(*QUESTION, "--at", "2026-11-11T12:00", "--json")

    said = json.loads(capsys.readouterr().out)
    assert (status, said["decision"]["verdict"], said["total_minor"]) == (0, "allow", 6_67)
    assert {"zh", "en", "sources"} <= set(said["decision"]["clauses"][0])


def test_it_prints_words_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    build_scene()

    assert _run(*QUESTION, "--at", "2027-01-11T12:00") == 0

    out = capsys.readouterr().out
    assert out.startswith("decline")
    assert "CN-05" in out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--order", "NOPE"), "no order NOPE"),
        (("--sku", "NOPE"), "NOPE is not in order"),
        (("--qty", "0"), "at least one unit"),
        (("--at", "yesterday"), "yesterday"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], more: tuple[str, str], said: str
) -> None:
    build_scene()

    assert _run(*QUESTION, *more) == 1

    assert said in capsys.readouterr().err


def test_an_order_of_two_merchants_needs_to_know_which(
    capsys: pytest.CaptureFixture[str],
) -> None:
    build_scene()
    build_scene("beta")

    assert _run(*QUESTION) == 1
    assert "--merchant" in capsys.readouterr().err
    assert _run(*QUESTION, "--merchant", "beta") == 0
