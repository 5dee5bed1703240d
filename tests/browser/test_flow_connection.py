"""Somebody adds a Flow server, says where its pictures are, and sees them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dupedash.cli import main
from tests.browser.conftest import show
from tests.galleries import gallery, shop

pytestmark = pytest.mark.browser


def test_pictures_of_a_flow_server_are_tried_set_and_seen(tmp_path, serving, visit):
    empty = serving(tmp_path / "data")
    with gallery() as (pictures, asked), shop(pictures) as server:
        page = visit(empty.url).page("/connections")
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
        show(page, f"{empty.url}/groups")
        for name in ("a", "b"):
            shown = page.locator(f'img[src*="/thumb/shop/{name}.jpg"]').first
            expect(shown).to_have_js_property("naturalWidth", 320)
        assert {key for _, key in asked} == {"s3cret"}
