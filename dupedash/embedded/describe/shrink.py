"""Pictures made smaller by the mean of what each pixel covers: half of what OpenCV takes for the same."""

from __future__ import annotations

import cv2
import numpy as np

from dupedash.compiled import compiled

_CLOSE = 1e-6
"""Of a row or column: less than that is what remains of it by rounding."""


def resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture, uint8 (h, w) or (h, w, 3), of another size (height, width): by means of areas where it
    becomes smaller, else between the pixels."""
    (height, width), before = size, picture.shape[:2]
    down, across = before[0] / height, before[1] / width
    if min(down, across) > 1 and not (down.is_integer() and across.is_integer()):
        rows = np.ascontiguousarray(picture).reshape(len(picture), -1).view()
        rows.flags.writeable = False  # as decoded pictures are: else there would be machine code for both
        return _shrunk(rows, rows.shape[1] // before[1], height, width).reshape(*size, *picture.shape[2:])
    method = cv2.INTER_AREA if max(down, across) > 1 else cv2.INTER_LINEAR
    found: np.ndarray = cv2.resize(picture, (width, height), interpolation=method)
    return found


@compiled
def _shrunk(rows: np.ndarray, channels: int, height: int, width: int) -> np.ndarray:
    """As OpenCV's INTER_AREA, but for a level where a mean lies between two, of rows uint8 (h, w · channels):
    down first, a whole row at a time, then across."""
    top, down = _shares(len(rows), height)
    left, across = _shares(rows.shape[1] // channels, width)
    shrunk, mean = np.empty((height, width * channels), np.uint8), np.empty(rows.shape[1], np.float32)
    for y in range(height):
        mean[:] = 0
        for k in range(down.shape[1]):
            if down[y, k]:
                _add(rows[top[y] + k], down[y, k], mean)
        if channels == 1:
            _narrow(mean, left, across, shrunk[y])
        else:
            _narrow_colours(mean, left, across, shrunk[y])
    return shrunk


@compiled
def _shares(many: int, few: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each of a few the first of many that it covers, int64 (few,), and its share in it and the next ones,
    float32 (few, n): as many for each, since that is what processors do best."""
    covered = many / few
    most = min(many, int(np.ceil(covered - _CLOSE)) + 1)
    first, share = np.empty(few, np.int64), np.zeros((few, most), np.float32)
    for i in range(few):
        begin, end = i * covered, (i + 1) * covered
        first[i] = min(int(begin + _CLOSE), many - most)
        for k in range(most):
            there = min(end, first[i] + k + 1.0) - max(begin, float(first[i] + k))
            share[i, k] = there / covered if there > _CLOSE else 0.0
    return first, share


@compiled
def _add(row: np.ndarray, share: float, total: np.ndarray) -> None:
    for x in range(len(row)):
        total[x] += share * np.float32(row[x])


@compiled
def _narrow(row: np.ndarray, first: np.ndarray, share: np.ndarray, narrower: np.ndarray) -> None:
    for x in range(len(first)):
        mean = np.float32(0)
        for k in range(share.shape[1]):
            mean += share[x, k] * row[first[x] + k]
        narrower[x] = np.uint8(np.rint(mean))


@compiled
def _narrow_colours(row: np.ndarray, first: np.ndarray, share: np.ndarray, narrower: np.ndarray) -> None:
    for x in range(len(first)):
        red, green, blue = np.float32(0), np.float32(0), np.float32(0)
        place = 3 * first[x]
        for k in range(share.shape[1]):
            red += share[x, k] * row[place]
            green += share[x, k] * row[place + 1]
            blue += share[x, k] * row[place + 2]
            place += 3
        narrower[3 * x] = np.uint8(np.rint(red))
        narrower[3 * x + 1] = np.uint8(np.rint(green))
        narrower[3 * x + 2] = np.uint8(np.rint(blue))
