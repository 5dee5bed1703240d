"""Which of two pictures is the edited one, on real pictures with real edits, told in either order."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dupedash.embedded.compare.edits.explain import explain
from dupedash.embedded.compare.score import score
from dupedash.embedded.compare.verify import verify
from dupedash.embedded.describe.descriptor import describe
from dupedash.keepers.originals import without_saving
from dupedash.model import ChangeKind, Explanation
from tests.embedded_pictures import crop, jpeg, labelled, resized, scene

ORIGINALS = [scene(1), scene(4), scene(11)]
CROPPED, BORDERED, OVERLAY, GRAY = (
    ChangeKind.CROPPED, ChangeKind.BORDERED, ChangeKind.OVERLAY, ChangeKind.GRAY
)  # fmt: skip


def framed(picture, colour, top, side):
    return cv2.copyMakeBorder(picture, top, top, side, side, cv2.BORDER_CONSTANT, value=colour)


def screenshot(picture):
    window = framed(picture, (246, 246, 247), 50, 24)
    for row in range(12, 44, 10):
        cv2.line(window, (20, row), (20 + 9 * row, row), (60, 60, 60), 2)
    return window


def tilted(picture):
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 4, 0.9)
    return cv2.warpAffine(picture, matrix, (width, height))


def collage(picture):
    others = [cv2.resize(scene(seed), picture.shape[1::-1]) for seed in (21, 22, 23)]
    return np.vstack([np.hstack([picture, others[0]]), np.hstack(others[1:])])


def gray(picture):
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


EDITS = {
    "white border": (lambda p: framed(p, (255, 255, 255), 30, 30), BORDERED),
    "thin border": (lambda p: framed(p, (200, 20, 90), 14, 14), BORDERED),
    "letterbox": (lambda p: framed(p, (0, 0, 0), 80, 0), BORDERED),
    "screenshot": (screenshot, BORDERED),
    "collage": (collage, BORDERED),
    "tilted with corners": (tilted, BORDERED),
    "crop to 80 %": (lambda p: crop(p, 0.8), CROPPED),
    "crop to 45 %": (lambda p: crop(p, 0.45), CROPPED),
    "text": (labelled, OVERLAY),
    "black and white": (gray, GRAY),
}


def explained(one: np.ndarray, other: np.ndarray) -> Explanation:
    a, b = describe(one), describe(other)
    return explain(max((verify(a, b, mirrored) for mirrored in (False, True)), key=score), a, b)


@pytest.mark.parametrize("number", range(len(ORIGINALS)))
@pytest.mark.parametrize("name", EDITS)
def test_the_edited_copy_is_told_from_its_original(name, number):
    edit, kind = EDITS[name]
    picture = ORIGINALS[number]
    there, back = explained(picture, edit(picture)), explained(edit(picture), picture)
    assert kind in there.edited_b
    assert there.edited_a == ()
    assert (back.edited_a, back.edited_b) == (there.edited_b, ()), "the order makes no difference"


@pytest.mark.parametrize("number", range(len(ORIGINALS)))
@pytest.mark.parametrize(
    "copy",
    [
        lambda p: jpeg(p, 50),
        lambda p: resized(p, 0.5),
        lambda p: np.clip(p * 1.0 + 35, 0, 255).astype(np.uint8),
        lambda p: np.ascontiguousarray(p[:, ::-1]),
        lambda p: np.rot90(p).copy(),
        lambda p: cv2.resize(p, (600, 360)),
        lambda p: cv2.GaussianBlur(p, (0, 0), 2),
    ],
    ids=["JPEG", "half size", "brighter", "mirrored", "turned", "stretched", "blurred"],
)
def test_what_could_be_either_way_is_left_open(copy, number):
    why = without_saving(explained(ORIGINALS[number], copy(ORIGINALS[number])))
    assert (why.edited_a, why.edited_b) == ((), ())


def test_a_white_border_on_white_may_also_be_the_view_of_which_the_other_is_a_crop():
    plain = framed(ORIGINALS[0], (255, 255, 255), 60, 60)
    why = explained(plain, framed(plain, (255, 255, 255), 60, 60))
    assert (why.edited_a, why.edited_b) == ((), ())
