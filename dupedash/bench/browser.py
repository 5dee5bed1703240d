"""How the dashboard feels at size: pages, slider and paging, measured in a real Chromium.

A page is drawn when its script is done, nothing is a skeleton and every picture on the screen is there.
Beside the time stands the processor time of the server, which a busy machine does not change.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import psutil

from dupedash.bench.chromium import find
from dupedash.bench.large import Large, Size, make
from dupedash.bench.measure import Say, machine
from dupedash.bench.memory import MEGABYTE
from dupedash.bench.startup import served
from dupedash.errors import ConfigError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TIMES, PAGES = 3, 200
"""How often each time is taken, the best counts; how many pages are turned for the memory."""
_DRAWN = (Path(__file__).parent / "drawn.js").read_text("utf-8")
_PATIENCE = 120_000.0  # milliseconds for a page of 100,000 images on a busy machine

SLIDERS = ("explore", "graph", "groups", "folders", "clear")
WANTED = {
    "overview": "[data-testid=stMetric]", "scan": ".st-key-scan-open-known", "explore": ".curves svg",
    "graph": ".dd-host[data-drawn]", "groups": ".dd-strip img", "group": ".cards img",
    "share": "[data-testid=stDownloadButton]", "check": "[data-testid=stFileUploader]",
    "folders": ".dd-share", "clear": ".dd-plan img", "collection": ".grid img",
    "connections": "[data-testid=stMain] button",
}  # fmt: skip
"""What is there when a page is drawn."""


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Seconds until a page is drawn: in a fresh browser, and with the server and browser warm.

    `server` is the processor time of the server for the warm one.
    """

    page: str
    cold: float
    warm: float
    server: float


@dataclass(frozen=True, slots=True)
class SliderFigures:
    """Seconds from a key on the threshold slider until the page is redrawn, and the server's of them."""

    page: str
    redrawn: float
    server: float


@dataclass(frozen=True, slots=True)
class PagingFigures:
    """Memory in MB after a tenth of the pages was turned, and after all of them."""

    page: str
    pages: int
    server: tuple[float, float]
    tab: tuple[float, float]


@dataclass(frozen=True, slots=True)
class BrowserFigures:
    """Everything. `load`: processes that wanted a processor before it began (average of a minute)."""

    load: float
    pages: tuple[PageFigures, ...]
    sliders: tuple[SliderFigures, ...]
    paging: tuple[PagingFigures, ...]


def addresses(large: Large) -> dict[str, str]:
    """What is opened: every page, and three groups of different sizes."""
    found = {name: f"/{name}" for name in WANTED if name != "group"}
    groups = {"group of 3": large.small}
    groups |= {f"chain {n}": image for n, image in enumerate(large.chains, 1)}
    return found | {name: f"/group?group={image}" for name, image in groups.items()}


def run_browser_bench(say: Say, size: Size = Size()) -> BrowserFigures:  # noqa: B008  (a frozen value)
    """Make up a workspace in a temporary folder and measure the dashboard over it.

    Raises ConfigError where there is no browser.
    """
    say(machine())
    with chromium() as browser, tempfile.TemporaryDirectory(prefix="dupedash-bench-") as folder:
        began = perf_counter()
        large = make(Path(folder) / "data", size)
        say(
            f"made up {size.images:,} images, {size.groups:,} groups and {size.matches:,} matches in "
            f"{perf_counter() - began:.0f} s"
        )
        return measure_browser(browser, large, say)


def measure_browser(browser: Browser, large: Large, say: Say) -> BrowserFigures:
    """Start a dashboard over the workspace and measure it."""
    load = psutil.getloadavg()[0]
    with served(large.workspace.root) as (address, server):
        pages = []
        for name, path in addresses(large).items():
            pages.append(_page(browser, address + path, name, server))
            say(page_words(pages[-1]))
        sliders = []
        for name in SLIDERS:
            sliders.append(_slider(browser, f"{address}/{name}", name, server))
            say(slider_words(sliders[-1]))
        paging = []
        for name in ("groups", "collection"):
            paging.append(_paging(browser, f"{address}/{name}", name, server))
            say(paging_words(paging[-1]))
    return BrowserFigures(round(load, 1), tuple(pages), tuple(sliders), tuple(paging))


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Raises ConfigError where Playwright or the browser is not there."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise ConfigError(
            "Measuring in a browser needs Playwright: pip install playwright."
        ) from None
    program = find()
    if program is None:
        raise ConfigError("There is no Chromium to measure in: python -m playwright install chromium.")
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root, as in containers; only our own pages are opened.
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        options.append("--enable-precise-memory-info")
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


