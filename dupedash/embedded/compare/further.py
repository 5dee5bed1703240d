"""What two pictures show beside their first frames as they are laid over each other: other frames and pages,
and what is seen of transparent ones over the other background.

All of it is compared under the registration of the first frames: a file was resized or cropped as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from dupedash.embedded.compare.agreement import compare
from dupedash.embedded.compare.overlay import laid_over, zoom_of
from dupedash.embedded.compare.score import HIGHEST_EDITED, score
from dupedash.embedded.compare.verify import Evidence, laid
from dupedash.embedded.describe.descriptor import Descriptor
from dupedash.embedded.describe.sequence import Sequence
from dupedash.model import EXACT, NEAR

OTHER = 0.6
"""The most where other frames or pages differ: no duplicate."""
_MOST = 0.75
"""Share of the compared frames that must be alike; the rest may be dropped or retouched ones."""
_OTHER_DETAIL = 0.2
"""Share of the detail that may be replaced: of copies none is, of other pages of text in one layout half."""
_FLAT = 2.0
"""Standard deviation of gray below which a picture shows nothing, as in `describe`."""
_SAME_GRAY = 8.0
"""Two frames that show nothing are alike to the eye where their mean gray values are as near."""
_A_LETTER, _A_LETTER_RESIZED = 17.0, 38.0
"""Of 541 copies in another format or quality none reaches 12 at its worst spot, of 172 in another size none
32; another number of a volume on a cover makes 17 to 60, a small logo 35 or more."""
_TIMING = 0.12
"""Share of the whole by which moments may be off: GIF tells time in 10 ms, of 80 or so that a frame lasts."""


@dataclass(frozen=True, slots=True)
class Further:
    """The `score` with all that was compared, and whether `frames` lowered it."""

    score: float
    frames: bool = False


def judged(found: float, evidence: Evidence, a: Descriptor, b: Descriptor) -> Further:
    """The score of two pictures whose first frames gave this evidence, and by it the score `found`."""
    if found < OTHER:
        return Further(found)
    if a.beneath and b.beneath:
        found = min(found, _alike(evidence, a.beneath, b.beneath))
    letter = _A_LETTER if evidence.size_a == evidence.size_b else _A_LETTER_RESIZED
    if found >= EXACT and _most_apart(evidence, a.thumb, b.thumb) > letter:
        found = HIGHEST_EDITED
    if not (a.sequence.several or b.sequence.several):
        return Further(found)
    most = _most(evidence, a.sequence, b.sequence)
    return Further(min(found, most), found > most)


def _most(evidence: Evidence, a: Sequence, b: Sequence) -> float:
    """The highest score that the frames leave."""
    if not (a.several and b.several):
        return OTHER if a.paged or b.paged else HIGHEST_EDITED
    scores = [_alike(evidence, a.thumbs[i], b.thumbs[j]) for i, j in _together(a, b)]
    paged = a.paged and b.paged
    shared = min(a.count, b.count) / max(a.count, b.count) if paged else 1.0
    alike = shared * float(np.mean([s >= NEAR for s in scores])) if scores else 0.0
    if alike < _MOST:
        return OTHER
    same = a.all_kept and b.all_kept and _same_times(a, b)
    return 1.0 if same and min(scores) >= EXACT else HIGHEST_EDITED


def _alike(evidence: Evidence, a: bytes, b: bytes) -> float:
    """How alike two thumbnails are, laid over each other as the first frames are."""
    one, other, matrix = laid(a, b, evidence.mirrored, evidence.unit_matrix)
    (mean_a, std_a), (mean_b, std_b) = _gray(one), _gray(other)
    if max(std_a, std_b) < 2 * _FLAT and min(std_a, std_b) < _FLAT:  # JPEG leaves a little noise
        return 1.0 if abs(mean_a - mean_b) < _SAME_GRAY else 0.0
    found = compare(one, other, matrix)
    if found.detail.half_alike + found.detail.unlike > _OTHER_DETAIL:
        return 0.0
    return score(replace(evidence, agreement=found))


def _most_apart(evidence: Evidence, a: bytes, b: bytes) -> float:
    """By how many levels two thumbnails differ where they differ most, a spot of 3 × 3 pixels: a letter that
    only one has is lost in every figure of the whole picture. Edges may be a pixel beside each other."""
    one, other, matrix = laid(a, b, evidence.mirrored, evidence.unit_matrix)
    if zoom_of(matrix) > 1:
        one, other, matrix = other, one, cv2.invertAffineTransform(matrix)
    over, inside = laid_over(one, other.shape, matrix)
    x, y = over[..., 0], other[..., 0]
    apart = np.maximum(_beyond(x, y), _beyond(y, x)) * inside
    return float(cv2.blur(apart.astype(np.float32), (3, 3)).max())


def _beyond(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """By how much a pixel of x is lighter or darker than all of y around it: uint8."""
    around = np.ones((3, 3), np.uint8)
    lighter, darker = cv2.subtract(x, cv2.dilate(y, around)), cv2.subtract(cv2.erode(y, around), x)
    apart: np.ndarray = np.maximum(lighter, darker)
    return apart


def _gray(picture: np.ndarray) -> tuple[float, float]:
    mean, deviation = cv2.meanStdDev(picture[..., 0])
    return float(mean[0, 0]), float(deviation[0, 0])


def _together(a: Sequence, b: Sequence) -> list[tuple[int, int]]:
    """The kept frames that have the same number or, where one may have left some out, are shown at the same
    part of the whole; each at least once."""
    x, y = _spans(a, b), _spans(b, a)
    if (a.paged and b.paged) or (a.all_kept and b.all_kept and a.count == b.count):
        return [(i, i) for i in range(min(len(x), len(y)))]
    forth = [(i, _shown_at(y, moment)) for i, moment in enumerate(x.mean(axis=1))]
    back = [(_shown_at(x, moment), j) for j, moment in enumerate(y.mean(axis=1))]
    return sorted({*forth, *back}) if len(x) and len(y) else []


def _spans(sequence: Sequence, other: Sequence) -> np.ndarray:
    """When its frames are shown, as parts of the whole; in ms where one could not be read to its end."""
    spans = sequence.spans
    return spans / max(1e-6, float(spans.max())) if sequence.complete and other.complete else spans


def _shown_at(spans: np.ndarray, moment: float) -> int:
    """The frame that is shown then, or the nearest one of those that are kept."""
    off = np.maximum(spans[:, 0] - moment, moment - spans[:, 1])
    return int(np.maximum(off, 0).argmin())


def _same_times(a: Sequence, b: Sequence) -> bool:
    if a.paged or b.paged:
        return a.paged == b.paged and a.count == b.count
    x, y = a.spans[:, 1], b.spans[:, 1]
    if len(x) != len(y):  # a copy may leave out frames that repeat the one before
        x, y = x[-1:], y[-1:]
    return bool(np.abs(x - y).max() <= _TIMING * max(float(x.max()), float(y.max())))
