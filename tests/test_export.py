"""Exports hold what other programs expect, whatever the files are called."""

from __future__ import annotations

import csv
import io
import json

import pytest

from dupedash.collection import FoundMatch
from dupedash.groups.graph import DuplicateGraph
from dupedash.model import ChangeKind, Explanation, ImageRecord
from dupedash.scans import ScanStore
from dupedash.scans.export import groups_csv, groups_json, pairs_csv
from tests.stored_scans import stored_scan

NAMES = ["/p/a \"quoted\", 'name'.jpg", "/p/line\nbreak\r.jpg", "/p/☃🎉.jpg", "/p/<script>.jpg", "=1+1.jpg"]

MADE = Explanation((ChangeKind.PART_OF, ChangeKind.GRAY))


@pytest.fixture
def scan(tmp_path):
    records = [ImageRecord(str(n), name, width=640, bytes=100) for n, name in enumerate(NAMES)]
    records[1] = ImageRecord("1", NAMES[1])
    matches = [FoundMatch("0", "1", 0.9, MADE), FoundMatch("1", "2", 0.7), FoundMatch("3", "4", 0.55)]
    return stored_scan(ScanStore(tmp_path), records, matches)


def cut(scan, threshold):
    return DuplicateGraph(scan.matches()).cut(threshold)


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_groups_are_lists_of_paths_by_number(scan):
    assert json.loads(groups_json(scan, cut(scan, 0.7))) == {"group-1": NAMES[:3]}
    assert json.loads(groups_json(scan, cut(scan, 0.5))) == {"group-1": NAMES[:3], "group-2": NAMES[3:]}
    assert json.loads(groups_json(scan, cut(scan, 1.0))) == {}


def test_a_row_an_image_with_its_group(scan):
    table = rows(groups_csv(scan, cut(scan, 0.7)))
    assert [(row["group"], row["path"], row["id"]) for row in table] == [
        ("group-1", NAMES[n], str(n)) for n in range(3)
    ]
    assert [(row["width"], row["bytes"], row["format"]) for row in table[:2]] == [
        ("640", "100", ""),
        ("", "", ""),
    ]
    assert {row["weakest"] for row in table} == {"0.700000"}


def test_every_match_best_first_and_no_cell_is_a_formula(scan):
    assert [tuple(row.values()) for row in rows(pairs_csv(scan))] == [
        (NAMES[0], NAMES[1], "0.900000", "part-of;gray"),
        (NAMES[1], NAMES[2], "0.700000", ""),
        (NAMES[3], "'" + NAMES[4], "0.550000", None),
    ]


def test_the_line_of_a_pair_that_is_no_duplicate_ends_after_its_score(scan):
    lengths = [len(row) for row in csv.reader(io.StringIO(pairs_csv(scan), newline=""))]
    assert lengths == [4, 4, 4, 3]


def test_every_kind_has_a_name_for_other_programs():
    names = [kind.token for kind in ChangeKind]
    assert len(set(names)) == len(names)
    assert {"re-encoded", "part-of", "colour", "upscaled"} <= set(names)
    assert ChangeKind("enlarged") is ChangeKind.UPSCALED, "as earlier versions called it"
