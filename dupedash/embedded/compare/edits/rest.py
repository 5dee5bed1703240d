"""What still differs between two pictures when their tones and their sharpness are brought together: text, a
logo, a watermark. A blur or a sharpening leaves nothing there, since it goes with the detail that both have.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.overlay import CELL, Laid
from dupedash.images.marks.measure import percentile

_FINE, _COARSE = 1.0, 2.0
"""Blurs, in pixels of the thumbnail, that part its detail into two bands: what a blur or a sharpening of 1 …
8 pixels at full resolution changes there."""
_NEAREST = 80
"""Per cent of the cells by which sharpness is told; text, logos and most watermarks cover no more than the
rest."""
_CALM = 0.05
"""Power of a band, in squared gray values a pixel, that says nothing of its sharpness."""
_NOISE, _OF_DETAIL = 2.0, 0.35
"""Gray values by which a cell differs when it was saved again, and the part of its detail: half a pixel
beside each other, and interpolated. 99 of 100 cells of such copies stay below 2.5 times as much."""
_OTHER, _PART, _PART_BESIDE_NOISE = 3.5, 0.004, 0.03
"""So many times as much is something else, if it is so in this part of the cells: of saved, blurred,
sharpened and cropped copies 1 cell in 500 is, of a logo as wide as a tenth of the picture 4 in 500. Of noise
of 22 gray values 7 in 500 are, of a watermark that is one fifth opaque 60, though it makes most cells differ
as noise does."""
_IF_COLOURED, _IF_TONED, _SOFTENED = 3.0, 1.5, 0.8
"""The factor to that where colours, or tones, may be cut off at white and black; the second, too, where so
much of the fine detail is gone."""
_LOWEST, _HIGHEST, _HARDLY_ANY = 3, 252, 0.1
"""What a JPEG makes of 0 and 255, and the part of a cell's pixels that may be so."""
_CALMER, _NOISY = 25, 0.6
"""So many per cent of the cells, the calmer ones, differ by this in a saved copy: where they do by more, all
was made noisy. A watermark leaves them as they were."""
_LEAST = 8  # cells that differ, at least
_SPECK = 3
"""Fewer cells that touch are an edge that lies beside the other."""
_MOST_BOXES = 12

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in the unit square of a picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """`differing`: bool by cell (h, w), what was put over one of the pictures; all False where that is too
    little to be told. `usual`: by how much a cell differs as a rule, as a multiple of what saving again
    makes. `softer`: -1 … 0 or so, how much of its fine detail the softer of the two lacks."""

    differing: np.ndarray
    usual: float
    softer: float


def rest(one: np.ndarray, other: np.ndarray, laid: Laid, *, coloured: bool, toned: bool) -> Rest:
    """What is left of the differences between two pictures, YCrCb uint8 (h, w, 3), with tones brought
    together; `coloured`, `toned`: colours or tones were another, and may be cut off at white and black."""
    x, y = (picture[..., 0].astype(np.float32) for picture in (one, other))
    times, softer = _differing(x, y, laid.used)
    shown = laid.whole_cells
    usual = float(percentile(times[shown], _CALMER)) if shown.any() else 0.0
    if coloured or toned:
        shown = shown & _unclipped(one) & _unclipped(other)
    inner = _inner(shown)
    softened = -softer[0] > _SOFTENED
    limit = _OTHER * (_IF_COLOURED if coloured else _IF_TONED if toned or softened else 1.0)
    for least, part in ((limit * max(1.0, usual / _NOISY), _PART), (limit, _PART_BESIDE_NOISE)):
        differing = _without_specks(inner & (times > least))
        if differing.sum() >= max(_LEAST, part * shown.sum()):
            return Rest(differing, usual, softer[1])
    return Rest(np.zeros_like(inner), usual, softer[0])


def _inner(cells: np.ndarray) -> np.ndarray:
    """Cells (bool) of which all neighbours are such, too."""
    inner = cv2.erode(cells.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    return np.asarray(inner.astype(bool))


def _unclipped(picture: np.ndarray) -> np.ndarray:
    """The cells in which red, green or blue is cut off in hardly any pixel: bool."""
    rgb = cv2.cvtColor(picture, cv2.COLOR_YCrCb2RGB)
    cut = (cv2.inRange(rgb, (_LOWEST,) * 3, (_HIGHEST,) * 3) == 0).astype(np.float32)
    size = picture.shape[1] // CELL, picture.shape[0] // CELL
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA) < _HARDLY_ANY)


