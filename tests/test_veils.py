"""A watermark all over a page or a flag is an edit; other content of the same layout is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dupedash.embedded.compare import pairs, veil
from dupedash.embedded.compare.score import HIGHEST_EDITED, score
from dupedash.embedded.compare.verify import verify
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.model import EXACT, NEAR, ChangeKind
from tests.embedded_pictures import jpeg
from tests.test_look_alikes import page


def watermarked(picture: np.ndarray, share: float, light: bool = False, word: str = "draft") -> np.ndarray:
    """Large words in slanting rows all over it; `share` of what is under them shows through."""
    height, width = picture.shape[:2]
    side = 2 * max(height, width)
    ink = np.zeros((side, side), np.uint8)
    for row, y in enumerate(range(40, side, 90)):
        for x in range(-40 * (row % 2), side, 150):
            cv2.putText(ink, word, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 255, 7, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), 30, 1.0)
    ink = cv2.warpAffine(ink, turn, (side, side))[side // 4 :, side // 4 :][:height, :width]
    covered = (1 - share) * ink[..., None] / 255.0
    return (picture * (1 - covered) + (255 if light else 0) * covered).round().astype(np.uint8)


def flag(star: int) -> np.ndarray:
    """A plain red ground with a yellow star of so many points."""
    picture = np.full((360, 600, 3), (210, 30, 40), np.uint8)
    turns = np.arange(2 * star) * np.pi / star
    reach = np.where(np.arange(2 * star) % 2, 60, 130)
    corners = np.stack([300 + reach * np.sin(turns), 180 - reach * np.cos(turns)], 1)
    cv2.fillPoly(picture, [corners.astype(np.int32)], (250, 210, 0))
    return picture


def judged(a: np.ndarray, b: np.ndarray) -> tuple[float, pairs.Judged, tuple[Descriptor, Descriptor]]:
    both = describe(a), describe(b)
    found = pairs.judge(*both, (False,))
    return found.score, found, both


@pytest.mark.parametrize("share", [0.55, 0.7, 0.8])
@pytest.mark.parametrize(
    "original", [page(1), page(2, shared=3), flag(5), flag(12)], ids=["page", "form", "star", "sun"]
)
def test_a_watermark_all_over_is_an_edit_and_told_as_put_over_it(original, share):
    scored, found, both = judged(original, jpeg(watermarked(original, share), 90))
    assert NEAR <= scored < EXACT
    assert ChangeKind.OVERLAY in found.explanation(*both).kinds


def test_a_light_watermark_is_seen_on_dark_pages():
    dark = 255 - page(3)
    assert judged(dark, watermarked(dark, 0.55, light=True))[0] >= NEAR


def test_the_score_is_the_same_from_both_sides():
    one, other = page(1), jpeg(watermarked(page(1), 0.55), 90)
    assert judged(one, other)[0] == judged(other, one)[0]


@pytest.mark.parametrize("share", [0.55, 0.7, 0.8])
@pytest.mark.parametrize(
    ("one", "other"),
    [(page(1), page(2)), (page(1, 3), page(2, 3)), (flag(5), flag(8))],
    ids=["page", "form", "flag"],
)
def test_other_content_under_a_watermark_is_other_content(one, other, share):
    assert judged(one, watermarked(other, share))[0] < NEAR


def without_it(one: np.ndarray, other: np.ndarray) -> float | None:
    """The score of two pictures without the veil over one of them."""
    a, b = describe(one), describe(other)
    bare = veil.lifted(verify(a, b), a, b)
    return None if bare is None else score(bare)


@pytest.mark.parametrize(
    ("original", "least"), [(page(1), 0.85), (flag(5), 0.9), (flag(12), 0.9)], ids=["page", "star", "sun"]
)
def test_without_it_they_are_as_alike_as_before(original, least):
    assert without_it(original, watermarked(original, 0.55)) > least


def test_where_something_got_lighter_too_there_is_no_veil():
    assert without_it(page(1, 2), watermarked(page(2, 2), 0.7)) is None


def test_what_is_written_in_gray_on_empty_ground_is_no_veil():
    sheet = np.full((640, 800, 3), 255, np.uint8)
    sheet[:, :480] = page(1)
    filled = sheet.copy()
    for row in range(6):
        at = 500, 90 + 96 * row
        cv2.putText(filled, "HIDDEN", at, cv2.FONT_HERSHEY_SIMPLEX, 2.0, (140, 140, 140), 9, cv2.LINE_AA)
    assert without_it(sheet, filled) is None


def test_a_copy_under_a_watermark_is_never_the_same_picture_saved_anew(monkeypatch):
    monkeypatch.setattr(pairs, "NEAR", EXACT)  # a veil that is looked for though the pictures match with it
    assert without_it(flag(5), watermarked(flag(5), 0.7)) > EXACT
    assert judged(flag(5), watermarked(flag(5), 0.7))[0] == HIGHEST_EDITED
