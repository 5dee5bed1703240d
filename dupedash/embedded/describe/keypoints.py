"""Keypoints: spots that stand out in a picture of some scale, the best of every part of it.

A spot is a maximum of the determinant of the Hessian (Beaudet 1978; as in SURF and AKAZE) in the smoothed
picture of one of eight scales. Of each scale the strongest of every grid cell are kept, then the second of
every cell, and so on: strongest first over the whole picture would put them all on overlaid text. Coarse
scales have their share, since a picture that was shrunk into another shows only what was coarse in it.
"""

from __future__ import annotations

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.describe import pattern
from dupedash.embedded.describe.scales import KEYPOINTS, LEVELS, POSITION_UNIT, SCALE_STEP

_GRID = 8
"""Cells across and down. Tried on copies under text, shrunk and cut: 8 finds most, 6 and 10 a few less."""
_DEEPEST = 40  # keypoints of a cell and scale that are held: enough where only a tenth of the cells has any
_CLEAR, _FAINTEST = 30, 10
"""Responses: two bends of 5 to 6 gray values, and of 3, below which there is noise. What is not clear comes a
rank later: else the sky took the places of what is before it."""
_STEP = 2  # px between the samples of the second differences: the deviation of the smoothing
_MARGIN = 6  # px from the edge of the picture: closer the bends are those of the padding
_PAD = 20  # pixels around the picture, so that keypoints near its edge have a whole patch
_BYTE_BITS = 8
_SIDES = 0xFFFF  # more than a picture of 400 px, or a very long one, has rows or columns

_SHARES = SCALE_STEP ** -np.arange(LEVELS) / (SCALE_STEP ** -np.arange(LEVELS)).sum()
"""Of the keypoints, by scale: as its side, as ORB has it."""
_REACH = np.sqrt(pattern.RADIUS**2 - np.arange(pattern.RADIUS + 1) ** 2).astype(np.int64)
"""Half the width of each row of a round patch, from its middle on."""


