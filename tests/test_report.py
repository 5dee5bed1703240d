"""The standalone files: complete, offline, and inert whatever the images are called."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from dupedash.collection import FoundMatch
from dupedash.groups.graph import DuplicateGraph
from dupedash.images import encode
from dupedash.model import ChangeKind, Explanation, ImageRecord
from dupedash.network.legend import legend
from dupedash.report import graph_html, report_html, summary_html
from dupedash.report.pictures import fitting
from dupedash.review import Decision, Decisions, Verdict, image_key
from dupedash.scans import ScanStore
from tests.pictures import scene
from tests.stored_scans import stored_scan

HOSTILE = (
    "</script><script>alert('x')</script><img src=x onerror=alert(1)> href {{7*7}} \u2028 \u202e \"' & 🐈.jpg"
)


def thumbnail(image_id):
    file = io.BytesIO()
    shade = (sum(map(ord, image_id)) * 37) % 200 + 30
    Image.new("RGB", (160, 120), (shade, 120, 255 - shade)).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def scan(tmp_path):
    names = {"a": HOSTILE, "b": "harbour.png", "c": "harbour-crop.jpg", "x": "lamp.jpg", "y": "lamp copy.jpg"}
    records = [
        ImageRecord(i, f"/pictures/{name}", width=800, height=600, bytes=120_000, format="JPEG")
        for i, name in names.items()
    ]
    records.append(ImageRecord("z", "/pictures/<b>flat</b>.png", skipped="too flat to be compared"))
    crop = Explanation((ChangeKind.CROPPED, ChangeKind.BRIGHTER), overlap_a=0.72)
    matches = [
        FoundMatch("a", "b", 0.97), FoundMatch("b", "c", 0.81, crop), FoundMatch("x", "y", 1.0)
    ]  # fmt: skip
    return stored_scan(ScanStore(tmp_path / "scans"), records, matches, name="Holiday <i>2026</i>")


def cut_of(scan, threshold=0.7):
    return DuplicateGraph(scan.matches()).cut(threshold)


def without_scripts(html):
    return re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.S)


@pytest.mark.parametrize("make", [graph_html, report_html, summary_html])
def test_a_file_holds_no_address_and_no_markup_of_the_images(scan, make):
    html = make(scan, cut_of(scan), thumbnail)
    assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", html)
    page = without_scripts(html)
    assert "<img src=x" not in page
    assert "<i>2026</i>" not in page
    assert "Holiday &lt;i&gt;2026&lt;/i&gt;" in page
    assert "<script>alert" not in html


def test_the_report_tells_settings_coverage_groups_scores_and_reasons(scan):
    page = without_scripts(report_html(scan, cut_of(scan), thumbnail))
    for text in (
        "threshold 0.70", "made-up (embedded)", "rank.smartfilter=off", "too flat to be compared",
        "&lt;b&gt;flat&lt;/b&gt;.png", "Group 1", "Group 2", "0.81", "cropped to 72 %", "brighter",
        "weakest match 0.81", "a chain: 1 pair is", "800 × 600 · JPEG · 120 KB",
    ):  # fmt: skip
        assert text in page, text
    assert page.count("data:image/webp;base64,") == 5


def test_in_the_report_groups_come_first_with_what_stays_and_what_was_decided(scan):
    keys = tuple(sorted(image_key(record, scan.collection) for record in scan.records(["x", "y"])))
    decided = Decision(1, keys, Verdict.DUPLICATE, "Ann", datetime(2026, 11, 30, tzinfo=UTC), "seen <b>")
    page = without_scripts(report_html(scan, cut_of(scan), thumbnail, Decisions([decided])))
    assert page.index("Group 1") < page.index(">Graph<") < page.index(">Settings<")
    assert page.count("<details>") == page.count("<article") == 2
    assert "Nobody has decided yet" in page
    assert "Decided: duplicate (Ann): seen &lt;b&gt;" in page
    assert "may go" in page
    assert page.count("<use ") == 5  # the graph shows the pictures of the groups again


def test_one_page_tells_the_figures_and_the_first_groups(scan):
    page = without_scripts(summary_html(scan, cut_of(scan), thumbnail))
    for text in ("images in groups", "0 of 2 groups are decided", "weakest match 0.81", "too flat"):
        assert (text in page) is (text != "too flat"), text


def test_a_report_of_many_images_takes_smaller_pictures():
    pictures = {str(n): encode.thumbnail(np.asarray(scene(n))) for n in range(12)}
    sharp = sum(map(len, fitting(pictures, 1_000_000).values()))
    assert sum(map(len, fitting(pictures, sharp // 2).values())) < sharp / 2
    assert all(data[8:12] == b"WEBP" for data in fitting(pictures).values())


def test_beyond_the_limit_images_are_dots_and_the_file_says_so(scan):
    html = graph_html(scan, cut_of(scan), thumbnail, max_thumbnails=3)
    assert legend() in html, "how to read it is said as on its page"
    assert html.count("data:image/jpeg;base64,") == 1  # all in one sprite
    assert html.count('"cell":') == 3
    assert "2 images are shown as dots" in html


def test_no_groups_make_a_report_that_says_so(scan):
    page = without_scripts(report_html(scan, DuplicateGraph(scan.matches()).cut(1.0), thumbnail))
    assert "Group 2" not in page
    empty = DuplicateGraph(type(scan.matches()).of([])).cut(0.7)
    assert "No images match at this threshold." in report_html(scan, empty, thumbnail)


@pytest.mark.browser
def test_a_report_opens_offline_finds_a_file_and_prints(scan, offline_page, tmp_path):
    file = tmp_path / "out.html"
    file.write_text(report_html(scan, cut_of(scan), thumbnail), "utf-8")
    offline_page.goto(file.as_uri())
    offline_page.fill("#search", "LAMP")
    assert offline_page.inner_text("#found") == "2 found"
    assert offline_page.locator("article:visible").count() == 1
    offline_page.fill("#search", "")
    assert offline_page.locator("article:visible").count() == 2
    offline_page.emulate_media(media="print")
    assert offline_page.locator("#graph svg").bounding_box()["height"] > 100
    assert not offline_page.locator("details").first.is_visible()


@pytest.mark.browser
def test_a_graph_opens_offline_and_runs_no_foreign_script(scan, offline_page, tmp_path):
    file = tmp_path / "out.html"
    file.write_text(graph_html(scan, cut_of(scan), thumbnail), "utf-8")
    offline_page.goto(file.as_uri())
    offline_page.wait_for_selector("#graph[data-drawn='5']")
    offline_page.fill("#search", "LAMP")
    assert offline_page.inner_text("#found") == "2 found"
    box = offline_page.locator("#graph").bounding_box()
    for step in range(12):
        offline_page.mouse.move(box["x"] + box["width"] * step / 12, box["y"] + box["height"] / 2)
    assert offline_page.evaluate("document.querySelectorAll('.dd-tip img, .dd-tip script').length") == 0
