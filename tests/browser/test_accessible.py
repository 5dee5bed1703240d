"""Every page can be read aloud and with weak eyes: axe finds nothing wrong, in light and dark colours."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dupedash.ui.pagetable import PAGES
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser
MENDED = "[data-testid=stSidebarNavItems][role=none]"


def faults(page: Page) -> list[str]:
    """What axe says of the page, a line for each rule."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]


def test_every_page_draws_without_an_error_and_axe_finds_nothing_wrong_in_both_colours(dashboard, visit):
    page = visit(dashboard.url).page("/groups?t=0.7")
    page.get_by_role("link", name="Open").first.click()
    settle(page)
    group = page.url.removeprefix(dashboard.url)
    wrong = {}
    for row in PAGES:
        page.goto(dashboard.url + (group if row.file == "group" else f"/{row.file}"))
        settle(page)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.locator(MENDED).first.wait_for(state="attached")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            settle(page)
            if found := faults(page):
                wrong[f"{row.file}, {scheme}"] = found
        page.emulate_media(color_scheme="light")
    assert wrong == {}


def test_a_word_about_what_was_done_covers_nothing(dashboard, visit):
    page = visit(dashboard.url).page("/groups?t=0.7")
    page.get_by_role("checkbox").first.check(force=True)
    settle(page)
    page.get_by_role("button", name="Keep all").click()
    toast = page.get_by_test_id("stToast").first
    expect(toast).to_be_visible()
    box = toast.bounding_box()
    assert box["y"] + box["height"] <= page.get_by_test_id("stHeader").bounding_box()["height"]
