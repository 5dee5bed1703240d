"""Whether detail of one picture was replaced by other detail in the other: two receipts of one shop.

Text, a logo or a badge that was *put over* a picture has strong detail where the other picture has little, or
hides what the other shows. Text that *replaces* other text is as strong as that, and half agrees with it:
the lines coincide, the letters do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.local import Local, compare_locally, correlation

_DETAILED = 200.0
"""Variance of gray values from which a window has detail."""
# Set on photos, receipts and screens with copies; where nothing else is said, a fifth less or a quarter more
# (`tools.sensitivity`) moves none of 1,621 pairs over a limit.
_EQUAL = 0.3
"""Part of the other's variance from which both have the detail."""
_ALONE = 0.15
"""Part of the other's variance below which one alone has it; 0.19 loses 1 of 375 edits."""
_LARGEST_BOX, _SOLID_BOX, _MOST_IN_BOX, _FULL_BOX, _HALF_IN_BOX = 0.35, 0.7, 0.7, 0.5, 0.3
"""A box that was put over: of the picture at most, filled at least, holds of all that differs, differs of its
own, is half alike at most."""
_HALF, _WHOLE = 0.5, 0.9
"""Correlation of detail that is half alike; were it always short of whole, 22 of 375 edits were lost."""
_DETAILED_ALIKE, _HALF_ALIKE, _UNLIKE, _ONLY_X, _ONLY_Y = range(1, 6)
"""Kinds of windows with detail: 0 has none."""
_BLURS = (0.8, 0.8, 1.2, 1.6, 2.0)
"""Steps of a blur, together one of 3 pixels of a thumbnail: a stronger one leaves no detail to compare."""
_SHARPER = 1.15
"""Sharpness that saving again changes."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Parts of the windows with detail in either picture, each 0…1.

    `half_alike`: both have as much, and it correlates by 0.5 … 0.9; `unlike`: by less. `exchanged`: one
    picture has detail where the other has none; the smaller of the parts for either picture, since an overlay
    over something plain makes only one of them. One box that differs as a whole is not counted.
    """

    half_alike: float
    unlike: float
    exchanged: float


NO_DETAIL = Detail(0, 0, 0)


def compare_detail(x: np.ndarray, y: np.ndarray, weight: np.ndarray, local: Local) -> Detail:
    """Compare gray pictures, float32 (h, w), where `weight` is 1. `local` are their maps.

    If one is less sharp, it may be a blurred copy: what agrees better counts, the other as it is or blurred.
    """
    found = _measured(local)
    if not found.half_alike + found.unlike:
        return found  # nothing agrees better than that
    sharp_x, sharp_y = equally_sharp(x, y)
    if sharp_x is x and sharp_y is y:
        return found
    blurred = _measured(compare_locally(sharp_x, sharp_y, weight))
    return min(found, blurred, key=lambda detail: detail.half_alike + detail.unlike)


def _measured(local: Local) -> Detail:
    kinds, detailed, differing = _kinds(local.known, local.var_x, local.var_y, local.covariance)
    if not differing:
        return NO_DETAIL
    left, top, right, bottom = _one_box(kinds, differing)
    kinds[top:bottom, left:right] = _DETAILED_ALIKE
    _, half, unlike, only_x, only_y = _counts(kinds)[1:]
    return Detail(half / detailed, unlike / detailed, min(only_x, only_y) / detailed)


@compiled
def _kinds(
    known: np.ndarray, var_x: np.ndarray, var_y: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, int, int]:
    """What each window is (see `_DETAILED_ALIKE`), uint8; how many have detail, how many of them differ."""
    kinds, detailed, differing = np.zeros(known.shape, np.uint8), 0, 0
    for i in range(known.shape[0]):
        for j in range(known.shape[1]):
            x, y = var_x[i, j], var_y[i, j]
            less, more = min(x, y), max(x, y)
            if known[i, j] <= 0.5 or more <= _DETAILED:
                continue
            detailed += 1
            kinds[i, j] = _DETAILED_ALIKE
            if less > _DETAILED and less > _EQUAL * more:
                alike = correlation(x, y, covariance[i, j])
                if alike < _WHOLE:
                    kinds[i, j] = _HALF_ALIKE if alike >= _HALF else _UNLIKE
            elif less < _DETAILED and less < _ALONE * more:
                kinds[i, j] = _ONLY_X if x > y else _ONLY_Y
            differing += kinds[i, j] > _DETAILED_ALIKE
    return kinds, detailed, differing


@compiled
def _counts(kinds: np.ndarray) -> np.ndarray:
    """How many windows there are of each kind: int64 (6,)."""
    counts = np.zeros(6, np.int64)
    for i in range(kinds.shape[0]):
        for j in range(kinds.shape[1]):
            counts[kinds[i, j]] += 1
    return counts


def _one_box(kinds: np.ndarray, differing: int) -> tuple[int, int, int, int]:
    """The windows of a box that was put over the picture: most of what differs lies in it, most of it
    differs, little is half alike. Left, top, right, bottom; empty where there is no such box."""
    differs = (kinds > _DETAILED_ALIKE).view(np.uint8)
    joined = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    left, top, width, height, area = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())].tolist()
    _, alike, half, *other = _counts(kinds[top : top + height, left : left + width]).tolist()
    inside = half + sum(other)
    solid = area > _SOLID_BOX * width * height and width * height < _LARGEST_BOX * kinds.size
    full = inside > _MOST_IN_BOX * differing and inside > _FULL_BOX * (alike + inside)
    covers = half < _HALF_IN_BOX * inside
    return (left, top, left + width, top + height) if solid and full and covers else (0, 0, 0, 0)


def equally_sharp(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sharper picture blurred until it is as sharp as the other."""
    sharp_x, sharp_y = sharpness(x), sharpness(y)
    if sharp_x < sharp_y:
        y, x = equally_sharp(y, x)
        return x, y
    for sigma in _BLURS:
        if sharp_x <= _SHARPER * sharp_y:
            break
        blurred = cv2.GaussianBlur(x, (0, 0), sigma)
        x, sharp_x = blurred, sharpness(blurred)
    return x, y


def sharpness(gray: np.ndarray) -> float:
    """Of gray values (h, w): energy of the differences of neighbouring pixels by that of distant ones."""
    near = cv2.norm(gray[:, 1:], gray[:, :-1], cv2.NORM_L2SQR) + cv2.norm(gray[1:], gray[:-1], cv2.NORM_L2SQR)
    far = float(cv2.meanStdDev(gray)[1][0, 0]) ** 2
    return float(near) / gray.size / (far + 1)
