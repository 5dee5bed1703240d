"""What pages know of a stored scan is read once, and anew as soon as it may have changed."""

from __future__ import annotations

import numpy as np
import pytest

from dupedash.collection import FoundMatch
from dupedash.config import Workspace
from dupedash.groups.graph import Strictness
from dupedash.model import USUAL, ImageRecord
from dupedash.review import ReviewStore, Verdict, image_key
from dupedash.scans import ScanStore
from dupedash.ui import cached
from tests.stored_scans import stored_scan

NAMES = ("beach (1).JPG", "beach.jpg", "Dog.png", "dog_small.png")
RECORDS = [
    ImageRecord(f"i{n}", f"/pictures/{name}", bytes=1000 * (n + 1), content=f"{n}" * 64)
    for n, name in enumerate(NAMES)
]
FOUND = (FoundMatch("i0", "i1", 0.9), FoundMatch("i2", "i3", 0.8))


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
def scan(workspace):
    return stored_scan(ScanStore(workspace.scans), RECORDS, FOUND)


def matches(scan, workspace):
    return cached.matches(scan, cached.decisions_now(workspace), USUAL)


@pytest.mark.parametrize(
    ("text", "groups"), [("DOG", [1]), ("beach (", [0]), ("(1", [0]), ("pictures", [0, 1]), ("bird", [])]
)
def test_groups_are_found_by_any_text_in_a_location_whatever_its_case(scan, workspace, text, groups):
    found = matches(scan, workspace)
    cut = cached.cut(found, 0.7, Strictness.COMPONENT)
    assert np.flatnonzero(cached.groups_with_text(found, cut, text)).tolist() == groups


def test_a_scan_is_read_once_and_a_decision_leaves_its_matches_out_at_once(scan, workspace):
    before = matches(scan, workspace)
    assert matches(scan, workspace) is before is cached.all_matches(scan, USUAL)
    assert cached.cut(before, 0.7, Strictness.COMPONENT) is cached.cut(before, 0.7, Strictness.COMPONENT)
    keys = [image_key(record, scan.collection) for record in RECORDS[:2]]
    ReviewStore(workspace.reviews).decide(keys, Verdict.NOT_DUPLICATE, who="me", expected_revision=0)
    after = matches(scan, workspace)
    assert (len(before.matches), len(after.matches)) == (2, 1)
    assert after.version != before.version
    assert len(cached.cut(after, 0.7, Strictness.COMPONENT)) == 1


def test_a_decision_that_takes_nothing_out_leaves_everything_as_it_was_worked_out(scan, workspace):
    before = matches(scan, workspace)
    keys = [image_key(record, scan.collection) for record in RECORDS[:2]]
    ReviewStore(workspace.reviews).decide(keys, Verdict.DUPLICATE, who="me", expected_revision=0)
    assert matches(scan, workspace).version == before.version


def test_a_scan_in_the_same_folder_that_was_written_anew_is_read_anew(scan):
    assert len(cached.images_of(scan)) == len(NAMES)
    path = scan.folder / "images.parquet"
    data = path.read_bytes()
    path.unlink()
    assert len(cached.images_of(scan)) == 0
    path.write_bytes(data)
    assert len(cached.images_of(scan)) == len(NAMES)
