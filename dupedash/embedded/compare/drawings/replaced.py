"""Whether something in a drawing was replaced: a digit, a suit, a piece that moved, the words of a balloon.

Two drawings that are registered exactly differ nowhere but where their content does: everything that JPEG
and scaling change stays far below one stroke. Where they differ, an edit *adds* ink to one of them, over its
ground and over what it shows; of other content each picture *loses* ink to its ground that the other has, of
the same gray value. What is added, but repeats something that is there (a pip, a stone), is content too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded.compare.detail import sharpness
from dupedash.embedded.compare.drawings.align import Aligned, align

_SMOOTH = 0.8
"""Takes the phase of resampling out of strokes; digits five pixels wide stay apart."""
_BLURS = (0.5, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5)
_SHARPER = 1.08
_OFF = 24.0
_WINDOW, _AROUND = (7, 7), (21, 21)
_INK = 150.0
"""Variance of gray values in a window with ink."""
_LEAST_INK = 30
_LEAST, _TIMES, _MOST, _INEXACT = 0.25, 4.0, 0.6, 5.0
"""A window differs when the difference has so much of the power of the ink about it: at least, as a multiple
of what 9 of 10 windows with ink stay below, at most; more where the pictures lie inexactly on each other.
Copies of 28 kinds of drawings (JPEG from 50 on, scaled by 0.35 to 2, cropped, turned, blurred) stay below,
one changed digit of a page reaches 0.4."""
_HALOS = 3.0
"""The limit rises with how much sharper one picture is, so many times at most: sharpening leaves halos."""
_LEAST_POWER = 225.0
_JOINED = (7, 7)
_LEAST_AREA = 10
_MARGIN = 9
_FLAT, _SAME, _LARGE = 10.0, 14.0, 0.4
_DIFFERENT = 12.0
_EVERYTHING = 0.3
_SEEN = 20.0
_LARGEST_THING, _MOST_THINGS, _PLAIN, _REPEATED = 200, 12, 0.3, 0.9
_CLEAR = 80.0
"""Gray values between a thing and its ground: fainter ones vanish where a picture is brightened."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Where two registered drawings differ.

    `changed`: windows that differ, by windows with ink. `balance`: ink that one loses by ink that it gains,
    0…1; `ink`: the same of all ink where they differ; `value`: how far the gray values of what is lost
    and gained lie apart, 0…1; `kept`: ink there that is in both, by that of the one with less; `filled`: part
    of the place that has ink. `repeated`: part of the changed places that show something which is there more
    than once. `page_balance`, `page_value`: as above, of ink over the nearest large ground.
    """

    changed: float
    balance: float = 0.0
    ink: float = 0.0
    value: float = 1.0
    kept: float = 0.0
    filled: float = 1.0
    repeated: float = 0.0
    page_balance: float = 0.0
    page_value: float = 1.0


NOTHING_REPLACED = Replaced(0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Maps:
    """By pixel, float32 (h, w): both pictures made equally bright and sharp, and the variance of either about
    it; bool: what is `inside` both, and what `changed`."""

    x: np.ndarray
    y: np.ndarray
    variance_x: np.ndarray
    variance_y: np.ndarray
    inside: np.ndarray
    changed: np.ndarray
    ink: int


def compare_drawings(a: np.ndarray, b: np.ndarray, unit_matrix: np.ndarray) -> Replaced:
    """Compare gray pictures, uint8 (h, w). `unit_matrix` (2, 3) maps the unit square of a to that of b."""
    maps = _maps(align(a, b, unit_matrix))
    if maps is None:
        return NOTHING_REPLACED
    joined = cv2.dilate(maps.changed.astype(np.uint8), np.ones(_JOINED, np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    areas = np.bincount(labels[maps.changed], minlength=count)
    kept = areas >= _LEAST_AREA
    kept[0] = False
    if not kept.any():
        return NOTHING_REPLACED
    changed = int(areas[kept].sum()) / maps.ink
    return _told(maps, kept[labels], changed, _repeated(maps, stats[kept]))


def _maps(both: Aligned) -> _Maps | None:
    """None where they differ nowhere, or show next to nothing."""
    x, y = (cv2.GaussianBlur(part, (0, 0), _SMOOTH).astype(np.float32) for part in (both.x, both.y))
    x = _fitted(x, y, both.inside)
    inside = cv2.erode(both.inside, np.ones((_MARGIN, _MARGIN), np.uint8), borderValue=0) > 0
    if not (_power(x, y) * inside).max() > _LEAST_POWER:
        return None
    blurred = _ratio(sharpness(x), sharpness(y))
    x, y = _equally_sharp(x, y)
    variance_x, variance_y = _variance(x), _variance(y)
    variance = np.maximum(variance_x, variance_y)
    ink = inside & (variance > _INK)
    n = int(np.count_nonzero(ink))
    if n < _LEAST_INK:
        return None
    power = _power(x, y)
    part = power / (np.maximum(variance, cv2.boxFilter(variance, -1, _AROUND)) + 100)
    middle, usual = np.percentile(part[ink][::3], (50, 90)).tolist()
    limit = min(max(_LEAST, _TIMES * usual), min(max(_MOST, _INEXACT * middle), 1.0)) * min(blurred, _HALOS)
    changed = (part > limit) & (power > _LEAST_POWER) & inside
    return _Maps(x, y, variance_x, variance_y, inside, changed, n)


def _power(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of the difference of two pictures in the window about each pixel."""
    difference = x - y
    power: np.ndarray = cv2.boxFilter(difference * difference, -1, _WINDOW)
    return power


