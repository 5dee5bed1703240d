"""Whether one thing has another colour in two registered pictures that are the same otherwise.

A filter, another light or another saturation changes all colours of a picture in one way; a product that is
sold in red and in green has other colours in one place, and the outline of that place is in both pictures.
The outline of a badge that was put over a picture is in one of them only.
"""

from __future__ import annotations

import cv2
import numpy as np

from dupedash.compiled import compiled

_COLOURFUL = 12.0
"""Chroma below this has no hue to speak of."""
_NEUTRAL = 8.0
"""Chroma of grays, from which the tint is told; less than `_COLOURFUL`, so that pale colours are neither."""
_OTHER = 16.0
"""Chroma that lies farther off than this from what the rest of the picture leads to expect is another."""
_BLACK, _WHITE = 25, 235
"""Gray values beyond which an edit of brightness clips colours: about a tenth of the range at either end."""
_TURN = np.deg2rad(35)
"""A hue that differs by more is another colour; clipping and compression turn hues by less."""
# Those below: a fifth less or a quarter more moves none of 1,621 pairs over a limit (`tools`).
_TURN_LEFT = np.deg2rad(45)
"""Where all hues were turned together, this is left of one that was turned otherwise."""
_COS_TURN = np.cos(_TURN)
_CLOSE, _CLOSE_RGB = 8.0, 16.0
"""How near a colour comes where one edit explains it: in chroma, and in red, green and blue."""
_VARIED = 0.15
"""1 minus the length of the mean hue from which there are several hues."""
_TONED = 3.0
"""Chroma that brightness leaves unexplained in black and white, sepia or a duotone, at most."""
_LEAST_CELLS = 10
"""Cells of a thing; smaller ones have hardly an outline."""
_RIM = 0.5
"""Where more of the rim of a picture changed, the background did, as by a filter."""
_OUTLINED, _MOSTLY = 0.6, 0.75
"""Structure of an outline that is in both pictures, and how much of it is."""


def recoloured(over: np.ndarray, onto: np.ndarray, shown: np.ndarray, structure: np.ndarray) -> float:
    """Part of the overlap that has another colour while its outline agrees, 0…1.

    `over`, `onto`: means of YCrCb in every cell, uint8 (h, w, 3); `shown` (h, w): whether the cell lies in
    the overlap; `structure`, float32, a row and a column less where there are two: how well the neighbourhood
    agrees, -1…1.
    """
    changed, colourful, outlined = _changed(over, onto, shown, structure)
    # Nearly all pairs end here; what follows would only lower it to 0.
    if np.count_nonzero(outlined) < _LEAST_CELLS or np.mean(changed[_rim(shown)]) > _RIM:
        return 0.0
    if _power(over[shown]) < _power(onto[shown]):
        over, onto = onto, over
    if colourful.any() and _all_turned(over[colourful], onto[colourful]):
        return 0.0
    if _balanced(over[shown], onto[shown]):
        return 0.0
    return _outlined(outlined, shown, structure) / int(shown.sum())