def _differing(x: np.ndarray, y: np.ndarray, used: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """By cell, float32 (h, w), how far gray pictures, float32, lie apart as a multiple of what is usual, when
    the sharper one's bands of detail are brought to those of the other in the cells `used`; and how much of
    its fine band the other lacks: in all of them, and in those that differ least."""
    fine, coarse, fine_y, coarse_y = *_bands(x), *_bands(y)
    if _sums(fine, coarse, fine, used)[:3:2].sum() < _sums(fine_y, coarse_y, fine_y, used)[:3:2].sum():
        x, y, fine, coarse = y, x, fine_y, coarse_y
    left = y - x
    of_fine, of_coarse = _parts(fine, coarse, left, used & _nearest(left, used))
    softer = _parts(fine, coarse, left, used)[0]
    return _times(left, fine, coarse, of_fine, of_coarse), (softer, of_fine)


def _parts(fine: np.ndarray, coarse: np.ndarray, left: np.ndarray, used: np.ndarray) -> tuple[float, float]:
    """How much of the bands, in the cells `used`, comes nearest to what is left."""
    fines, both, coarses, by_fine, by_coarse = _sums(fine, coarse, left, used).tolist()
    calm = _CALM * CELL * CELL * float(used.sum())
    power = np.array([[fines + calm, both], [both, coarses + calm]])
    of_fine, of_coarse = np.linalg.solve(power, np.array([by_fine, by_coarse])).tolist()
    return of_fine, of_coarse


def _nearest(left: np.ndarray, used: np.ndarray) -> np.ndarray:
    """The cells, bool, without those that differ most: what was put over a picture is no sharpening."""
    size = used.shape[::-1]
    off = cv2.resize(np.abs(left), size, interpolation=cv2.INTER_AREA)
    return np.asarray(off <= percentile(off[used], _NEAREST)) if used.any() else used


def _bands(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    smooth = cv2.GaussianBlur(gray, (5, 5), _FINE)
    return gray - smooth, smooth - cv2.GaussianBlur(smooth, (9, 9), _COARSE)


@compiled
def _sums(fine: np.ndarray, coarse: np.ndarray, left: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Of fine², fine · coarse, coarse², fine · left, coarse · left, in the cells `used`: float64 (5,)."""
    sums = np.zeros(5)
    for i in range(used.shape[0] * CELL):
        row = np.zeros(5, np.float32)
        for j in range(used.shape[1] * CELL):
            if used[i // CELL, j // CELL]:
                p, q, r = fine[i, j], coarse[i, j], left[i, j]
                row[0] += p * p
                row[1] += p * q
                row[2] += q * q
                row[3] += p * r
                row[4] += q * r
        sums += row
    return sums


@compiled
def _times(
    left: np.ndarray, fine: np.ndarray, coarse: np.ndarray, of_fine: float, of_coarse: float
) -> np.ndarray:
    """By cell, what is left without those parts of the bands, by what is usual where there is such detail."""
    shape = left.shape[0] // CELL, left.shape[1] // CELL
    times = np.empty(shape, np.float32)
    for row in range(shape[0]):
        for column in range(shape[1]):
            power = detail = np.float32(0)
            for i in range(row * CELL, row * CELL + CELL):
                for j in range(column * CELL, column * CELL + CELL):
                    p, q = fine[i, j], coarse[i, j]
                    rest = np.float32(left[i, j] - of_fine * p - of_coarse * q)
                    power += rest * rest
                    detail += p * p + q * q
            cells = np.float32(CELL * CELL)
            expected = _NOISE * _NOISE + _OF_DETAIL * _OF_DETAIL * detail / cells
            times[row, column] = np.sqrt(power / cells / expected)
    return times


def _without_specks(cells: np.ndarray) -> np.ndarray:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= _SPECK
    large[0] = False
    return np.asarray(large[labels]) if count > 1 else cells


def boxes(laid: Laid, differing: np.ndarray) -> list[Box]:
    """The boxes around what differs, in the unit square of the one laid onto, the largest first."""
    joined = cv2.morphologyEx(differing.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    large = sorted((n, x, y, w, h) for x, y, w, h, n in found[1:].tolist())[::-1]
    left, top = laid.corner
    height, width = laid.frame
    return [
        (
            (left + x * CELL) / width,
            (top + y * CELL) / height,
            min(1.0, (left + (x + w) * CELL) / width),
            min(1.0, (top + (y + h) * CELL) / height),
        )
        for _, x, y, w, h in large[:_MOST_BOXES]
    ]
