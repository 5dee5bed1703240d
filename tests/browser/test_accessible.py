"""Every page can be read aloud and with weak eyes: axe finds nothing wrong, in light and dark colours."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dupedash.ui.pagetable import PAGES
from tests.browser.conftest import settle, show, to

pytestmark = pytest.mark.browser
MENDED = "[data-testid=stSidebarNavItems][role=none]"


ALL: dict[str, object] = {}
COLOURS: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""Those of axe's rules that look at colours: all that the same page in other colours can break."""


def faults(page: Page, only: dict[str, object]) -> list[str]:
    """What axe says of the page, a line for each rule."""
    found = Axe().run(page, options={**only, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]


def test_every_page_draws_without_an_error_and_axe_finds_nothing_wrong_in_both_colours(dashboard, visit):
    page = visit(dashboard.url).page("/groups?t=0.7")
    page.get_by_role("link", name="Open").first.click()
    settle(page)
    group = page.url.removeprefix(dashboard.url)
    wrong, schemes = {}, ["light", "dark"]
    for row in PAGES:
        if row.hidden:
            show(page, dashboard.url + group)
        else:
            to(page, row.title)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.locator(MENDED).first.wait_for(state="attached")
        for scheme, only in zip(schemes, (ALL, COLOURS), strict=True):
            page.emulate_media(color_scheme=scheme)
            settle(page)
            if found := faults(page, only):
                wrong[f"{row.file}, {scheme}"] = found
        schemes.reverse()  # the next page comes in the colours of this one: each change draws all anew
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
