"""The bridge from ASGI to WSGI: bodies, refusals, streams, and clients that leave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from anxin.project.bridge import Bridge, environ_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start("200 OK", [("Content-Type", "text/plain"), ("X-Length", environ["CONTENT_LENGTH"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", body]


class Client:
    """What an ASGI server would do around one request."""

    def __init__(self, *parts: bytes, leaves: bool = False, **scope: Any) -> None:
        self.scope = {
            "type": "http", "method": "POST", "path": "/", "query_string": b"",
            "http_version": "1.1", "headers": [], "client": ("10.0.0.1", 5), **scope,
        }  # fmt: skip
        self.incoming: list[dict[str, Any]] = [
            {"type": "http.request", "body": part, "more_body": index < len(parts) - 1 or leaves}
            for index, part in enumerate(parts or (b"",))
        ]
        self.leaves = leaves
        self.sent: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        if self.incoming:
            return self.incoming.pop(0)
        if not self.leaves:
            await asyncio.sleep(30)
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def call(wsgi: Wsgi, client: Client, **options: Any) -> Client:
    settings = {"threads": 2, "max_body": 1000, "max_waiting": 10, **options}

    async def main() -> None:
        bridge = Bridge(wsgi, **settings)
        await bridge(client.scope, client.receive, client.send)
        bridge.close(lambda: None)

    asyncio.run(main())
    return client


def test_a_body_in_parts_reaches_the_application_whole() -> None:
    client = call(echo, Client(b"abc", b"def"))

    assert client.status == 200
    assert client.body == b"POST abcdef"
    assert (b"x-length", b"6") in client.sent[0]["headers"]


def test_an_answer_that_does_not_stream_is_sent_in_one_step() -> None:
    client = call(echo, Client(b"abc"))

    assert [message["type"] for message in client.sent] == [
        "http.response.start",
        "http.response.body",
    ]


def test_a_declared_length_above_the_limit_is_refused_unread() -> None:
    client = call(echo, Client(b"x", headers=[(b"content-length", b"1001")]))

    assert client.status == 413
    assert json.loads(client.body)["status"] == 413
    assert (b"content-type", b"application/problem+json") in client.sent[0]["headers"]


def test_a_body_that_grows_above_the_limit_is_refused() -> None:
    client = call(echo, Client(b"x" * 600, b"x" * 600))

    assert client.status == 413


def test_too_many_waiting_requests_are_asked_to_come_again() -> None:
    client = call(echo, Client(b""), max_waiting=-1)

    assert client.status == 503
    assert (b"retry-after", b"1") in client.sent[0]["headers"]


def test_a_body_cut_off_by_its_sender_never_reaches_the_application() -> None:
    called: list[bool] = []

    def note(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        called.append(True)
        return echo(environ, start)

    client = call(note, Client(b"half a photo", leaves=True))

    assert called == []
    assert client.sent == []


def test_a_large_answer_streams_in_parts() -> None:
    def large(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        for _ in range(10):
            yield b"x" * 100_000

    client = call(large, Client())

    assert len(client.body) == 1_000_000
    assert len(client.sent) > 3
    assert client.sent[-1]["more_body"] is False


def test_a_stream_stops_when_its_reader_leaves() -> None:
    yielded: list[int] = []

    def endless(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        for index in range(10_000):
            yielded.append(index)
            yield b"x" * 300_000

    client = Client()
    client.leaves = True
    call(endless, client)

    assert len(yielded) < 10_000


def test_an_error_before_the_answer_is_told_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise ValueError("a secret")

    client = call(broken, Client())

    assert client.status == 500
    assert b"secret" not in client.body
    assert "a secret" in caplog.text


def test_an_error_amid_a_stream_breaks_the_connection() -> None:
    def breaking(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"x" * 300_000
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  (the server closes the connection on any error)
        call(breaking, Client())


def test_the_iterable_is_closed_whatever_happens() -> None:
    closed: list[bool] = []

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a"])

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Parts()

    call(app, Client())

    assert closed == [True]


def test_a_header_with_an_underscore_cannot_stand_for_one_with_a_dash() -> None:
    import io

    headers = [(b"x_forwarded_for", b"6.6.6.6"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]

    environ = environ_of(Client(headers=headers).scope, io.BytesIO(b"abc"))

    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_LENGTH"] == "3"