def keypoints(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Positions, octaves, angles and binary descriptors of a gray picture uint8 (h, w); see `Descriptor`."""
    rows, tops, sizes = _pyramid(gray)
    best = _spots(rows, tops, sizes)
    octaves, x, y = _chosen(best, rows, tops, np.cumsum(_SHARES[::-1])[::-1] * KEYPOINTS)
    row, column = (np.rint(place).astype(np.int64) + _PAD for place in (y, x))
    angles, binary = _described(rows, tops[octaves] + row, column, _REACH, pattern.turned_tests())
    scale = np.array(gray.shape[::-1]) / sizes[octaves][:, ::-1]
    points = (np.stack([x, y], axis=1) + 0.5) * scale - 0.5
    return np.rint(points / POSITION_UNIT).astype(np.uint16), octaves.astype(np.uint8), angles, binary


def _pyramid(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every scale, smoothed and padded, one below the other, uint8; at which row each starts, int64; and the
    height and width of each, int64 (LEVELS, 2)."""
    factors = SCALE_STEP ** -np.arange(LEVELS)
    sizes = np.maximum(1, np.rint(np.outer(factors, gray.shape))).astype(np.int64)
    tops = np.cumsum([0, *(sizes[:, 0] + 2 * _PAD)])
    rows = np.empty((tops[-1], gray.shape[1] + 2 * _PAD), np.uint8)
    for (height, width), top in zip(sizes.tolist(), tops.tolist(), strict=False):
        gray = cv2.resize(gray, (width, height), interpolation=cv2.INTER_LINEAR) if top else gray
        smooth = cv2.GaussianBlur(gray, (7, 7), 2)
        place = rows[top : top + height + 2 * _PAD, : width + 2 * _PAD]
        cv2.copyMakeBorder(smooth, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_REPLICATE, dst=place)
    return rows, tops[:-1], sizes


@compiled
def _spots(rows: np.ndarray, tops: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The strongest maxima of every scale and cell, strongest first: int64 (scales, cells, _DEEPEST), of each
    its response and its place (`_placed`), 0 where there are no more."""
    best = np.zeros((len(sizes), _GRID * _GRID, _DEEPEST), np.int64)
    for level in range(len(sizes)):
        height, width = sizes[level]
        response = np.zeros((3, width), np.int32)
        peak = np.zeros(width, np.bool_)
        for y in range(_MARGIN - 1, height - _MARGIN + 1):
            _bends(rows, tops[level] + _PAD + y, response[y % 3])
            if y <= _MARGIN:
                continue
            here = response[(y - 1) % 3]
            _mark_peaks(response[(y - 2) % 3], here, response[y % 3], peak)
            down = (y - 1) * _GRID // height * _GRID
            for x in range(_MARGIN, width - _MARGIN):
                if peak[x]:
                    _insert(best[level, down + x * _GRID // width], _placed(here[x], y - 1, x))
    return best


@compiled
def _placed(response: int, y: int, x: int) -> int:
    """A response and where it is, as one number: of equal ones the first in the picture is the largest."""
    return int((np.int64(response) << 32) | ((_SIDES - y) << 16) | (_SIDES - x))


@compiled
def _place(number: int) -> tuple[int, int]:
    """y and x of `_placed`."""
    return _SIDES - ((number >> 16) & _SIDES), _SIDES - (number & _SIDES)


@compiled
def _bends(rows: np.ndarray, row: int, response: np.ndarray) -> None:
    """The determinant of the Hessian along a row, from the margin on, into `response` (width,)."""
    count, start = len(response) - 2 * _MARGIN + 2, _PAD + _MARGIN - 1
    if count <= 0:
        return
    end = start + count
    here, left, right = rows[row, start:end], rows[row, start - _STEP : end], rows[row, start + _STEP :]
    above, below = rows[row - _STEP, start:end], rows[row + _STEP, start:end]
    upper, lower = rows[row - 1, start - 1 : end + 1], rows[row + 1, start - 1 : end + 1]
    out = response[_MARGIN - 1 :]
    for x in range(count):
        middle = 2 * np.int32(here[x])
        across = np.int32(left[x]) + np.int32(right[x]) - middle
        down = np.int32(above[x]) + np.int32(below[x]) - middle
        both = np.int32(upper[x]) + np.int32(lower[x + 2]) - np.int32(upper[x + 2]) - np.int32(lower[x])
        out[x] = across * down - both * both


@compiled
def _mark_peaks(above: np.ndarray, here: np.ndarray, below: np.ndarray, peak: np.ndarray) -> None:
    """In `peak` (width,) bool, inside the margin: what is no noise and lower than no neighbour of the eight
    in three rows of responses; of equal ones the first counts. Without branches: the compiler likes it."""
    first = _MARGIN - 1
    above, here, below, peak = above[first:], here[first:], below[first:], peak[_MARGIN:]
    for x in range(len(peak) - _MARGIN):
        one = here[x + 1]
        before = (one > above[x]) & (one > above[x + 1]) & (one > above[x + 2]) & (one > here[x])
        after = (one >= here[x + 2]) & (one >= below[x]) & (one >= below[x + 1]) & (one >= below[x + 2])
        peak[x] = before & after & (one > _FAINTEST)


@compiled
def _between(before: int, highest: int, after: int) -> float:
    """How far from the middle the top of the parabola through three values lies, -0.5…0.5."""
    return 0.5 * (after - before) / max(1, 2 * highest - before - after)


@compiled
def _insert(best: np.ndarray, number: int) -> None:
    """Put a maximum where it belongs among those of its cell; the weakest falls out."""
    place = len(best) - 1
    if best[place] >= number:
        return
    while place and best[place - 1] < number:
        best[place] = best[place - 1]
        place -= 1
    best[place] = number


@compiled
def _chosen(
    best: np.ndarray, rows: np.ndarray, tops: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Octave (int64), x and y (float32) of the keypoints that are kept: from the coarsest scale on, up to
    `shares` of it and the coarser ones."""
    octaves, x, y = [0], [np.float32(0)], [np.float32(0)]
    for level in range(len(best) - 1, -1, -1):
        wanted = max(0, int(np.rint(shares[level])) - len(x) + 1)
        numbers, order = _first(best[level], wanted)
        for i in np.argsort(order, kind="mergesort")[:wanted]:
            down, across = _place(numbers[i])
            off_x, off_y = _top(rows, tops[level] + _PAD + down, _PAD + across)
            octaves.append(level)
            x.append(np.float32(across + off_x))
            y.append(np.float32(down + off_y))
    return np.array(octaves)[1:], np.array(x)[1:], np.array(y)[1:]


@compiled
def _first(best: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Of one scale all maxima of the ranks that the first `wanted` have, cell by cell, and by what they are
    put in order: int64 (n,). What is not clear comes a rank later."""
    held = np.zeros(best.shape[1] + 1, np.int64)
    for cell in range(len(best)):
        for rank in range(best.shape[1]):
            if not best[cell, rank]:
                break
            held[rank + ((best[cell, rank] >> 32) <= _CLEAR)] += 1
    last, total = 0, held[0]
    while total < wanted and last + 1 < len(held):
        last += 1
        total += held[last]
    numbers, order, count = np.empty(total, np.int64), np.empty(total, np.int64), 0
    for cell in range(len(best)):
        for rank in range(best.shape[1]):
            response = best[cell, rank] >> 32
            later = rank + (response <= _CLEAR)
            if not response or later > last:
                break
            numbers[count], order[count] = best[cell, rank], (later << 31) - response
            count += 1
    return numbers, order


@compiled
def _top(rows: np.ndarray, row: int, column: int) -> tuple[float, float]:
    """How far from a pixel, across and down, the top of its maximum lies."""
    middle = _bend(rows, row, column)
    left, right = _bend(rows, row, column - 1), _bend(rows, row, column + 1)
    above, below = _bend(rows, row - 1, column), _bend(rows, row + 1, column)
    return _between(left, middle, right), _between(above, middle, below)


@compiled
def _bend(rows: np.ndarray, row: int, column: int) -> int:
    """The determinant of the Hessian of one pixel, as `_bends` has it."""
    middle = 2 * np.int64(rows[row, column])
    across = np.int64(rows[row, column - _STEP]) + rows[row, column + _STEP] - middle
    down = np.int64(rows[row - _STEP, column]) + rows[row + _STEP, column] - middle
    both = np.int64(rows[row - 1, column - 1]) + rows[row + 1, column + 1]
    both -= np.int64(rows[row - 1, column + 1]) + rows[row + 1, column - 1]
    return int(across * down - both * both)


@compiled
def _angle(rows: np.ndarray, y: int, x: int, reach: np.ndarray, steps: int) -> int:
    """The direction of the centre of gravity of a round patch, in `steps` of a whole turn."""
    across = down = np.int64(0)
    for dy in range(1 - len(reach), len(reach)):
        half = reach[abs(dy)]
        line = rows[y + dy, x - half : x + half + 1]
        light = moment = np.int32(0)
        for place in range(len(line)):
            light = np.int32(light + line[place])
            moment = np.int32(moment + np.int32(place) * np.int32(line[place]))
        across += moment - half * light
        down += dy * light
    return int(np.rint(np.arctan2(down, across) * (steps / (2 * np.pi)))) % steps


@compiled
def _described(
    rows: np.ndarray, y: np.ndarray, x: np.ndarray, reach: np.ndarray, tests: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Angles as in ORB, uint8 (n,), and the comparisons of the patches turned by these, uint8 (n, 32)."""
    angles, binary = np.empty(len(x), np.uint8), np.empty((len(x), tests.shape[1] // _BYTE_BITS), np.uint8)
    pixels, width = rows.ravel(), rows.shape[1]
    for i in range(len(x)):
        angle = angles[i] = _angle(rows, y[i], x[i], reach, len(tests))
        middle = y[i] * width + x[i]
        for byte in range(binary.shape[1]):
            bits = 0
            for t in range(byte * _BYTE_BITS, byte * _BYTE_BITS + _BYTE_BITS):
                p = pixels[np.uint64(middle + tests[angle, t, 0, 1] * width + tests[angle, t, 0, 0])]
                q = pixels[np.uint64(middle + tests[angle, t, 1, 1] * width + tests[angle, t, 1, 0])]
                bits = (bits << 1) | (p < q)
            binary[i, byte] = bits
    return angles, binary
