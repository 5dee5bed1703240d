"""The frame in a real browser: every page, links, pictures, access. Nothing may leave the machine."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from dupedash.config import Workspace
from dupedash.review import ReviewStore
from dupedash.ui.door.routes import picture_url, thumb_url
from tests import workspaces
from tests.browser.conftest import settle, to

pytestmark = pytest.mark.browser
LONG = 120  # seconds: the first picture that is read waits for a process to start


def test_a_link_keeps_its_scan_and_threshold_on_every_page_and_after_a_reload(dashboard, visit):
    scan = next((dashboard.data / "scans").iterdir()).name
    page = visit(dashboard.url).page(f"/scan?scan={scan}&t=0.8")
    expect(page.get_by_role("slider", name="Threshold")).to_have_value("0.8")
    to(page, "Overview")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    assert f"scan={scan}" in page.url
    assert "t=0.8" in page.url
    page.reload()
    settle(page)
    expect(page.get_by_role("slider", name="Threshold")).to_have_value("0.8")


def test_a_preset_moves_the_threshold_and_the_figures(dashboard, visit):
    page = visit(dashboard.url).page("/?t=1")
    groups = page.get_by_test_id("stMetric").filter(has_text="Groups").get_by_test_id("stMetricValue")
    expect(groups).to_have_text("0")
    page.get_by_role("button", name="Near-duplicates: 0.70").click()
    expect(groups).to_have_text(str(workspaces.COPIED))
    expect(page.get_by_text("at threshold 0.70", exact=True)).to_be_visible()


def test_nonsense_in_a_link_does_no_harm(dashboard, visit):
    page = visit(dashboard.url).page("/scan?scan=../../etc&t=seven&collection=<script>alert(1)</script>")
    expect(page.get_by_role("heading", level=1)).to_have_text("Scan")
    expect(page.get_by_role("slider", name="Threshold")).to_have_value("0.7")


def test_hostile_file_names_are_shown_as_text(dashboard, visit):
    page = visit(dashboard.url).page("/collection")
    expect(page.get_by_text(workspaces.HOSTILE, exact=True).first).to_be_visible()


def test_the_collection_shows_its_pictures(dashboard, visit):
    page = visit(dashboard.url).page("/collection")
    images = page.locator(".cell img")
    expect(images).to_have_count(workspaces.IMAGES)
    page.wait_for_function(
        """() => {
            const hosts = [...document.querySelectorAll('*')].filter(e => e.shadowRoot);
            const images = hosts.flatMap(e => [...e.shadowRoot.querySelectorAll('.cell img')]);
            return images.length > 0 && images.slice(0, 4).every(i => i.naturalWidth > 10);
        }"""
    )


def test_a_word_about_what_was_done_covers_nothing(dashboard, visit):
    page = visit(dashboard.url).page("/groups?t=0.7")
    page.get_by_role("checkbox").first.check(force=True)
    settle(page)
    page.get_by_role("button", name="Keep all").click()
    toast = page.get_by_test_id("stToast").first
    expect(toast).to_be_visible()
    box = toast.bounding_box()
    assert box["y"] + box["height"] <= page.get_by_test_id("stHeader").bounding_box()["height"]


def _get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=LONG) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def _a_record(dashboard):
    """Of a picture that was read: which image comes first hangs on the name of the folder."""
    from dupedash.embedded.collection import EmbeddedCollection

    collection = EmbeddedCollection(dashboard.data / "collections" / "photos")
    try:
        return next(record for record in collection.records(collection.ids()) if not record.skipped)
    finally:
        collection.close()


def test_thumbnails_are_jpegs_and_kept_for_good_under_their_version(dashboard):
    record = _a_record(dashboard)
    status, headers, data = _get(dashboard.url + thumb_url("photos", record.id, record.content))
    assert (status, headers["content-type"], data[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert "immutable" in headers["cache-control"]
    assert "private" in headers["cache-control"]
    _, unversioned, _ = _get(dashboard.url + thumb_url("photos", record.id))
    assert "immutable" not in unversioned["cache-control"]


def test_pictures_come_upright_and_whole(dashboard):
    record = _a_record(dashboard)
    status, headers, data = _get(dashboard.url + picture_url("photos", record.id, record.content))
    assert status == 200
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert len(data) > 1000


@pytest.mark.parametrize("image_id", ["nosuch", "../../../etc/passwd", "a/b c&d?e#f", "x" * 1500, "☃"])
def test_an_unknown_image_is_a_placeholder_and_nothing_else(dashboard, image_id):
    status, headers, data = _get(dashboard.url + thumb_url("photos", image_id))
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert headers["cache-control"] == "no-store"
    assert b"root:" not in data


@pytest.mark.parametrize(
    "path", ["/thumb/nosuch/1.jpg", "/thumb/..%2f..%2fscans/1.jpg", "/picture/photos/~%00"]
)
def test_an_unknown_collection_is_not_found(dashboard, path):
    status, headers, _ = _get(dashboard.url + path)
    assert status in (400, 404)
    assert "image" not in headers.get("content-type", "")


def test_a_page_has_its_name_before_and_after_its_script_runs(dashboard, visit):
    shown = _get(dashboard.url + "/groups")[2].decode()
    assert "<title>Groups · dupedash</title>" in shown
    assert f'content="{dashboard.url}/link.jpg"' in shown
    assert "Streamlit</title>" not in shown
    assert "favicon.png" not in shown
    assert _get(dashboard.url + "/link.jpg")[1]["content-type"] == "image/jpeg"
    page = visit(dashboard.url).page("/groups")
    expect(page).to_have_title("Groups · photos · dupedash")


def test_the_start_page_is_found_by_its_name_too(dashboard, visit):
    page = visit(dashboard.url).page("/overview?t=0.8")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"^{dashboard.url}/\?t=0\.8(&|$)"))


def test_foreign_host_names_are_refused(dashboard):
    assert _get(dashboard.url + "/", Host="evil.example")[0] == 421


def test_beyond_this_machine_links_decide_who_may_do_what(tmp_path, scanned_photos, serving, visit):
    data = shutil.copytree(scanned_photos, tmp_path / "data")
    running = serving(data, DUPEDASH_ADDRESS="0.0.0.0")
    tokens = json.loads((data / "access.json").read_text())
    assert any(link.endswith(f"?token={tokens['viewer']}") for link in running.links)
    assert _get(running.url + "/")[0] == 401
    assert _get(running.url + "/thumb/photos/1.jpg")[0] == 401
    assert b'property="og:description"' in _get(running.url + "/")[2]
    assert _get(running.url + "/link.jpg")[0] == 200

    viewer = visit(running.url).page(f"/scan?t=0.9&token={tokens['viewer']}")
    assert "token" not in viewer.url
    assert "t=0.9" in viewer.url
    expect(viewer.get_by_text("View only").first).to_be_visible()
    expect(viewer.get_by_test_id("stSidebarNavLink").filter(has_text="Connections")).to_have_count(0)
    viewer.get_by_text("Speed", exact=True).click()
    expect(viewer.get_by_text("only an editor can change something").first).to_be_visible()
    expect(viewer.get_by_role("button", name="Start the scan")).to_have_count(0)

    editor = visit(running.url).page(f"/scan?token={tokens['editor']}")
    editor.get_by_text("Speed", exact=True).click()
    expect(editor.get_by_role("button", name="Start the scan")).to_be_enabled()

    to(editor, "Share")
    expect(editor.get_by_test_id("stCode")).not_to_contain_text("token")
    editor.get_by_text("Lets the receiver in, as a viewer").click()
    expect(editor.get_by_test_id("stCode")).to_contain_text("token=")
    link = editor.get_by_test_id("stCode").inner_text().strip()
    for window in ({"width": 1280, "height": 900}, {"width": 390, "height": 844}):
        a_stakeholder_looks(visit(running.url, viewport=window).page(link.removeprefix(running.url)))
    assert len(ReviewStore(Workspace(data).reviews).load()) == 0


def a_stakeholder_looks(page: Page) -> None:
    """Who got the link alone sees a group, decides nothing, and takes the report and the summary along."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")
    assert "token" not in page.url
    expect(page.get_by_text("View only").first).to_be_attached()
    page.get_by_role("link", name="Open").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Group of 3 images")
    expect(page.locator(".compare[data-drawn=side]")).to_be_visible()
    settle(page)
    page.locator("body").press("d")
    settle(page)
    expect(page.get_by_text("Not decided yet")).to_be_visible()
    page.goto(re.sub(r"/group\b.*", "/share", page.url))
    settle(page)
    for number, title in enumerate(("<title>Duplicates", "<title>Summary of duplicates")):
        with page.expect_download() as download:
            page.get_by_role("button", name="Download", exact=True).nth(number).click()
        text = download.value.path().read_text("utf-8")
        assert title in text
        assert "scene-1.png" in text
