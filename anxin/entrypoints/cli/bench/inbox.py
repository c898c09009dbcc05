"""How fast agents get a page of the inbox, through the real web process, from a full database."""

# messages: data (what people of the sample write)
from __future__ import annotations

import argparse
import random
import statistics
import threading
import time
from http.client import HTTPConnection

import psycopg

from anxin.domains.conversations.data import InboxView
from anxin.entrypoints.cli.bench import Ground
from anxin.entrypoints.cli.bench.filling import MERCHANTS, fill
from anxin.entrypoints.cli.bench.measuring import percentile

AGENTS = 16
VIEWS = tuple(InboxView)
_PATHS = {"page": "/workspace/?view={view}", "API": "/api/v1/conversations?view={view}"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--web", type=int, default=1, help="web processes")
    parser.add_argument("--conversations", type=int, default=100_000, help="ten messages each")


def run(args: argparse.Namespace) -> dict[str, object]:
    """Return percentiles for one agent and pages a second for sixteen; page and API."""
    ground: Ground = args.ground
    stored = fill(ground.database_url, args.conversations)
    cookies = _sign_in(ground)
    figures: dict[str, object] = {
        "conversations": stored.conversations,
        "messages": stored.messages,
        "web processes": args.web,
        "limit: the list alone, p50 ms": _query(),
    }
    with ground.serve(web=args.web) as served:
        port = int(served.base_url.rsplit(":", 1)[1])
        for name, path in _PATHS.items():
            alone = _agents(port, path, cookies[:1], args.seconds / 2)
            together = _agents(port, path, cookies, args.seconds)
            figures |= {
                f"{name}: p50 ms": round(percentile(alone, 0.5), 1),
                f"{name}: p95 ms": round(percentile(alone, 0.95), 1),
                f"{name}: {AGENTS} agents, per second": round(len(together) / args.seconds),
                f"{name}: {AGENTS} agents, p50 ms": round(percentile(together, 0.5), 1),
            }
    return figures


def _query() -> float:
    """Return the median of the list itself: what no page can be faster than."""
    from anxin.domains.conversations.public import list_inbox
    from anxin.kernel.actors import Actor, MerchantId
    from anxin.kernel.tenancy import acting_for

    took = []
    for number in range(100):
        merchant = MerchantId(1 + number % MERCHANTS)
        with acting_for(merchant):
            started = time.perf_counter()
            list_inbox(Actor.system(merchant), VIEWS[number % len(VIEWS)])
            took.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(took), 2)


def _sign_in(ground: Ground) -> list[str]:
    """Return session cookies of agents at different merchants; each has a share of the work."""
    from django.contrib.auth import (
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )
    from django.contrib.sessions.backends.db import SessionStore

    from anxin.domains.merchants.data import Duty
    from anxin.domains.merchants.public import hire
    from anxin.kernel.actors import MerchantId

    cookies = []
    for number in range(AGENTS):
        name = f"bench-{time.time_ns()}"
        merchant = MerchantId(1 + number % MERCHANTS)
        staff = hire(merchant, user_name=name, password=name, name="客服", duties=[Duty.AGENT])
        with psycopg.connect(ground.database_url, autocommit=True) as connection:
            connection.execute(
                "update conversations_conversation set assignee_id = %s where merchant_id = %s "
                "and state <> 'closed' and assignee_id is null and random() < 0.5",
                [staff, merchant],
            )
        user = get_user_model().objects.get(username=name)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append(f"sessionid={session.session_key}")
    return cookies


def _agents(port: int, path: str, cookies: list[str], seconds: float) -> list[float]:
    took: list[float] = []
    threads = [
        threading.Thread(target=_one, args=(port, path, cookie, seconds, took))
        for cookie in cookies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _one(port: int, path: str, cookie: str, seconds: float, took: list[float]) -> None:
    http = HTTPConnection("127.0.0.1", port, timeout=30)
    dice = random.Random(cookie)  # noqa: S311  (load, no secrets)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        status = _get(http, path.format(view=dice.choice(VIEWS)), cookie)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        took.append((time.perf_counter() - started) * 1000)
    http.close()


def _get(http: HTTPConnection, path: str, cookie: str) -> int:
    http.request("GET", path, headers={"Cookie": cookie})
    answer = http.getresponse()
    answer.read()
    return answer.status
