"""The address names collection and scan; a link opens what it names, whatever was added since."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dupedash.connect import Connection, connect
from dupedash.model import ScanMode
from dupedash.scans import ScanConfig, ScanStore
from dupedash.scans.run import run_scan
from tests import workspaces
from tests.app_pages import UI, opened
from tests.test_group_pages import filled, photos, texts
from tests.test_what_is_left import shown

__all__ = ["filled", "photos"]
GONE = "no longer exists"


@pytest.fixture
def other(photos, tmp_path):
    """A second collection, made later, with a scan of its own."""
    workspaces.fill(photos.root, workspaces.draw(tmp_path / "more"), "more")
    return workspaces.scan(photos, "more", "Of more")


def test_a_link_to_a_group_opens_though_another_collection_was_added(photos, other):
    scan = next(scan for scan in ScanStore(photos.scans).list() if scan.collection == "photos")
    at = opened("group", group=scan.matches().ids[0], collection="photos", scan=scan.id)
    assert "Group of 3 images" in texts(at)
    assert other.id != scan.id


def test_after_the_collection_was_changed_no_scan_of_the_other_one_is_missed(photos, other):
    scan = next(scan for scan in ScanStore(photos.scans).list() if scan.collection == "photos")
    at = opened("overview", collection="photos", scan=scan.id)
    box = next(box for box in at.selectbox if box.label == "Collection")
    box.set_value("more").run()
    assert GONE not in texts(at)
    assert next(box for box in at.selectbox if box.label == "Scan").value == other.id
    assert "“more”" in shown(at)


def test_a_link_to_a_scan_that_is_gone_says_so_and_shows_the_newest(photos):
    at = AppTest.from_file(UI / "main.py", default_timeout=120)
    at.query_params["scan"] = "2020-01-01-1"
    at.run()
    assert GONE in texts(at)
    assert scan_of(at) == ScanStore(photos.scans).list()[0].id


def test_whoever_looks_at_the_newest_scan_sees_the_next_one_and_others_keep_theirs(photos):
    first = ScanStore(photos.scans).list()[0]
    follows, keeps = opened("overview"), opened("overview")
    collection = connect(Connection("photos"), photos)
    second = run_scan(collection, ScanConfig(ScanMode.SPEED), ScanStore(photos.scans), name="Second scan")
    collection.close()
    follows.run()
    assert scan_of(follows) == second.id
    keeps.run()
    next(b for b in keeps.selectbox if b.label == "Scan").set_value(first.id).run()
    assert scan_of(keeps) == first.id


def scan_of(at) -> str:
    return next(box for box in at.selectbox if box.label == "Scan").value
