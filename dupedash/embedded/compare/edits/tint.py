"""Whether colours were changed: measured after the tones were brought together, since what makes a picture
darker makes its colours weaker, too."""

from __future__ import annotations

import math

import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.local import by_cell
from dupedash.model import ChangeKind

_COLOURLESS, _OF_OTHER = 0.25, 0.03
"""Mean chroma of what has no colour at all, and as a part of the other's: JPEG of gray makes 0."""
_SOME = 0.6
"""Mean chroma that a picture with colour has at least; a logo's edge leaves 0.4 in a gray one."""
_SATURATED = (0.2, 1.1), (0.35, 0.45)
"""Logarithm of the gain of all chroma, and mean difference of chroma, of another saturation: JPEG at quality
50 makes 0.1 and 1.0, or 0.2 and 0.5 of a picture with hardly any colour; a sharpening by 300 % 0.14 and 1.4.
"""
_TINT, _OF_COLOUR = 6.0, 0.2
"""Mean difference of chroma that no gain explains, and as a part of all chroma, from which it is another
tint: clipping by a brightness of 1.45 leaves 0.14 of it."""
_FAR_OFF, _TIMES = 8.0, 3.0
"""Cells that are off by more than this, and by so many times the median, are something put over the picture.
"""


def tint(one: np.ndarray, other: np.ndarray, shown: np.ndarray) -> tuple[ChangeKind, ...]:
    """GRAY where one of two pictures, YCrCb uint8 (h, w, 3), has no colour, COLOUR where they are another in
    the cells that are `shown`, bool."""
    cells, power, power_other, both = _sums(by_cell(one), by_cell(other), shown)
    before, after = math.sqrt(power / max(1, cells)), math.sqrt(power_other / max(1, cells))
    less, more = min(before, after), max(before, after)
    if less < _COLOURLESS + _OF_OTHER * more:
        return (ChangeKind.GRAY,) if more > _SOME else ()
    gain = both / (power + 1e-6)
    unexplained, off = (power_other - 2 * by * both + by * by * power for by in (gain, 1.0))
    tinted = math.sqrt(max(0.0, unexplained) / cells) > max(_TINT, _OF_COLOUR * more)
    more_colourful, apart = math.log(more / less), math.sqrt(max(0.0, off) / cells)
    saturated = any(more_colourful > least and apart > least_off for least, least_off in _SATURATED)
    return (ChangeKind.COLOUR,) if tinted or saturated else ()


@compiled
def _sums(one: np.ndarray, other: np.ndarray, shown: np.ndarray) -> tuple[int, float, float, float]:
    """From means of YCrCb by cell, uint8 (h, w, 3), without cells that are far off: how many are shown, the
    squares of both chromas added, and their products."""
    off, count = np.empty(shown.size, np.float32), 0
    for i in range(shown.shape[0]):
        for j in range(shown.shape[1]):
            if shown[i, j]:
                off[count] = _off(one[i, j], other[i, j])
                count += 1
    most = max(_FAR_OFF, _TIMES * float(np.median(off[:count]))) if count else 0.0
    cells, power, power_other, both = 0, 0.0, 0.0, 0.0
    for i in range(shown.shape[0]):
        for j in range(shown.shape[1]):
            if shown[i, j] and _off(one[i, j], other[i, j]) <= most:
                cells += 1
                for k in range(1, 3):
                    p, q = np.float64(one[i, j, k]) - 128, np.float64(other[i, j, k]) - 128
                    power += p * p
                    power_other += q * q
                    both += p * q
    return cells, power, power_other, both


@compiled
def _off(one: np.ndarray, other: np.ndarray) -> int:
    """By how much the chroma of two cells differs, both channels added."""
    return int(abs(np.int32(one[1]) - other[1]) + abs(np.int32(one[2]) - other[2]))
