from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dupedash.embedded.compare.edits.explain import explain
from dupedash.embedded.compare.pairs import judge
from dupedash.embedded.compare.register import Registration
from dupedash.embedded.compare.score import score
from dupedash.embedded.compare.verify import seen_from_b, verify
from dupedash.embedded.describe.descriptor import describe
from dupedash.model import ChangeKind, Explanation
from tests.embedded_pictures import bordered, crop, form, jpeg, labelled, resized, scene

ORIGINAL = scene(1)


def explained(a: np.ndarray, b: np.ndarray, mirrored: bool = False) -> Explanation:
    one, two = describe(a), describe(b)
    return explain(verify(one, two, mirrored), one, two)


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (width, height))


EXACT = {
    "the same": ORIGINAL,
    "JPEG 50": jpeg(ORIGINAL, 50),
    "half size": resized(ORIGINAL, 0.5),
    "twice the size": resized(ORIGINAL, 2),
}
EDITED = {
    "crop to 80 %": (crop(ORIGINAL, 0.8), ChangeKind.CROPPED),
    "crop to 40 %": (crop(ORIGINAL, 0.4), ChangeKind.CROPPED),
    "border": (bordered(ORIGINAL), ChangeKind.BORDERED),
    "quarter turn": (np.rot90(ORIGINAL).copy(), ChangeKind.TURNED),
    "turned by 5°": (turned(ORIGINAL, 5), ChangeKind.ROTATED),
    "stretched": (cv2.resize(ORIGINAL, (600, 360)), ChangeKind.STRETCHED),
    "text": (labelled(ORIGINAL), ChangeKind.OVERLAY),
    "brighter": (np.clip(ORIGINAL * 1.0 + 35, 0, 255).astype(np.uint8), ChangeKind.BRIGHTER),
    "darker": ((ORIGINAL * 0.6).astype(np.uint8), ChangeKind.DARKER),
    "black and white": (
        cv2.cvtColor(cv2.cvtColor(ORIGINAL, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB),
        ChangeKind.GRAY,
    ),
    "part of a larger picture": (
        np.hstack([np.vstack([ORIGINAL, scene(7)]), np.vstack([scene(8), scene(9)])]),
        ChangeKind.PART_OF,
    ),
}


@pytest.mark.parametrize("name", EXACT)
def test_only_encoding_differs_scores_at_least_95(name: str) -> None:
    assert score(verify(describe(ORIGINAL), describe(EXACT[name]))) >= 0.95


@pytest.mark.parametrize("name", EDITED)
def test_an_edited_copy_scores_between_70_and_95_and_says_what_was_done(name: str) -> None:
    picture, kind = EDITED[name]
    evidence = verify(describe(ORIGINAL), describe(picture))
    assert 0.7 <= score(evidence) < 0.95
    assert kind in explained(ORIGINAL, picture).kinds


def test_a_mirrored_copy_matches_mirrored_only() -> None:
    one, two = describe(ORIGINAL), describe(np.ascontiguousarray(ORIGINAL[:, ::-1]))
    assert 0.7 <= score(verify(one, two, mirrored=True)) < 0.95
    assert score(verify(one, two)) < 0.7
    assert ChangeKind.MIRRORED in explain(verify(one, two, mirrored=True), one, two).kinds


@pytest.mark.parametrize(
    ("a", "b"), [(scene(1), scene(2)), (form(1), form(2)), (form(3), form(4)), (scene(1), form(1))]
)
def test_look_alikes_are_no_duplicates(a: np.ndarray, b: np.ndarray) -> None:
    assert score(verify(describe(a), describe(b))) < 0.7


@pytest.mark.parametrize("name", EDITED)
def test_the_order_of_a_pair_does_not_matter(name: str) -> None:
    one, two = describe(ORIGINAL), describe(EDITED[name][0])
    assert score(verify(one, two)) == score(verify(two, one))
    there, back = explain(verify(one, two), one, two), explain(verify(two, one), two, one)
    assert there.overlap_a == back.overlap_b
    forth = np.vstack([np.reshape(there.affine, (2, 3)), [0, 0, 1]]) @ np.vstack(
        [np.reshape(back.affine, (2, 3)), [0, 0, 1]]
    )
    assert np.allclose(forth, np.eye(3), atol=1e-6)


def test_the_explanation_measures_the_change() -> None:
    part = explained(ORIGINAL, crop(ORIGINAL, 0.5))
    assert part.overlap_a == pytest.approx(0.5, abs=0.03)
    assert part.overlap_b == pytest.approx(1, abs=0.03)
    assert part.words().startswith("cropped to ")
    tilted = explained(ORIGINAL, turned(ORIGINAL, 5))
    assert tilted.rotation == pytest.approx(5, abs=0.3)
    wide = explained(ORIGINAL, cv2.resize(ORIGINAL, (600, 360)))
    assert wide.aspect == pytest.approx(1.25, abs=0.02)


def test_a_crop_is_called_one_from_both_sides_and_a_border_stays_a_border() -> None:
    part = crop(ORIGINAL, 0.5)
    assert explained(part, ORIGINAL).words() == explained(ORIGINAL, part).words()
    assert explained(ORIGINAL, bordered(ORIGINAL)).words().startswith("border added")


def test_pictures_that_share_only_a_corner_are_no_duplicates() -> None:
    one, other = scene(11), scene(12)
    one[:180, :240] = other[:180, :240] = ORIGINAL[:180, :240]
    assert score(verify(describe(one), describe(other))) < 0.7


def test_a_perfect_overlap_that_is_half_of_both_is_no_edit_of_either() -> None:
    part = verify(describe(ORIGINAL), describe(crop(ORIGINAL, 0.5)))
    assert score(part) >= 0.7
    halves = replace(part, agreement=replace(part.agreement, overlap_a=0.5, overlap_b=0.5))
    assert score(halves) < 0.7


def test_an_odd_turn_leaves_one_picture_whole_or_is_another_shot() -> None:
    tilted = verify(describe(ORIGINAL), describe(turned(ORIGINAL, 30)))
    assert abs(tilted.rotation) == pytest.approx(30, abs=1)
    assert score(replace(tilted, agreement=replace(tilted.agreement, overlap_a=1.0))) >= 0.7
    assert score(replace(tilted, agreement=replace(tilted.agreement, overlap_a=0.8, overlap_b=0.85))) < 0.7


def test_the_place_of_an_overlay_is_told_in_the_frame_of_the_other_picture() -> None:
    plain, written = ORIGINAL, labelled(ORIGINAL)
    for one, other in ((plain, written), (written, plain)):
        x0, y0, x1, y1 = explained(one, other).residual[0]
        assert (x0 + x1) / 2 == pytest.approx(0.45, abs=0.1)
        assert (y0 + y1) / 2 == pytest.approx(0.5, abs=0.1)
    flipped = np.ascontiguousarray(written[:, ::-1])
    x0, _, x1, _ = explained(plain, flipped, mirrored=True).residual[0]
    assert (x0 + x1) / 2 == pytest.approx(0.55, abs=0.1)


def test_the_map_of_a_mirrored_copy_leads_to_where_the_content_is() -> None:
    affine = np.reshape(explained(ORIGINAL, ORIGINAL[:, ::-1].copy(), mirrored=True).affine, (2, 3))
    assert np.allclose(affine @ [0.2, 0.3, 1], [0.8, 0.3], atol=0.01)


def test_two_colours_of_one_garment_are_less_alike_than_a_colour_filter() -> None:
    garment = np.full((400, 400, 3), 245, np.uint8)
    garment[80:360, 100:300] = (180, 40, 40)
    texture = np.random.default_rng(3).normal(0, 25, (28, 20, 1)).repeat(10, 0).repeat(10, 1)
    garment[80:360, 100:300] = np.clip(garment[80:360, 100:300] + texture, 0, 255)
    other = garment.copy()
    other[80:360, 100:300] = garment[80:360, 100:300, ::-1]
    filtered = np.clip(garment * np.array([1.0, 0.9, 0.8]), 0, 255).astype(np.uint8)
    one = describe(garment)
    assert score(verify(one, describe(other))) < score(verify(one, describe(filtered)))


def hatched() -> np.ndarray:
    """Boxes of fine lines, which lose contrast in another size."""
    rng, picture = np.random.default_rng(1), np.full((400, 640, 3), 255, np.uint8)
    for _ in range(24):
        x, y, w, h = (int(rng.integers(low, high)) for low, high in ((0, 550), (0, 330), (40, 90), (30, 70)))
        cv2.rectangle(picture, (x, y), (x + w, y + h), (255, 255, 255), -1)
        for line in range(0, w, 8):
            cv2.line(picture, (x + line, y), (x + line, y + h), (0, 0, 0), 1)
        cv2.rectangle(picture, (x, y), (x + w, y + h), (0, 0, 0), 1)
    return picture


@pytest.mark.parametrize("zoom", [0.6, 0.7, 0.9])
def test_fine_lines_that_lose_contrast_in_another_size_are_an_exact_copy(zoom: float) -> None:
    original = hatched()
    smaller = jpeg(cv2.resize(original, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), 90)
    evidence = verify(describe(original), describe(smaller))
    assert abs(np.log(evidence.agreement.gain)) > 0.06
    assert score(evidence) >= 0.95
    paler = (255 - (255 - smaller.astype(float)) * 0.9).astype(np.uint8)
    assert score(verify(describe(original), describe(paler))) < 0.95
    flat = (128 + (smaller.astype(float) - 128) * 0.9).astype(np.uint8)
    assert score(verify(describe(original), describe(flat))) < 0.95


@pytest.mark.parametrize("off", [0.001, -0.001])
def test_a_map_that_is_a_fraction_of_a_pixel_off_makes_no_edit_of_a_copy(monkeypatch, off: float) -> None:
    rng = np.random.default_rng(5)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (400, 640, 3), np.uint8), (0, 0), 1.3)
    picture = cv2.convertScaleAbs(picture.astype(np.float32) * 2.5 - 190)
    a, b = describe(picture), describe(jpeg(picture, 92))
    beside = Registration(np.array([[1.0, 0, off], [0, 1.0, off]]), 200, 200, 10)
    monkeypatch.setattr("dupedash.embedded.compare.verify.register", lambda _a, _b: beside)
    assert score(verify(a, b)) < 0.95
    assert judge(a, b, (False,)).score >= 0.95
    darker = describe((picture * 0.9).astype(np.uint8))
    assert judge(a, darker, (False,)).score < 0.95


def test_a_map_that_stretches_needs_many_keypoints_or_most_windows_to_agree() -> None:
    evidence = verify(describe(ORIGINAL), describe(cv2.resize(ORIGINAL, (600, 360))))
    few_keypoints = replace(evidence, inliers=17)
    few_windows = replace(evidence, agreement=replace(evidence.agreement, agreeing=0.42))
    assert min(score(found) for found in (evidence, few_keypoints)) >= 0.7
    assert score(replace(few_windows, inliers=17)) < 0.5 < score(few_windows)


def test_how_far_a_map_stretches_is_the_same_from_both_sides_however_it_turns() -> None:
    evidence = verify(describe(ORIGINAL), describe(ORIGINAL))
    turn = np.array([[np.cos(1.2), -np.sin(1.2), 0], [np.sin(1.2), np.cos(1.2), 0]])
    turned = replace(evidence, unit_matrix=np.diag([6.5, 5.2]) @ turn, size_a=(400, 400), size_b=(400, 400))
    longest, shortest = turned.extremes
    assert (longest, shortest) == pytest.approx((6.5, 5.2))
    assert seen_from_b(turned).extremes == pytest.approx((1 / shortest, 1 / longest))
