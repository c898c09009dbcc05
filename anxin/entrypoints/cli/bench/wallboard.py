"""How fast the wall answers, and how fast facts become figures, from a full database."""

# messages: data (what people of the sample write)
from __future__ import annotations

import argparse
import statistics
import time
from datetime import timedelta
from http.client import HTTPConnection

import psycopg

from anxin.entrypoints.cli.bench import Ground
from anxin.entrypoints.cli.bench.filling import MERCHANTS, fill
from anxin.entrypoints.cli.bench.measuring import percentile

_PATHS = {
    "figures": "/wallboard/figures.json",
    "page": "/wallboard/",
    "API live": "/api/v1/metrics/live",
    "API 14 days": "/api/v1/metrics/first_response_seconds",
    "API 90 days by channel": "/api/v1/metrics/inquiries?dimension=channel&from={long_ago}",
}
_HISTORY_DAYS = 90
_ORDERS_PER_MERCHANT = 4_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=4, help="for each address")
    parser.add_argument("--conversations", type=int, default=100_000, help="ten messages each")
    parser.add_argument("--facts", type=int, default=100_000, help="to fold into figures")


def run(args: argparse.Namespace) -> dict[str, object]:
    """Return percentiles of each address, beside the database's own part, and facts a second."""
    ground: Ground = args.ground
    stored = fill(ground.database_url, args.conversations)
    _fill_history(ground.database_url)
    figures: dict[str, object] = {
        "conversations": stored.conversations,
        "messages": stored.messages,
        "limit: an empty query, p50 ms": _timed("select 1"),
        "limit: the live query alone, p50 ms": _live_query(),
    }
    cookie = _sign_in()
    with ground.serve(workers=0) as served:
        port = int(served.base_url.rsplit(":", 1)[1])
        for name, path in _PATHS.items():
            took = _ask(port, path, cookie, args.seconds)
            figures[f"{name}: p50 ms"] = round(percentile(took, 0.5), 1)
            figures[f"{name}: p95 ms"] = round(percentile(took, 0.95), 1)
    figures["facts folded per second"] = _fold(ground.database_url, args.facts)
    return figures


def _sign_in() -> str:
    """Return the session cookie of a supervisor of the first merchant."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from anxin.domains.merchants.data import Duty
    from anxin.domains.merchants.public import hire
    from anxin.kernel.actors import MerchantId

    name = f"bench-{time.time_ns()}"
    hire(MerchantId(1), user_name=name, password=name, name="主管", duties=[Duty.SUPERVISOR])
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return f"sessionid={client.cookies['sessionid'].value}"


def _get(http: HTTPConnection, path: str, cookie: str) -> int:
    http.request("GET", path, headers={"Cookie": cookie})
    answer = http.getresponse()
    answer.read()
    return answer.status


def _ask(port: int, path: str, cookie: str, seconds: float) -> list[float]:
    from anxin.kernel.clock import utcnow

    long_ago = (utcnow() - timedelta(days=_HISTORY_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    http = HTTPConnection("127.0.0.1", port, timeout=30)
    took, until = [], time.perf_counter() + seconds
    _get(http, path.format(long_ago=long_ago), cookie)
    while time.perf_counter() < until:
        started = time.perf_counter()
        status = _get(http, path.format(long_ago=long_ago), cookie)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        took.append((time.perf_counter() - started) * 1000)
    http.close()
    return took


def _timed(statement: str) -> float:
    from django.db import connection

    took = []
    for _ in range(50):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchall()
        took.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(took), 2)


def _live_query() -> float:
    from anxin.domains.metrics.public import live_figures
    from anxin.kernel.actors import Actor, MerchantId
    from anxin.kernel.clock import utcnow
    from anxin.kernel.tenancy import acting_for

    took = []
    for number in range(100):
        merchant = MerchantId(1 + number % MERCHANTS)
        with acting_for(merchant):
            started = time.perf_counter()
            live_figures(Actor.system(merchant), utcnow())
            took.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(took), 2)


def _fill_history(database_url: str) -> None:
    """Give every merchant 90 days of figures, hour by hour, and orders."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("truncate metrics_hourfigure")
        connection.execute(
            "insert into metrics_hourfigure (id, merchant_id, metric, hour, store, channel, cut, "
            "count, total) select gen_random_uuid(), m, name, "
            "date_trunc('hour', now()) - h * interval '1 hour', '', channel, '', 20, 2000 "
            "from generate_series(1, %s) m, generate_series(0, %s) h, "
            "unnest(array['inquiries', 'conversations_opened', 'response', 'first_response', "
            "'three_minute_response', 'requests_opened', 'refund_duration']) name, "
            "unnest(array['chat', 'portal']) channel",
            [MERCHANTS, _HISTORY_DAYS * 24],
        )
        connection.execute("delete from commerce_order where order_no like 'bench-%'")
        connection.execute(
            "insert into commerce_order (id, merchant_id, store_id, order_no, state, channel, "
            "region, currency, placed_at, goods_minor, discount_minor, freight_minor, tax_minor, "
            "paid_minor, receiver_name, receiver_phone, receiver_address, created_at, updated_at, "
            "is_fixed) "
            "select gen_random_uuid(), m, gen_random_uuid(), 'bench-' || n, 'delivered', '', 'CN', "
            "'CNY', now() - random() * interval '90 days', 100, 0, 0, 0, 100, '', '', '', now(), "
            "now(), true from generate_series(1, %s) m, generate_series(1, %s) n",
            [MERCHANTS, _ORDERS_PER_MERCHANT],
        )
        for table in ("metrics_hourfigure", "commerce_order"):
            connection.execute(f"vacuum analyze {table}")


def _fold(database_url: str, many: int) -> int:
    from anxin.kernel.streams import advance

    while advance("metrics", 10_000):
        pass
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into kernel_event (id, merchant_id, name, subject_kind, subject_id, payload, "
            "by_kind, by_id, occurred_at, recorded_at, xid) select gen_random_uuid(), "
            "1 + n %% %s, case when n %% 4 = 0 then 'conversations.ReplySent' else "
            "'conversations.MessageReceived' end, 'conversations', gen_random_uuid()::text, "
            "jsonb_build_object('channel', 'chat', 'seq', 1, 'waited_seconds', n %% 300, "
            "'is_first', true, 'opened', false, 'store_id', null), 'system', 'bench', "
            "now() - random() * interval '1 day', now(), pg_current_xact_id() "
            "from generate_series(1, %s) n",
            [MERCHANTS, many],
        )
    started, folded = time.perf_counter(), 0
    while batch := advance("metrics", 10_000):
        folded += batch
    return round(folded / (time.perf_counter() - started))
