"""Scale and size are told from the files, whatever size they were compared at."""

from __future__ import annotations

import pytest

from dupedash.collection import FoundMatch
from dupedash.model import ChangeKind, Explanation, ImageRecord
from dupedash.scans import ScanStore
from tests.stored_scans import stored_scan

WHOLE = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAVED = Explanation((ChangeKind.RE_ENCODED,), WHOLE, scale=1.0)


def told(tmp_path, a, b, why=SAVED):
    """The explanation that is read back, and the kinds by which groups are filtered."""
    records = [ImageRecord(i, f"/{i}.jpg", width=w, height=h) for i, (w, h) in (("a", a), ("b", b))]
    scan = stored_scan(ScanStore(tmp_path / "scans"), records, [FoundMatch("a", "b", 0.99, why)])
    (edits,) = scan.edits(scan.matches()).at([0])
    return scan.explanation("a", "b"), edits.kinds


@pytest.mark.parametrize(
    ("a", "b", "kind", "scale"),
    [
        ((4000, 3000), (2000, 1500), ChangeKind.RESIZED, 0.5),
        ((948, 700), (474, 350), ChangeKind.RESIZED, 0.5),
        ((948, 700), (948, 700), ChangeKind.RE_ENCODED, 1.0),
        ((None, None), (474, 350), ChangeKind.RE_ENCODED, 1.0),
    ],
)
def test_copies_of_another_size_are_resized_by_the_factor_of_their_files(tmp_path, a, b, kind, scale):
    why, kinds = told(tmp_path, a, b)
    assert (why.kinds, kinds) == ((kind,), (kind,))
    assert why.scale == pytest.approx(scale)


def test_the_scale_of_a_part_is_that_of_its_content(tmp_path):
    half = Explanation((ChangeKind.CROPPED,), (2.0, 0.0, -0.5, 0.0, 2.0, -0.5), scale=1.0)
    why, kinds = told(tmp_path, (4000, 3000), (1000, 750), half)
    assert (why.scale, kinds) == (pytest.approx(0.5), (ChangeKind.CROPPED,))
