"""Whether colours were changed: measured after the tones were brought together, since what makes a picture
darker makes its colours weaker, too."""

from __future__ import annotations

import numpy as np

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
    p, q = _chroma(by_cell(one))[shown], _chroma(by_cell(other))[shown]
    off = np.abs(q[:, 0] - p[:, 0]) + np.abs(q[:, 1] - p[:, 1])
    kept = off <= max(_FAR_OFF, _TIMES * float(np.median(off)))
    return _told(p[kept], q[kept])


def _told(p: np.ndarray, q: np.ndarray) -> tuple[ChangeKind, ...]:
    less, more = sorted((_mean(p), _mean(q)))
    if less < _COLOURLESS + _OF_OTHER * more:
        return (ChangeKind.GRAY,) if more > _SOME else ()
    gain = float(np.vdot(p, q) / (np.vdot(p, p) + 1e-6))
    tinted = _mean(q - gain * p) > max(_TINT, _OF_COLOUR * more)
    more_colourful, off = abs(np.log(more / less)), _mean(q - p)
    saturated = any(more_colourful > least and off > least_off for least, least_off in _SATURATED)
    return (ChangeKind.COLOUR,) if tinted or saturated else ()


def _mean(chroma: np.ndarray) -> float:
    """The root of the mean square of chroma, (n, 2)."""
    return float(np.sqrt(np.vdot(chroma, chroma) / max(1, len(chroma))))


def _chroma(cells: np.ndarray) -> np.ndarray:
    return cells[..., 1:].astype(np.float32) - 128
