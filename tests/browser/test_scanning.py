"""From a folder to groups in a real browser: add, filter, scan, watch, stop, go on; many people at once."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests import workspaces
from tests.browser.conftest import settle, start, to, until

pytestmark = pytest.mark.browser
LONG = 60_000


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    data = tmp_path_factory.mktemp("empty") / "data"
    running = start(data)
    yield running
    running.stop()


def query(page: Page):
    return page.get_by_role("textbox", name="Filter query")


def removers(page: Page):
    return page.locator(
        "[data-testid=stElementContainer][class*=st-key-scan-fq-][class*=-remove]"
    ).get_by_role("button")


def metric(page: Page, name: str):
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue")


def test_from_nothing_to_groups(empty, visit, pictures):
    page = visit(empty.url).page()
    expect(page.get_by_text("No images yet")).to_be_visible()
    page.get_by_role("link", name="Add images").click()
    path = page.get_by_role("textbox", name="Folder or file")
    path.fill(f'"{pictures.parent}"')
    page.get_by_role("button", name="Browse").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=pictures.name, exact=True).click()
    expect(dialog.get_by_text("pictures lie directly in it")).to_contain_text(f"{workspaces.IMAGES} pictures")
    dialog.get_by_role("button", name="Take this folder").click()
    expect(path).to_have_value(str(pictures))
    page.get_by_role("textbox", name="Its name").fill("My pictures, 2024")
    page.get_by_role("button", name="Read the images").click()
    expect(metric(page, "Images")).to_have_text(str(workspaces.IMAGES), timeout=LONG)
    expect(metric(page, "Not readable")).to_have_text("1")
    to(page, "Scan")
    page.get_by_role("button", name="Start the scan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups", timeout=LONG)
    expect(page.get_by_text(f"{workspaces.COPIED} groups with")).to_be_visible()
    expect(page).to_have_url(re.compile("collection=My-pictures-2024"))


def test_rows_and_text_say_the_same_and_are_still_there_after_a_look_at_another_page(dashboard, visit):
    page = visit(dashboard.url).page("/scan")
    page.get_by_text("A part", exact=True).click()
    query(page).fill("category:scene AND width:[100 TO *]")
    query(page).press("Enter")
    expect(removers(page)).to_have_count(2)
    removers(page).last.click()
    expect(query(page)).to_have_value("category:scene")
    expect(metric(page, "To scan")).to_have_text(str(workspaces.SCENES - 1))
    to(page, "Overview")
    to(page, "Scan")
    expect(removers(page)).to_have_count(1)
    expect(query(page)).to_have_value("category:scene")
    query(page).fill("category:(scene")
    query(page).press("Enter")
    expect(page.get_by_text("This bracket is never closed")).to_be_visible()
    expect(metric(page, "To scan")).to_have_text("–")


@pytest.fixture
def freeze() -> Iterator[Callable[[Path], psutil.Process]]:
    """freeze(data): the process of the one job, held still so that a test can look at it as long as it likes.
    None outlives the test."""
    frozen: list[psutil.Process] = []

    def hold(data: Path) -> psutil.Process:
        end = time.monotonic() + LONG / 1000
        while time.monotonic() < end:
            for order in data.glob("jobs/*/order.json"):
                if number := json.loads(order.read_text()).get("pid"):
                    frozen.append(psutil.Process(number))
                    frozen[-1].suspend()
                    return frozen[-1]
            time.sleep(0.01)
        raise TimeoutError("no job was started")

    yield hold
    for job in frozen:
        with suppress(psutil.NoSuchProcess):
            for process in (*job.children(recursive=True), job):
                process.kill()


def test_one_scan_is_seen_by_all_stopped_and_finished(
    tmp_path, pictures, serving, visit, freeze
):
    data = workspaces.fill(tmp_path / "data", pictures).root
    url = serving(data).url
    page = visit(url).page("/scan")
    page.get_by_role("button", name="Start the scan").click()
    job = freeze(data)
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()

    other = visit(url).page("/scan")
    expect(other.get_by_role("button", name="Stop")).to_be_visible()
    expect(other.get_by_text("This scan is running now.")).to_be_visible()

    page.reload()
    settle(page)
    stopping = expect(other.get_by_text("Stopping …"))
    until(
        lambda: stop.click() if stop.is_visible() else None,
        lambda wait: stopping.to_be_visible(timeout=wait),
    )
    job.resume()
    go_on = other.get_by_role("button", name="Go on", exact=True)
    expect(go_on).to_be_visible(timeout=LONG)
    page.close()
    go_on.click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Groups", timeout=LONG)
    assert len(list((data / "scans").iterdir())) == 1


def test_people_with_different_collections_do_not_see_each_others(dashboard, pictures, visit):
    for name in ("first", "second"):
        workspaces.fill(dashboard.data, pictures, name)
    one, two = (visit(dashboard.url).page(f"/?collection={name}") for name in ("first", "second"))
    expect(one.get_by_text("“first” at a glance")).to_be_visible()
    expect(two.get_by_text("“second” at a glance")).to_be_visible()
    one.reload()
    settle(one)
    expect(one.get_by_text("“first” at a glance")).to_be_visible()