@compiled
def _changed(
    over: np.ndarray, onto: np.ndarray, shown: np.ndarray, structure: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where one gain and one tint do not lead from one picture's colours to the other's; where both are
    colourful; and the first without what is there in one picture only. All bool (h, w)."""
    changed, colourful, outlined = np.zeros((3, *shown.shape), np.bool_)
    at = np.flatnonzero(shown)
    if not len(at):
        return changed, colourful, outlined
    one, other = over.reshape(-1, 3)[at], onto.reshape(-1, 3)[at]
    if _power(one) < _power(other):
        one, other = other, one  # what one gain explains, it explains from the more colourful one on
    x, y = _chroma(one), _chroma(other)
    if _toned(one[:, 0], x) != _toned(other[:, 0], y) or _scaled(x, y):
        return changed, colourful, outlined
    y = y - _tint(x, y)
    gain = _gain(x, y)
    width = shown.shape[1]
    for n in range(len(at)):
        i, j = at[n] // width, at[n] % width
        length_x, length_y = _length(x[n]), _length(y[n])
        colourful[i, j] = min(length_x, length_y) > _COLOURFUL
        turned = (y[n] * x[n].conjugate()).real < _COS_TURN * length_x * length_y
        gained = _length(y[n] - gain * x[n]) > _OTHER and _unclipped(one[n, 0]) and _unclipped(other[n, 0])
        changed[i, j] = gained and (turned or not colourful[i, j])
        near = structure[min(i, structure.shape[0] - 1), min(j, structure.shape[1] - 1)]
        outlined[i, j] = changed[i, j] and near > _OUTLINED
    return changed, colourful, outlined


def _rim(shown: np.ndarray) -> np.ndarray:
    """The outermost cells: of a picture of a thing they show the background, which a filter changes too."""
    inner = cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0)
    rim: np.ndarray = shown & (inner == 0)
    return rim


@compiled
def _chroma(cells: np.ndarray) -> np.ndarray:
    """Chroma of YCrCb (n, 3) as complex numbers: the angle is the hue, the length how colourful."""
    return (cells[:, 1] - 128.0) + 1j * (cells[:, 2] - 128.0)


@compiled
def _toned(luma: np.ndarray, chroma: np.ndarray) -> bool:
    """Whether all chroma follows from the brightness alone: black and white, sepia, a duotone."""
    gray = luma - luma.mean()
    chroma = chroma - chroma.mean()
    slope = (gray * chroma).sum() / ((gray * gray).sum() + 1)
    return _mean_power(chroma - slope * gray) < _TONED * _TONED


@compiled
def _length(values: np.ndarray) -> np.ndarray:
    """Of a complex number or of each of an array; numpy's own guards against overflow at several times the
    cost."""
    lengths: np.ndarray = np.sqrt(values.real * values.real + values.imag * values.imag)
    return lengths


@compiled
def _mean_power(values: np.ndarray) -> float:
    return float((values.real * values.real + values.imag * values.imag).mean())


@compiled
def _scaled(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether one saturation and one tint lead from nearly every colour of one picture to that of the
    other."""
    centred_x, centred_y = x - x.mean(), y - y.mean()
    power = _mean_power(centred_x) * len(x)
    gain = max(0.0, (centred_x.conjugate() * centred_y).sum().real / (power + 1))
    return bool((_length(centred_y - gain * centred_x) < _CLOSE).sum() > 0.97 * len(x))


@compiled
def _tint(x: np.ndarray, y: np.ndarray) -> complex:
    """What the grays of one picture have become in the other."""
    gray = _length(x) < _NEUTRAL
    if gray.sum() < 0.1 * len(x):
        return 0j
    off = (y - x)[gray]
    return complex(np.median(off.real), np.median(off.imag))


@compiled
def _gain(x: np.ndarray, y: np.ndarray) -> float:
    """How many times more colourful most of what has colour is in the second picture."""
    colour = _length(x) > _COLOURFUL
    if not colour.any():
        return 1.0
    both = x[colour]
    return max(0.0, float(np.median((y[colour] * both.conjugate()).real / _length(both) ** 2)))


@compiled
def _unclipped(gray: int) -> bool:
    """Whether an edit of brightness leaves room for colour."""
    return _BLACK < gray < _WHITE


def _all_turned(over: np.ndarray, onto: np.ndarray) -> bool:
    """Whether several hues were turned by one angle. Of a single hue nobody can tell whether the picture or
    the thing was changed: then it counts as the thing."""
    chroma = _chroma(over)
    lengths = np.abs(chroma)
    if 1 - abs(chroma.sum()) / float(lengths.sum()) < _VARIED:
        return False
    turn = np.exp(1j * np.deg2rad(_hues(onto) - _hues(over)))
    common = np.sum(lengths * turn)
    off = np.abs(np.angle(turn * np.conj(common))) > _TURN_LEFT
    turned = abs(np.angle(common)) > _TURN and abs(common) > 0.8 * lengths.sum()
    return bool(turned and np.mean(off) < 0.1)


def _balanced(over: np.ndarray, onto: np.ndarray) -> bool:
    """Whether a curve for each of red, green and blue leads from nearly every colour of one picture to that
    of the other: another white balance."""
    x, y = _rgb(over), _rgb(onto)
    curves = [np.polynomial.polynomial.Polynomial.fit(x[:, i], y[:, i], 2)(x[:, i]) for i in range(3)]
    off = y - np.stack(curves, axis=1)
    off -= off.mean(axis=1, keepdims=True)
    return bool(np.mean(np.linalg.norm(off, axis=1) < _CLOSE_RGB) > 0.97)


def _hues(cells: np.ndarray) -> np.ndarray:
    """Hues in degrees as programs turn them (HSV), of YCrCb (n, 3)."""
    hues: np.ndarray = cv2.cvtColor(_rgb(cells)[None] / 255, cv2.COLOR_RGB2HSV)[0, :, 0]
    return hues


def _rgb(cells: np.ndarray) -> np.ndarray:
    """YCrCb, uint8 (n, 3), as RGB, float32 0…255."""
    rgb: np.ndarray = cv2.cvtColor(cells[None], cv2.COLOR_YCrCb2RGB)[0]
    return rgb.astype(np.float32)


@compiled
def _power(cells: np.ndarray) -> float:
    """Of the chroma of YCrCb (n, 3)."""
    power = 0.0
    for n in range(len(cells)):
        power += (cells[n, 1] - 128.0) ** 2 + (cells[n, 2] - 128.0) ** 2
    return power


def _outlined(changed: np.ndarray, shown: np.ndarray, structure: np.ndarray) -> float:
    """Cells in those changed areas whose outline is in both pictures."""
    down, right = shown.shape[0] - structure.shape[0], shown.shape[1] - structure.shape[1]
    structure = np.pad(structure, ((0, down), (0, right)), mode="edge")
    count, labels, stats, _ = cv2.connectedComponentsWithStats(changed.astype(np.uint8), connectivity=8)
    square, total = np.ones((3, 3), np.uint8), 0
    for number in range(1, count):
        left, top, width, height, size = stats[number].tolist()
        if size < _LEAST_CELLS:
            continue
        box = slice(max(0, top - 1), top + height + 1), slice(max(0, left - 1), left + width + 1)
        area = (labels[box] == number).astype(np.uint8)
        rim = (cv2.dilate(area, square) > cv2.erode(area, square, borderValue=0)) & shown[box]
        if rim.any() and np.mean(structure[box][rim] > _OUTLINED) > _MOSTLY:
            total += size
    return float(total)
