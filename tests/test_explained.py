"""A change is told by its name, and one cause is told once, in whichever order the two pictures are seen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from dupedash.embedded.compare import pairs
from dupedash.embedded.compare.edits.toned import tones
from dupedash.embedded.describe.descriptor import describe
from dupedash.model import ChangeKind
from tests.embedded_pictures import jpeg, labelled, resized, scene

SEEDS = (1, 4, 11)


def filtered(filter_):
    return lambda p: np.asarray(Image.fromarray(p).filter(filter_))


def enhanced(enhancer, factor):
    return lambda p: np.asarray(enhancer(Image.fromarray(p)).enhance(factor))


def gamma(power):
    curve = (255 * (np.arange(256) / 255) ** power).round().astype(np.uint8)
    return lambda p: curve[p]


def noisy(sigma):
    return lambda p: np.clip(p + np.random.default_rng(1).normal(0, sigma, p.shape), 0, 255).astype(np.uint8)


def gray(p):
    return cv2.cvtColor(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def watermarked(p):
    layer = p.copy()
    for top in range(60, p.shape[0], 110):
        for left in range(0, p.shape[1], 240):
            cv2.putText(layer, "SAMPLE", (left, top), cv2.FONT_HERSHEY_DUPLEX, 1.4, (255, 255, 255), 6)
    return cv2.addWeighted(layer, 0.4, p, 0.6, 0)


CHANGES = {
    "brighter": enhanced(ImageEnhance.Brightness, 1.35),
    "darker": enhanced(ImageEnhance.Brightness, 0.65),
    "brighter by gamma": gamma(0.6),
    "darker by gamma": gamma(1.7),
    "contrast": enhanced(ImageEnhance.Contrast, 0.65),
    "contrast more": enhanced(ImageEnhance.Contrast, 1.2),
    "colour": enhanced(ImageEnhance.Color, 0.4),
    "colour more": enhanced(ImageEnhance.Color, 1.6),
    "gray": gray,
    "blurred": filtered(ImageFilter.GaussianBlur(3)),
    "sharpened": filtered(ImageFilter.UnsharpMask(2, 200, 2)),
    "noise": noisy(14),
    "overlay": labelled,
    "overlay all over": watermarked,
    "re-encoded": lambda p: p,
    "resized": lambda p: resized(p, 0.6),
}
BACK = {"brighter": "darker", "darker": "brighter"}


def told(one: np.ndarray, other: np.ndarray) -> tuple[str, ...]:
    a, b = describe(one), describe(other)
    return tuple(kind.token for kind in pairs.judge(a, b, (False, True)).explanation(a, b).kinds)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_by_its_name_and_nothing_else_is(change, seed):
    original = scene(seed)
    copy = jpeg(CHANGES[change](original), 88)
    kind = change.split(" ")[0]
    assert told(original, copy) == (kind,)
    assert told(copy, original) == (BACK.get(kind, kind),)


def screen(lines: int) -> np.ndarray:
    """A window, white but for its title and some lines of text."""
    shown = np.full((480, 640, 3), 255, np.uint8)
    cv2.rectangle(shown, (0, 0), (640, 34), (236, 236, 240), -1)
    for line in range(lines):
        at = 30, 80 + 52 * line
        cv2.putText(
            shown, f"Item {line}: choose it", at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 40, 46), 1, cv2.LINE_AA
        )
    return shown


@pytest.mark.parametrize("sigma", [12, 22])
def test_noise_on_white_makes_it_darker_and_is_told_as_noise(sigma):
    copy = jpeg(noisy(sigma)(screen(2)), 90)
    assert told(screen(2), copy) == told(copy, screen(2)) == ("noise",)


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_the_contrast_of_what_is_nearly_plain_is_that_of_the_edit(factor):
    cells = np.full((40, 50), 245.0, np.float32)
    cells[:4, :6], cells[20:22, 20:24] = 205, 190
    middle = cells.mean()
    edited = middle + factor * (cells - middle)
    for one, other, strength in ((cells, edited, factor), (edited, cells, 1 / factor)):
        found = tones(one, other, np.ones(cells.shape, bool))
        assert found.kinds == (ChangeKind.CONTRAST,)
        assert found.contrast == pytest.approx(np.log2(strength), abs=0.1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("quality", [35, 55, 75, 92])
def test_a_copy_that_was_only_compressed_has_no_noise_and_no_blur(quality, seed):
    assert told(scene(seed), jpeg(scene(seed), quality)) == ("re-encoded",)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_enlarged_copy_is_told_as_upscaled(seed):
    small = noisy(8)(resized(scene(seed), 0.5))
    large = cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    assert told(small, large) == told(large, small) == ("upscaled",)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize("scale", [0.5, 1.6])
def test_the_boxes_lie_in_b_whichever_of_the_two_is_smaller_mirrored_or_turned(mirrored, turns, scale):
    original = scene(4)
    copy = original.copy()
    height, width = copy.shape[:2]
    x0, y0, x1, y1 = round(0.6 * width), round(0.7 * height), round(0.9 * width), round(0.85 * height)
    copy[y0:y1, x0:x1] = (250, 240, 30)
    cv2.putText(copy, "SALE", (x0 + 8, y1 - 16), cv2.FONT_HERSHEY_DUPLEX, 1.5, (200, 0, 0), 4)
    copy = resized(np.ascontiguousarray(np.rot90(copy[:, ::-1] if mirrored else copy, turns)), scale)
    place = np.zeros((height, width), np.uint8)
    place[y0:y1, x0:x1] = 1
    place = np.rot90(place[:, ::-1] if mirrored else place, turns)
    rows, columns = np.nonzero(place)
    planted = (
        columns.min() / place.shape[1], rows.min() / place.shape[0],
        columns.max() / place.shape[1], rows.max() / place.shape[0],
    )  # fmt: skip
    a, b = describe(original), describe(copy)
    ((x0, y0, x1, y1),) = pairs.judge(a, b, (False, True)).explanation(a, b).residual[:1]
    assert np.abs(np.array([x0, y0, x1, y1]) - planted).max() < 0.05
    ((x0, y0, x1, y1),) = pairs.judge(b, a, (False, True)).explanation(b, a).residual[:1]
    assert np.abs(np.array([x0, y0, x1, y1]) - (0.6, 0.7, 0.9, 0.85)).max() < 0.05