def _fitted(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """x with the parabola of gray values that brings it nearest to y; what lies far off is left out."""
    some = inside[::3, ::3] > 0
    source, target = x[::3, ::3][some].astype(float) / 255, y[::3, ::3][some].astype(float)
    used, curve = np.ones(len(source), bool), np.array([0.0, 255.0, 0.0])
    for _ in range(2):
        if np.count_nonzero(used) < 50:
            break
        powers = np.stack([np.ones(np.count_nonzero(used)), source[used], source[used] ** 2], axis=1)
        steady = np.diag([0, 0, len(source) * 1e-4])  # two gray values leave a parabola undetermined
        curve = np.linalg.lstsq(powers.T @ powers + steady, powers.T @ target[used], rcond=None)[0]
        off = np.abs(curve[0] + source * (curve[1] + source * curve[2]) - target)
        used = off < max(_OFF, 3 * float(np.median(off)))
    scaled = x / 255
    fitted: np.ndarray = (curve[0] + scaled * (curve[1] + scaled * curve[2])).astype(np.float32)
    return fitted


def _equally_sharp(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sharper picture blurred until it is as sharp as the other."""
    sharp_x, sharp_y = sharpness(x), sharpness(y)
    if sharp_x < sharp_y:
        y, x = _equally_sharp(y, x)
        return x, y
    for sigma in _BLURS:
        if sharp_x <= _SHARPER * sharp_y:
            break
        blurred = cv2.GaussianBlur(x, (0, 0), sigma)
        sharp_blurred = sharpness(blurred)
        if sharp_blurred * _SHARPER < sharp_y:
            break
        x, sharp_x = blurred, sharp_blurred
    return x, y


def _ratio(one: float, other: float) -> float:
    return max(one, other) / max(min(one, other), 1e-6)


def _variance(gray: np.ndarray) -> np.ndarray:
    mean = cv2.boxFilter(gray, -1, _WINDOW)
    variance: np.ndarray = np.maximum(cv2.boxFilter(gray * gray, -1, _WINDOW) - mean * mean, 0)
    return variance


def _told(maps: _Maps, place: np.ndarray, changed: float, repeated: float) -> Replaced:
    """What happened at the changed `place`."""
    ground, page = _grounds(maps)
    if ground is None:  # nothing plain is left: what differs is all that there is
        everything = changed > _EVERYTHING
        return Replaced(changed, 1, 1, 0, 0, 0.5) if everything else Replaced(changed, repeated=repeated)
    place = place & maps.inside
    x, y = (maps.x - ground)[place], (maps.y - ground)[place]
    ink_x, ink_y = np.abs(x), np.abs(y)
    different = np.abs(x - y) > _DIFFERENT
    lost, gained = _exchanged(x, y)
    over_x, over_y = (maps.x - page)[place], (maps.y - page)[place]
    less_page, more_page = _exchanged(over_x, over_y)
    seen_x, seen_y = int((ink_x > _SEEN).sum()), int((ink_y > _SEEN).sum())
    less, more = sorted((seen_x, seen_y))
    both = int((~different & (ink_x > _SEEN)).sum())
    return Replaced(
        changed=changed,
        balance=_part(float(lost.sum()), float(gained.sum())),
        ink=less / (more + 1),
        value=_apart(_mean(x, lost), _mean(y, gained)),
        kept=min(1.0, both / (less + 1)),
        filled=more / max(1, len(x)),
        page_balance=_part(float(less_page.sum()), float(more_page.sum())),
        page_value=_apart(_mean(over_x, less_page), _mean(over_y, more_page)),
        repeated=repeated,
    )


def _exchanged(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much ink each of these values over the ground, float32 (n,), loses and gains from x to y."""
    ink_x, ink_y, one_way = np.abs(x), np.abs(y), x * y >= 0
    different = np.abs(x - y) > _DIFFERENT
    lost: np.ndarray = np.where(one_way, np.maximum(ink_x - ink_y, 0), ink_x) * different
    gained: np.ndarray = np.where(one_way, np.maximum(ink_y - ink_x, 0), ink_y) * different
    return lost, gained


def _part(one: float, other: float) -> float:
    return min(one, other) / (max(one, other) + 1)


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    return float(np.vdot(values, weight)) / (float(weight.sum()) + 1e-6)


def _apart(one: float, other: float) -> float:
    return abs(one - other) / (abs(one) + abs(other) + 1)


def _grounds(maps: _Maps) -> tuple[np.ndarray | None, np.ndarray | None]:
    """For every pixel the gray value of the nearest plain place that is the same in both pictures, and of the
    nearest large one: the inside of a pip is plain too, but no page."""
    square = np.ones((3, 3), np.uint8)
    mean = (maps.x + maps.y) / 2
    plain = (cv2.dilate(mean, square) - cv2.erode(mean, square)) < _FLAT
    near = cv2.dilate(maps.changed.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    plain &= ~near & (np.abs(maps.x - maps.y) < _SAME) & maps.inside
    if np.count_nonzero(plain) < 50:
        return None, None
    return _nearest(mean, plain), _nearest(mean, _extended(plain))


def _extended(plain: np.ndarray) -> np.ndarray:
    """The large areas of it."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(plain.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= _LARGE * stats[1:, cv2.CC_STAT_AREA].max(initial=0)
    large[0] = False
    extended: np.ndarray = large[labels]
    return extended


def _nearest(mean: np.ndarray, plain: np.ndarray) -> np.ndarray:
    """For every pixel the value of the nearest one that is plain."""
    _, nearest = cv2.distanceTransformWithLabels(
        (~plain).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros(int(nearest.max()) + 1, np.float32)
    values[nearest[plain]] = mean[plain]
    ground: np.ndarray = values[nearest]
    return ground


def _repeated(maps: _Maps, boxes: np.ndarray) -> float:
    """The part of the changed places, by area, that show something which is there more than once."""
    things = sorted(boxes.tolist(), key=lambda box: -box[4])[:_MOST_THINGS]
    total = sum(area for *_, area in things)
    repeated = sum(area for *box, area in things if _is_repeated(maps, *box))
    return repeated / total if len(boxes) <= _MOST_THINGS else 0.0


def _is_repeated(maps: _Maps, left: int, top: int, width: int, height: int) -> bool:
    """Whether one picture shows a thing where the other is plain, which the other shows elsewhere."""
    if max(width, height) > _LARGEST_THING or min(width, height) < 2 * _WINDOW[0]:
        return False
    box = slice(top, top + height), slice(left, left + width)
    there_x, there_y = float(maps.variance_x[box].sum()), float(maps.variance_y[box].sum())
    if min(there_x, there_y) > _PLAIN * max(there_x, there_y):
        return False
    shown, other = (maps.x, maps.y) if there_x > there_y else (maps.y, maps.x)
    if other.shape[0] <= height or other.shape[1] <= width or np.ptp(shown[box]) < _CLEAR:
        return False
    found = cv2.matchTemplate(other, np.ascontiguousarray(shown[box]), cv2.TM_CCOEFF_NORMED)
    return bool(found.max() > _REPEATED)


def log_odds(found: Replaced) -> float:
    """How surely something was replaced and not just added; minus infinity where nothing differs."""
    if not found.changed:
        return -math.inf
    exchange = math.sqrt(found.balance)
    alike, repeated = exchange * (1 - found.value), found.repeated * (1 - exchange)
    on_page = math.sqrt(found.page_balance) * (1 - found.page_value)
    here = 1.0, alike, found.ink, found.value, found.kept, found.filled, repeated, on_page, found.page_value
    return float(np.dot(here, _WEIGHTS))


_WEIGHTS = (-0.7, 2.1, 3.3, -0.4, -2.2, -3.8, 5.4, 2.2, -1.3)
"""Of a logistic regression on 28 kinds of drawings and on cards, positions and icons: 361 pairs with other
content, as they are and saved again at half the size, against 450 edits (text, logos, watermarks, other
tones) of drawings and of those among collected photos. Kinds that were left out are told apart as well."""
