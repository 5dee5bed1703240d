"""The real dashboard on a free port with its own workspace; a request to elsewhere fails the test."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    TimeoutError,
    expect,
)

from tests import workspaces

expect.set_options(timeout=20_000)  # a busy machine is no failure

ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"http://\S+:(\d+)/")


@dataclass
class Dashboard:
    """A running dashboard. `links`: what it printed."""

    url: str
    data: Path
    links: list[str]
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End it. Its output may hold no traceback through a page (the server's own, of cut lines, may)."""
        self.process.terminate()
        output = self.process.communicate(timeout=60)[0]
        assert not re.search(rf'File "{re.escape(str(ROOT))}/(dupedash/ui/main|pages)', output), output


APP = (sys.executable, str(ROOT / "app.py"))


def usual_port() -> int:
    """The same for one dashboard after the other, so that the browser keeps what draws a page; 0, any, while
    another one has it. Below those that a system gives out by itself."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    port = 21_300 + int(worker)
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def start(data: Path, command: Sequence[str] = APP, **environment: str) -> Dashboard:
    """The dashboard on a port of its own, in another folder than its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DUPEDASH_", "STREAMLIT_"))}
    process = subprocess.Popen(
        command,
        cwd=data.parent,
        env={**clean, "DUPEDASH_DATA": str(data), "DUPEDASH_PORT": str(usual_port()), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    links: list[str] = []
    for line in process.stdout:
        links += re.findall(r"http://\S+", line)
        if links and not line.strip():
            break
    if not links:
        raise RuntimeError(f"the dashboard did not start: {process.communicate()[0]}")
    port = _ADDRESS.search(links[0])
    assert port is not None
    return Dashboard(f"http://127.0.0.1:{port[1]}", data, links, process)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of drawn pictures."""
    return workspaces.draw(tmp_path_factory.mktemp("drawn") / "pictures")


@pytest.fixture(scope="session")
def scanned_photos(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    """The data folder with a collection `photos` of these pictures and one scan: to be copied."""
    workspace = workspaces.fill(tmp_path_factory.mktemp("scanned") / "data", pictures)
    workspaces.scan(workspace)
    return workspace.root


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory, scanned_photos: Path) -> Iterator[Dashboard]:
    """A dashboard over a collection `photos` with one scan."""
    running = start(shutil.copytree(scanned_photos, tmp_path_factory.mktemp("dashboard") / "data"))
    yield running
    running.stop()


WINDOW: dict[str, object] = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@dataclass
class Kept:
    """A context of the usual kind and its tab, for one test after the other: a new one would load and compile
    again all that draws a page, which costs twice what the page does. Nothing else is kept in it."""

    context: BrowserContext
    tab: Page
    lent: bool = False

    def tidy(self) -> None:
        """Leave the page, and forget what it wrote."""
        if self.tab.is_closed():
            self.tab = self.context.new_page()
        for page in self.context.pages:
            if page is not self.tab:
                page.close()
        self.context.clear_cookies()
        if self.tab.url.startswith("http"):
            self.tab.evaluate("localStorage.clear(), sessionStorage.clear()")
            self.tab.goto(urljoin(self.tab.url, QUIET_PAGE))
        self.lent = False


QUIET_PAGE = "/_stcore/health"
"""A page without any script."""


class Watched:
    """A browser context that notes everything that should not happen, a request to elsewhere first of all.

    It looks on and does not route: routing would switch Chromium's cache off, and each tab would load anew
    what draws the page.
    """

    def __init__(self, browser: Browser, url: str, kept: Kept | None = None, **options: object) -> None:
        self.url = url
        self.wrong: list[str] = []
        self._kept = kept
        self._tabs = [kept.tab] if kept else []
        self.context: BrowserContext = (
            kept.context if kept else browser.new_context(**{**WINDOW, **options})  # type: ignore[arg-type]
        )
        self._heard = {
            "request": self._asked, "console": self._said, "dialog": self._opened,
            "weberror": lambda error: self.wrong.append(f"exception: {error.error}"),
        }  # fmt: skip
        for event, hear in self._heard.items():
            self.context.on(event, hear)  # type: ignore[call-overload]

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self.wrong.append(f"request to {request.url}")

    def _opened(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = (message.location or {}).get("url", "")
            self.wrong.append(f"console: {message.text} {place}")

    def page(self, path: str = "/", ready: Callable[[Page], None] | None = None) -> Page:
        """A tab of its own, loaded and settled, or `ready`."""
        page = self._tabs.pop() if self._tabs else self.context.new_page()
        page.goto(self.url + path)
        (ready or settle)(page)
        return page

    def close(self) -> None:
        """No more is noted from now on."""
        for event, hear in self._heard.items():
            self.context.remove_listener(event, hear)
        if self._kept is None:
            self.context.close()
        else:
            self._kept.tidy()


_QUIET = """async ({quiet, patience}) => {
    const app = () => document.querySelector('[data-testid=stApp]');
    const begin = performance.now();
    let changed = begin;
    const watch = new MutationObserver(() => { changed = performance.now(); });
    watch.observe(document.documentElement, {
        subtree: true, childList: true, attributes: true, characterData: true,
    });
    try {
        while (performance.now() - begin < patience) {
            await new Promise(done => setTimeout(() => requestIdleCallback(done, {timeout: 500}), 50));
            if (app()?.dataset.testScriptState === 'notRunning'
                && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
                && performance.now() - changed > quiet) return;
        }
    } finally {
        watch.disconnect();
    }
}"""


def settle(page: Page) -> None:
    """Wait until the page has run and all is drawn: Streamlit says that a run is over before the browser has
    loaded what draws each widget, and what is not drawn yet takes no key and no click. For ten seconds at
    most, as the page of running work hardly rests: what is missing then, the test itself will say."""
    try:
        page.get_by_role("heading", level=1).first.wait_for()
    except TimeoutError as error:
        raise AssertionError(f"No heading, but:\n{page.locator('body').inner_text()}") from error
    page.evaluate(_QUIET, {"quiet": 150, "patience": 10_000})


def show(page: Page, address: str) -> None:
    """Go to another address in the same tab, and wait until it is drawn: half of what a new tab costs."""
    page.goto(address)
    settle(page)


def to(page: Page, name: str) -> None:
    """Go to another page by the sidebar, and wait until it is drawn."""
    settle(page)  # a page that is just being drawn anew forgets the click
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    settle(page)


def until(do: Callable[[], None], seen: Callable[[float], None]) -> None:
    """Do it and wait until it is seen, once more where a redraw swallowed the key or the click, as a person
    does. `seen` takes the milliseconds to wait and raises AssertionError; doing it twice must not matter."""
    for _ in range(3):
        do()
        try:
            seen(8_000)
        except AssertionError:
            continue
        return
    seen(8_000)


@pytest.fixture
def serving() -> Iterator[Callable[..., Dashboard]]:
    """serving(data, command, **environment): a dashboard for one test only."""
    running: list[Dashboard] = []

    def serve(data: Path, command: Sequence[str] = APP, **environment: str) -> Dashboard:
        running.append(start(data, command, **environment))
        return running[-1]

    yield serve
    for one in running:
        one.stop()


@pytest.fixture(scope="session")
def kept() -> Iterator[list[Kept]]:
    """The contexts that are kept: as many as one test had visitors at once."""
    contexts: list[Kept] = []
    yield contexts
    for one in contexts:
        one.context.close()


def free(kept: list[Kept], browser: Browser) -> Kept:
    """A context that nobody has, from now on lent."""
    found = next((one for one in kept if not one.lent), None)
    if found is None:
        context = browser.new_context(**WINDOW)  # type: ignore[arg-type]
        kept.append(found := Kept(context, context.new_page()))
    found.lent = True
    return found


@pytest.fixture
def visit(browser: Browser, kept: list[Kept], serving: object) -> Iterator[Callable[..., Watched]]:  # noqa: ARG001
    """visit(url, **context options): a watched context; at the end nothing may have gone wrong in any.

    It asks for `serving` so that browsers leave before servers stop.
    """
    opened: list[Watched] = []

    def open_one(url: str, **options: object) -> Watched:
        opened.append(Watched(browser, url, None if options else free(kept, browser), **options))
        return opened[-1]

    yield open_one
    for watched in opened:
        watched.close()
    assert [line for watched in opened for line in watched.wrong] == []
