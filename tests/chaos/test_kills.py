"""Processes killed at random moments while messages come in and refunds go out.

Nothing that was accepted is lost, and nothing is done twice. The witnesses are the rows and the
sandbox provider's own book.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from anxin.project.embedded_postgres import Cluster
from tests.installation import Installation, open_folder

pytestmark = pytest.mark.chaos

KILLING_SECONDS = 20
SETTLING_SECONDS = 60
REFUNDS = 25
SENDERS = 4


class Sender(threading.Thread):
    """A channel that delivers messages and repeats what was not acknowledged, as channels do."""

    def __init__(self, anxin: Installation, key: str, name: str) -> None:
        super().__init__(name=name)
        self.anxin = anxin
        self.key = key
        self.accepted: list[str] = []
        self.surprises: list[tuple[int, str]] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            external_id = str(uuid4())
            if self._deliver(external_id):
                self.accepted.append(external_id)
            time.sleep(0.02)

    def _deliver(self, external_id: str) -> bool:
        body = {
            "channel": "wechat", "external_id": external_id, "text": "什么时候退款",
            "sender": {"id": f"{self.name}-{random.randrange(5)}", "name": "顾客"},
        }  # fmt: skip
        while not self.stopping.is_set():
            try:
                status, answer = self.anxin.post(
                    "/api/v1/messages", body, Authorization=f"Bearer {self.key}"
                )
            except OSError:  # refused, reset: the web process was killed amid it
                time.sleep(0.05)
                continue
            if status < 300:
                return True
            if status not in (500, 503):
                self.surprises.append((status, answer))
                return False
            time.sleep(0.05)
        return False


@pytest.fixture
def anxin() -> Iterator[Installation]:
    with open_folder() as folder, Installation(folder / "home", "--web=2") as installation:
        yield installation


def rows(anxin: Installation, statement: str) -> list[Any]:
    with psycopg.connect(Cluster(anxin.home / "postgres").url()) as connection:
        return connection.execute(statement).fetchall()


def ask_for_refunds(anxin: Installation) -> subprocess.Popen[str]:
    pause = KILLING_SECONDS / REFUNDS
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.asking", str(REFUNDS), str(pause)],
        env={**anxin.environment, "DJANGO_SETTINGS_MODULE": "anxin.project.settings"},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def kill_at_random(anxin: Installation) -> Counter[str]:
    seed = int(os.environ.get("ANXIN_CHAOS_SEED") or random.randrange(10**6))
    print(f"ANXIN_CHAOS_SEED={seed}")
    dice = random.Random(seed)
    killed: Counter[str] = Counter()
    until = time.monotonic() + KILLING_SECONDS
    while time.monotonic() < until:
        time.sleep(dice.uniform(0.3, 2.5))
        name = dice.choice(["web-1", "web-2", "worker-1", "worker-1"])
        anxin.kill(name)
        killed[name] += 1
    return killed


def wait_until_settled(anxin: Installation) -> None:
    anxin.wait_until_ready(30)
    deadline = time.monotonic() + SETTLING_SECONDS
    while time.monotonic() < deadline:
        open_work = rows(
            anxin,
            "select (select count(*) from procrastinate_jobs where status in ('todo', 'doing')),"
            " (select count(*) from aftersales_aftersalesrequest where ended_at is null)",
        )
        if open_work == [(0, 0)]:
            return
        time.sleep(0.5)
    raise AssertionError(f"still open after {SETTLING_SECONDS} s (jobs, requests): {open_work}")


def test_nothing_accepted_is_lost_and_nothing_done_twice(anxin: Installation) -> None:
    asking = ask_for_refunds(anxin)
    assert asking.stdout is not None
    key = asking.stdout.readline().strip()
    senders = [Sender(anxin, key, f"sender-{number}") for number in range(SENDERS)]
    for sender in senders:
        sender.start()

    killed = kill_at_random(anxin)

    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join()
    asked, _ = asking.communicate(timeout=60)
    wait_until_settled(anxin)

    assert killed["worker-1"] + killed["web-1"] + killed["web-2"] >= 5, killed
    assert [sender.surprises for sender in senders] == [[]] * SENDERS
    accepted = [external_id for sender in senders for external_id in sender.accepted]
    assert len(accepted) > 100
    assert_each_message_is_kept_once(anxin, accepted)
    assert_each_refund_is_paid_once(anxin, asked.split())


def assert_each_message_is_kept_once(anxin: Installation, accepted: list[str]) -> None:
    kept = Counter(row[0] for row in rows(anxin, "select external_id from conversations_message"))
    assert [external_id for external_id in accepted if kept[external_id] != 1] == []
    gaps = rows(
        anxin,
        "select conversation_id, count(*), max(seq) from conversations_message"
        " group by 1 having count(*) <> max(seq)",
    )
    assert gaps == []


def assert_each_refund_is_paid_once(anxin: Installation, asked: list[str]) -> None:
    assert len(asked) == REFUNDS
    wanted = rows(anxin, "select source_id::text, state, amount_minor from finance_refund")
    assert sorted(row[0] for row in wanted) == sorted(asked)
    assert {row[1] for row in wanted} == {"succeeded"}
    assert sorted(row[2] for row in wanted) == [1_000 + number for number in range(REFUNDS)]
    book = rows(
        anxin,
        "select number, moved_count - bounced_count, amount_minor from sandbox_sandboxrefund",
    )
    assert [entry for entry in book if entry[1] != 1] == []
    assert sorted(entry[2] for entry in book) == sorted(row[2] for row in wanted)
    failed = rows(anxin, "select task_name, args from procrastinate_jobs where status = 'failed'")
    assert failed == []
