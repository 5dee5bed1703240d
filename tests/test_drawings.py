"""Drawings of one layout: the part that differs decides, and copies of each stay copies."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from dupedash.embedded.compare import pairs
from dupedash.embedded.compare.drawings.nudge import nudge
from dupedash.embedded.compare.drawings.replaced import NOTHING_REPLACED, compare_drawings, log_odds
from dupedash.embedded.describe.descriptor import Descriptor, describe
from tests.drawn import KINDS, board, die, document, invoice
from tests.embedded_pictures import scene
from tools.drawings import Drawing, font

EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def described(picture: Drawing) -> Descriptor:
    return describe(np.asarray(picture))


def score(one: Drawing, other: Drawing) -> float:
    return pairs.judge(described(one), described(other), (False,)).score


def saved(picture: Drawing, quality: int = 60) -> Drawing:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def scaled(picture: Drawing, factor: float) -> Drawing:
    return picture.resize((round(picture.width * factor), round(picture.height * factor)))


def trimmed(picture: Drawing) -> Drawing:
    return picture.crop((5, 4, picture.width - 6, picture.height - 5))


def scanned(picture: Drawing) -> Drawing:
    return saved(scaled(picture.rotate(0.7, Image.Resampling.BICUBIC, fillcolor="white"), 0.8), 75)


def labelled(picture: Drawing) -> Drawing:
    """With large red text over it."""
    picture = picture.copy()
    size = picture.height / 10
    where, red = (0.1 * picture.width, 0.4 * picture.height), (220, 20, 30)
    ImageDraw.Draw(picture).text(where, "SAMPLE", red, font(size), stroke_width=1, stroke_fill="white")
    return picture


EDITS = {
    "trimmed": trimmed,
    "scanned": scanned,
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.8),
    "labelled": labelled,
}


def pips(first: int, ink: int) -> np.ndarray:
    """Four rows of dots of that gray value, the first so many pixels from the left edge."""
    sheet = np.full((320, 320), 255, np.uint8)
    for row in range(4):
        cv2.circle(sheet, (first + 50 * (row % 3), 40 + 80 * row), 22, ink, -1, cv2.LINE_AA)
    return sheet


@EACH
def test_other_content_in_one_layout_is_no_duplicate(kind: Callable[[int], Drawing]) -> None:
    drawings = [kind(content) for content in (2, 3, 4)]
    assert all(score(one, other) < 0.7 for one, other in combinations(drawings, 2))


@EACH
def test_not_even_saved_again_in_another_size(kind: Callable[[int], Drawing]) -> None:
    assert score(kind(1), saved(scaled(kind(2), 0.7), 70)) < 0.7


@EACH
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edited_copies_of_drawings_are_found(kind: Callable[[int], Drawing], edit) -> None:
    assert score(kind(4), edit(kind(4))) >= 0.7


@EACH
def test_a_drawing_that_was_saved_again_is_the_same(kind: Callable[[int], Drawing]) -> None:
    assert score(kind(1), saved(kind(1), 85)) >= 0.95


@pytest.mark.parametrize(("one", "other"), [(invoice(117), invoice(118)), (invoice(211), invoice(217))])
def test_one_digit_is_enough(one: Drawing, other: Drawing) -> None:
    assert score(one, other) < 0.7


def test_what_is_added_but_repeats_what_is_there_is_other_content() -> None:
    assert score(die(4), die(5)) < 0.7
    assert score(die(4), labelled(die(4))) >= 0.7


def test_icons_of_one_outline_with_other_signs_are_no_duplicates() -> None:
    """Too small for keypoints, they were laid frame on frame and held for one icon to which was added."""
    signs = [document(sign) for sign in "-x#"]
    for one, other in combinations(signs, 2):
        assert score(one, other) < 0.7
        assert score(one, saved(other, 80)) < 0.7
    assert all(score(sign, saved(sign, 70)) >= 0.95 for sign in signs)


def test_other_ink_in_other_tones_all_over_is_other_content() -> None:
    """No curve of tones leads from black pips to light ones elsewhere; once that hid what was replaced."""
    found = compare_drawings(pips(30, 20), pips(110, 190), np.eye(3)[:2])
    assert found.changed > 0.95
    assert log_odds(found, registered=True) > 0


def test_drawings_are_compared_alike_from_both_sides() -> None:
    one, other = described(board(3)), described(scaled(board(4), 0.8))
    there, back = (pairs.judge(*pair, (False, True)) for pair in ((one, other), (other, one)))
    assert there.score == back.score
    assert there.evidence.replaced == back.evidence.replaced


def test_a_mirrored_drawing_is_compared_with_the_mirror_image() -> None:
    mirrored = board(3).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    same, other = described(board(3)), described(board(5))
    assert pairs.judge(same, described(mirrored), (True,)).score >= 0.7
    assert pairs.judge(other, described(mirrored), (True,)).score < 0.7


def test_a_photo_has_no_sharp_picture_and_costs_nothing_more() -> None:
    assert described(invoice(1)).drawing
    assert not describe(np.asarray(scene(3))).drawing


def test_strokes_find_the_map_that_keypoints_miss_by_a_pixel_whatever_was_put_over_them() -> None:
    page = np.asarray(invoice(1).convert("L"))
    height, width = page.shape
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), 0.4, 0.9) + np.array(
        [[0, 0, 2.3], [0, 0, -1.6]]
    )
    other = np.asarray(labelled(invoice(2)).convert("L")) // 2 + 90
    moved = cv2.warpAffine(other, turned, (width, height), flags=cv2.INTER_CUBIC, borderValue=217)
    found = nudge(page, moved, turned + np.array([[0.001, 0, 0.7], [0, -0.001, -0.8]]))
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]).T
    assert np.abs((found - turned) @ corners).max() < 0.3


def test_pictures_without_edges_are_left_where_they_are() -> None:
    plain, given = np.full((80, 60), 200, np.uint8), np.array([[1.0, 0, 3], [0, 1, 2]])
    assert (nudge(plain, plain, given) == given).all()


def test_nothing_to_compare_is_no_difference() -> None:
    white = np.full((80, 60), 255, np.uint8)
    assert compare_drawings(white, white, np.eye(3)[:2]) == NOTHING_REPLACED
    black = np.zeros_like(white)
    assert compare_drawings(white, black, np.eye(3)[:2]).balance == 0
