"""Somebody adds a Flow server, says where its pictures are, and sees them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dupedash.cli import main
from tests.browser.conftest import Dashboard, Watched, settle, start
from tests.galleries import gallery, shop


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Dashboard]:
    running = start(tmp_path / "data")
    yield running
    running.stop()


def test_pictures_of_a_flow_server_are_tried_set_and_seen(browser: Browser, empty: Dashboard) -> None:
    with gallery() as (pictures, asked), shop(pictures) as server:
        watched = Watched(browser, empty.url)
        page = watched.page("/connections")
        page.get_by_role("textbox", name="Address", exact=True).fill(server)
        page.get_by_placeholder("as on the server").fill("shop")
        page.get_by_role("button", name="Test and add").click()
        expect(page.get_by_text("It answers: 3 images")).to_contain_text("No pictures are shown")
        page.get_by_role("button", name="Change").click()
        change = page.locator(".st-key-connection-shop")
        change.get_by_role("textbox", name="Where its pictures are").fill(f"{pictures}/")
        change.get_by_role("textbox", name="Headers for the pictures").fill("X-Key: s3cret")
        change.get_by_role("button", name="Test and save").click()
        expect(page.get_by_text("It answers: 3 images")).to_contain_text(
            "1 of 3 pictures tried cannot be read"
        )
        assert main(["--data", str(empty.data), "--collection", "shop", "scan"]) == 0
        page = watched.page("/groups")
        settle(page)
        for name in ("a", "b"):
            shown = page.locator(f'img[src*="/thumb/shop/{name}.jpg"]').first
            expect(shown).to_have_js_property("naturalWidth", 320)
        assert {key for _, key in asked} == {"s3cret"}
        assert watched.wrong == []
        watched.close()