def _context(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(_PATIENCE)
    context.add_init_script(_DRAWN)
    return context


def _wanted(name: str) -> str:
    return WANTED.get(name, WANTED["group"])


def _open(page: Page, address: str, name: str) -> float:
    """Seconds from the start of the navigation until it is drawn."""
    page.goto(address, wait_until="commit")
    drawn = page.wait_for_function("wanted => globalThis.benchDrawn?.(wanted)", arg=_wanted(name))
    return float(drawn.json_value()) / 1000


def _page(browser: Browser, address: str, name: str, server: psutil.Process) -> PageFigures:
    warm, used = [], []
    with _context(browser) as context:  # warms the server; the first visit of all pays its imports
        _open(context.new_page(), address, name)
    with _context(browser) as context:
        page = context.new_page()
        cold = _open(page, address, name)
        for _ in range(TIMES):
            page.goto("about:blank")
            before = _processor(server)
            warm.append(_open(page, address, name))
            used.append(_processor(server) - before)
    return PageFigures(name, round(cold, 2), round(min(warm), 2), round(min(used), 2))


def _slider(browser: Browser, address: str, name: str, server: psutil.Process) -> SliderFigures:
    took, used = [], []
    with _context(browser) as context:
        page = context.new_page()
        _open(page, address, name)
        slider = page.locator("input[type=range][aria-label=Threshold]")
        for _ in range(2 * TIMES):
            page.evaluate("wanted => benchMove(wanted)", _wanted(name))
            before = _processor(server)
            slider.press("ArrowRight")
            took.append(float(page.wait_for_function("globalThis.benchTook").json_value()) / 1000)
            used.append(_processor(server) - before)
            sleep(0.5)  # the next key is pressed on a page at rest
    return SliderFigures(name, round(min(took), 2), round(min(used), 2))


def _paging(browser: Browser, address: str, name: str, server: psutil.Process) -> PagingFigures:
    memory = []
    with _context(browser) as context:
        page = context.new_page()
        _open(page, address, name)
        for turned in range(1, PAGES + 1):
            page.evaluate("wanted => benchMove(wanted)", _wanted(name))
            page.get_by_test_id("stPaginationNext").press("Enter")
            page.wait_for_function("globalThis.benchTook")
            if turned in (PAGES // 10, PAGES):
                memory.append((server.memory_info().rss / MEGABYTE, _heap(page)))
    (server_before, tab_before), (server_after, tab_after) = memory
    return PagingFigures(
        name, PAGES, (round(server_before), round(server_after)), (round(tab_before, 1), round(tab_after, 1))
    )


def _heap(page: Page) -> float:
    """MB in use in the tab after a collection of garbage."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = page.evaluate("performance.memory.usedJSHeapSize")
    session.detach()
    return float(used) / MEGABYTE


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def page_words(figures: PageFigures) -> str:
    """A page in a line."""
    return (
        f"{figures.page:>12}: drawn in {figures.warm:.2f} s ({figures.cold:.2f} s in a fresh browser), "
        f"server {figures.server:.2f} s"
    )


def slider_words(figures: SliderFigures) -> str:
    """The slider on a page in a line."""
    took = f"a new threshold redraws in {figures.redrawn:.2f} s, server {figures.server:.2f} s"
    return f"{figures.page:>12}: {took}"


def paging_words(figures: PagingFigures) -> str:
    """The memory of paging in a line."""
    return (
        f"{figures.page:>12}: {figures.pages} pages turned: server {figures.server[0]:.0f} → "
        f"{figures.server[1]:.0f} MB, tab {figures.tab[0]:.1f} → {figures.tab[1]:.1f} MB"
    )
