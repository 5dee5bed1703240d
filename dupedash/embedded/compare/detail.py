"""Whether detail of one picture was replaced by other detail in the other: two receipts of one shop.

Text, a logo or a badge that was *put over* a picture has strong detail where the other picture has little, or
hides what the other shows. Text that *replaces* other text is as strong as that, and half agrees with it:
the lines coincide, the letters do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.embedded.compare.local import Local, compare_locally

_DETAILED = 200.0
"""Variance of gray values from which a window has detail."""
# Set on photos, receipts and screens with copies; where nothing else is said, a fifth less or a quarter more
# (`bench.fit.sensitivity`) moves none of 1,621 pairs over a limit.
_EQUAL = 0.3
"""Part of the other's variance from which both have the detail."""
_ALONE = 0.15
"""Part of the other's variance below which one alone has it; 0.19 loses 1 of 375 edits."""
_LARGEST_BOX, _SOLID_BOX, _MOST_IN_BOX, _FULL_BOX, _HALF_IN_BOX = 0.35, 0.7, 0.7, 0.5, 0.3
"""A box that was put over: of the picture at most, filled at least, holds of all that differs, differs of its
own, is half alike at most."""
_HALF, _WHOLE = 0.5, 0.9
"""Correlation of detail that is half alike; were it always short of whole, 22 of 375 edits were lost."""
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
    sharp_x, sharp_y = _equally_sharp(x, y)
    if sharp_x is x and sharp_y is y:
        return found
    blurred = _measured(compare_locally(sharp_x, sharp_y, weight))
    return min(found, blurred, key=lambda detail: detail.half_alike + detail.unlike)


def _measured(local: Local) -> Detail:
    less, more = np.minimum(local.var_x, local.var_y), np.maximum(local.var_x, local.var_y)
    alike = local.correlation
    detailed = (local.known > 0.5) & (more > _DETAILED)
    equal = detailed & (less > _DETAILED) & (less > _EQUAL * more)
    alone = detailed & (less < _DETAILED) & (less < _ALONE * more)
    count = max(1, int(detailed.sum()))
    half = equal & (alike >= _HALF) & (alike < _WHOLE)
    unlike = equal & (alike < _HALF)
    scattered = ~_one_box(half | unlike | alone, half, detailed)
    alone &= scattered
    only_x = int((alone & (local.var_x > local.var_y)).sum())
    only_y = int(alone.sum()) - only_x
    return Detail(
        int((half & scattered).sum()) / count,
        int((unlike & scattered).sum()) / count,
        min(only_x, only_y) / count,
    )


def _one_box(differing: np.ndarray, half: np.ndarray, detailed: np.ndarray) -> np.ndarray:
    """The windows of a box that was put over the picture: most of what differs lies in it, most of it
    differs, little is `half` alike. None where there is no such box."""
    box = np.zeros(differing.shape, bool)
    joined = cv2.morphologyEx(differing.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if count < 2:
        return box
    left, top, width, height, area = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())].tolist()
    box[top : top + height, left : left + width] = True
    inside = int((differing & box).sum())
    solid = area > _SOLID_BOX * width * height and box.mean() < _LARGEST_BOX
    compact = solid and inside > _MOST_IN_BOX * differing.sum()
    full = inside > _FULL_BOX * (detailed & box).sum()
    covered = (half & box).sum() < _HALF_IN_BOX * inside
    return box if compact and full and covered else np.zeros_like(box)


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
        x, sharp_x = blurred, sharpness(blurred)
    return x, y


def sharpness(gray: np.ndarray) -> float:
    """Of gray values (h, w): energy of the differences of neighbouring pixels by that of distant ones."""
    near = cv2.norm(gray[:, 1:], gray[:, :-1], cv2.NORM_L2SQR) + cv2.norm(gray[1:], gray[:-1], cv2.NORM_L2SQR)
    far = float(cv2.meanStdDev(gray)[1][0, 0]) ** 2
    return float(near) / gray.size / (far + 1)
