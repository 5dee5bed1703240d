"""What all tests share: one browser, started only where a test asks for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from streamlit.components.v2 import manifest_scanner

from tests import chromium

# No example of a law is judged by its time: a busy machine is slow, not wrong.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# No sandbox: the tests may run as root in a container. All tabs in one process: a new one would compile again
# what draws a page. The rest keeps Chromium on this machine: it does not call home, and a page finds no other
# host by name.
FLAGS = (
    "--no-sandbox", "--process-per-site", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that need a browser are spread over the others: several browsers at once take longer than one
    after the other, and what only waits finds nothing to wait beside."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    browsing = {file: any(item.get_closest_marker("browser") for item in files[file]) for file in files}
    count = {kind: list(browsing.values()).count(kind) for kind in (True, False)}
    seen = {True: 0, False: 0}
    places: dict[Path, float] = {}
    for file, kind in browsing.items():
        seen[kind] += 1
        places[file] = (seen[kind] - kind / 2) / count[kind]
    items.sort(key=lambda item: places[item.path])


_MAIN = sys.modules["__main__"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Streamlit's AppTest leaves its page as the main module: what multiprocessing starts would run that."""
    sys.modules["__main__"] = _MAIN


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Each AppTest would read what every installed package says of itself: a quarter of a second."""
    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole run; tests that need it are skipped where there is none."""
    program = chromium.find()
    if program is None:
        pytest.skip("no Chromium or Chrome is to be had on this machine (`python -m tests.chromium`)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def offline_page(browser: Browser) -> Iterator[Page]:
    """A page without any network: a request to anywhere, a console error or an exception fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            wrong.append(f"request: {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(f"console: {message.text}")

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: wrong.append(f"exception: {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield page
    context.close()
    assert wrong == []
