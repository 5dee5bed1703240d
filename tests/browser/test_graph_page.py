"""The Graph page: drawn offline, a click selects, the URL keeps the selection, a rerun keeps the picture."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from dupedash.config import Workspace
from dupedash.scans import ScanStore
from tests.browser.conftest import settle, show

pytestmark = pytest.mark.browser
DRAWN = ".dd-host[data-drawn]"
GROUP = re.compile(r"Group of \d+ images")


def click_an_image(page: Page, dashboard) -> str:
    """Click a picture that is in a group; returns its id."""
    scan = ScanStore(Workspace(dashboard.data).scans).list()[0]
    matches = scan.matches()
    member = matches.ids[int(matches.a[matches.score.argmax()])]
    place = page.locator(".dd-host").evaluate("(host, member) => host.graph.where(member)", member)
    page.mouse.click(place["x"], place["y"])
    expect(page).to_have_url(re.compile(f"image={member}"))
    settle(page)
    return member


def test_a_click_selects_an_image_and_the_link_opens_the_same_selection(dashboard, visit):
    page = visit(dashboard.url).page("/graph")
    page.locator(DRAWN).wait_for()
    expect(page.get_by_text(GROUP)).to_have_count(0)
    click_an_image(page, dashboard)
    expect(page.get_by_text(GROUP)).to_be_visible()
    shared = page.url.removeprefix(dashboard.url)
    other = visit(dashboard.url).page(shared)
    other.locator(DRAWN).wait_for()
    expect(other.get_by_text(GROUP)).to_be_visible()


def test_a_search_without_result_says_so_and_a_threshold_in_the_link_counts(dashboard, visit):
    page = visit(dashboard.url).page("/graph?find=no-such-file")
    expect(page.get_by_text("No group has an image")).to_be_visible()
    show(page, f"{dashboard.url}/graph?t=0.95")
    page.locator(DRAWN).wait_for()
    expect(page.get_by_text("at 0.95")).to_be_visible()


def test_a_rerun_keeps_the_picture_that_is_there(dashboard, visit):
    page = visit(dashboard.url).page("/graph")
    page.locator(DRAWN).wait_for()
    click_an_image(page, dashboard)
    loads = "performance.getEntriesByType('resource').filter((e) => e.name.includes('.json?t=')).length"
    assert page.evaluate(loads) == 1


def test_the_graph_takes_the_window_shows_its_pictures_at_once_and_is_saved(dashboard, visit, tmp_path):
    page = visit(dashboard.url).page("/graph?t=0.7")
    host = page.locator(".dd-host[data-pictures=shown]")
    host.wait_for()
    asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    ours = [address for address in asked if "/thumb/" in address or "/graph/" in address]
    assert len(ours) == 2, "the groups, and one picture with all thumbnails"
    box = host.bounding_box()
    assert box["width"] > 0.9 * page.get_by_test_id("stMain").bounding_box()["width"]
    scan = ScanStore(Workspace(dashboard.data).scans).list()[0]
    matches = scan.matches()
    grouped = {matches.ids[int(end)] for ends in (matches.a, matches.b) for end in ends[matches.score >= 0.7]}
    for member in grouped:  # none is beyond the edge
        at = host.evaluate("(host, member) => host.graph.where(member)", member)
        assert box["x"] < at["x"] < box["x"] + box["width"]
        assert box["y"] < at["y"] < box["y"] + box["height"]
    page.mouse.move(at["x"], at["y"])
    expect(page.locator(".dd-tip canvas")).to_be_visible()
    for name, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as download:
            page.locator(".dd-tools").get_by_text(name).click()
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert b"data:image/webp" in (tmp_path / "SVG").read_bytes()
