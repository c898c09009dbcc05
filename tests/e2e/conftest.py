"""One real site for all journeys: own folder, own database, sample data, all processes.

``ANXIN_E2E_HOME``: the folder of a site that already runs; used instead of starting one, while
writing a journey.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Request as BrowserRequest

# A page that missed the live line asks again after fifteen seconds.
expect.set_options(timeout=20_000)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
_ANXIN = [sys.executable, "-m", "anxin.project.main"]


@dataclass(frozen=True, slots=True)
class Site:
    """A running Anxin with its sample data."""

    base_url: str
    home: Path
    environment: dict[str, str]
    credentials: dict[str, Any]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Call the REST API with the sample key; return the JSON answer."""
        request = Request(
            f"{self.base_url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.credentials['api_key']}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        try:
            with urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            raise AssertionError(f"{method} {path}: {refusal.read().decode()}") from refusal


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Start the site, populated; stop it by its process id."""
    if running := os.environ.get("ANXIN_E2E_HOME"):
        yield _known(Path(running))
        return
    home = Path(tempfile.mkdtemp(prefix="anxin-e2e-"))
    port = _free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "ANXIN_HOME": str(home),
        "ANXIN_BASE_URL": f"http://127.0.0.1:{port}",
    }
    environment.pop("PYTEST_VERSION", None)
    for words in (["migrate"], ["demo", "load", "--orders", "400"]):
        subprocess.run([*_ANXIN, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    log = (home / "serve.log").open("w")
    server = subprocess.Popen(
        [*_ANXIN, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
    )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", server, home)
        yield _known(home)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


def _known(home: Path) -> Site:
    told = json.loads((home / "run" / "serve.json").read_text())
    environment = {**os.environ, "ANXIN_HOME": str(home), "ANXIN_BASE_URL": told["base_url"]}
    answer = subprocess.run(
        [*_ANXIN, "demo", "credentials", "--json"],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    return Site(told["base_url"], home, environment, json.loads(answer.stdout))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], home: Path) -> None:
    # serve.json is written last.
    for _ in range(300):
        assert server.poll() is None, (home / "serve.log").read_text()
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200 and (home / "run" / "serve.json").exists():
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError((home / "serve.log").read_text())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all journeys."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


OpenRoom = Callable[..., Page]


@pytest.fixture
def person(site: Site, browser: Browser) -> Iterator[OpenRoom]:
    """Return a function that gives a person his own browser: ``person("zh-CN", PHONE)``.

    Whatever the journey: a script error or a request to another host fails it.
    """
    contexts: list[BrowserContext] = []
    strangers: set[str] = set()

    def watch(request: BrowserRequest) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc not in site.base_url:
            strangers.add(request.url)

    def enter(locale: str = "zh-CN", viewport: dict[str, int] | None = None) -> Page:
        context = browser.new_context(
            base_url=site.base_url,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]
            has_touch=viewport == PHONE,
        )
        context.set_default_timeout(15_000)
        context.on("request", watch)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not strangers, f"pages asked other hosts: {sorted(strangers)}"


def sign_in(page: Page, site: Site, user_name: str) -> None:
    """Sign a person of the staff in and wait for his room."""
    page.goto("/")
    page.fill("input[name=login]", user_name)
    page.fill("input[name=password]", site.credentials["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)
