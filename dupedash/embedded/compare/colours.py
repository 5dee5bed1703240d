"""Whether one thing has another colour in two registered pictures that are the same otherwise.

A filter, another light or another saturation changes all colours of a picture in one way; a product that is
sold in red and in green has other colours in one place, and the outline of that place is in both pictures.
The outline of a badge that was put over a picture is in one of them only.

So every kind of edit of a whole picture is fitted, and what even the best of them leaves is looked at. The
limits were chosen on 418 pairs of one garment in two colours of a public shop's pictures, of which 18 of 100
were told before, and on generated edits of photos.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from dupedash.compiled import compiled

_MOST_GAIN = 2.0
"""From candle light to shade the balance of a camera goes through gains of 0.5 to 2."""
_COLOURFUL = 12.0
"""Chroma below this has no hue to speak of."""
_NEUTRAL = 8.0
"""Chroma of a gray that JPEG has gone over."""
_OTHER = 16.0
"""Chroma that lies farther off than this from what an edit leads to expect is another."""
_TURN = np.deg2rad(35)
"""A hue that differs by more is another colour; clipping and compression turn hues by less."""
_WHITE = 240
"""Brightness from which a picture that was made brighter has lost its colours; white cloth is darker."""
_NEARLY_ALL = 0.97
"""Part of the picture in which chroma must follow from brightness; the rest are errors of compression."""
_SOME_GRAY = 0.1
"""Part of the picture that must be gray to show what became of gray."""
_VARIED = 0.15
"""How far the hues of a picture cancel each other out; below this it has one hue."""
_ROUNDS = 5
"""Fits without what lay far off before; a sixth changes nothing any more."""
_NEAR, _NEAR_RGB, _RIDGE = 5.0, 0.04, 1e-3
"""What is never far off: the error of JPEG in chroma, and in red, green and blue; and what keeps colours that
are all alike from having no fit."""
_LEAST_CELLS = 6
"""A thing of fewer cells may be an error of registration."""
_EDGE = 14.0
"""Levels of brightness or chroma between neighbouring cells that are an outline."""
_ALIKE, _MOSTLY_ALIKE, _MOSTLY_OUTLINED = 0.6, 0.65, 0.7
"""Local structure that agrees; the parts of a thing, and of its outline, for which it must hold."""
_FLAT = 0.8
"""Part of a flag or a sign that has the colour of what is around it; its ground counts as the rest does."""
_RIM = 0.5
"""Part of the outermost cells that have another colour: more is the background, which a filter changes."""
_AROUND, _SOLID = np.ones((3, 3), np.uint8), np.ones((2, 2), np.uint8)
_MIDDLE = np.array((0, 0.5, 0.5), np.float32)
"""No chroma is 128 of 255 in bytes and 0.5 of 1 in floating point."""


def recoloured(over: np.ndarray, onto: np.ndarray, shown: np.ndarray, structure: np.ndarray) -> float:
    """Part of the overlap that has another colour while its outline is in both pictures, 0…1.

    `over`, `onto`: means of YCrCb in every cell, uint8 (h, w, 3); `shown` (h, w): whether the cell lies in
    the overlap; `structure`, float32, a row and a column less where there are two: how well the neighbourhood
    agrees, -1…1.
    """
    if not _differ(over, onto, shown):
        return 0.0  # nearly all pairs
    over, onto = over.astype(np.float32), onto.astype(np.float32)
    structure = np.pad(structure, [(0, 1), (0, 1)], mode="edge")[: shown.shape[0], : shown.shape[1]]
    if _power(over[shown]) < _power(onto[shown]):
        over, onto = onto, over  # what an edit took the colour of, it explains from the more colourful one on
    x, y = over[shown], onto[shown]
    if _plainly_other(_chroma(x), _chroma(y)) < _LEAST_CELLS:
        return 0.0  # as copies with another saturation or tint are
    edges, rim = np.minimum(_edges(over), _edges(onto)), _rim(shown)
    flat, outline = np.mean(edges[shown] < _NEUTRAL) > _FLAT, shown & (edges > _EDGE)
    clipped, least = _is_clipped(x) | _is_clipped(y), 1.0
    for expected in _edited(x, y):
        other = np.zeros(shown.shape, bool)
        other[shown] = _is_other(_chroma(y), expected, clipped) & (y[:, 0] < _WHITE)
        if not flat and other[rim].mean() > _RIM:
            return 0.0
        least = min(least, _outlined(other, outline, shown, structure) / len(x))
        if not least:
            return 0.0
    lost = not flat and _is_toned(x) != _is_toned(y)  # what had which colour: nothing can be told
    return 0.0 if lost else least


def _is_other(found: np.ndarray, expected: np.ndarray, clipped: np.ndarray) -> np.ndarray:
    """Which chroma is another. Where red, green or blue is clipped a colour gains, or loses up to gray, but
    gets no other hue."""
    turned = np.abs(np.angle(found * np.conj(expected))) > _TURN
    same_hue = (np.abs(found) < _COLOURFUL) | (~turned & (np.abs(expected) > _COLOURFUL))
    other: np.ndarray = (np.abs(found - expected) > _OTHER) & ~(same_hue & clipped)
    return other


def _edited(x: np.ndarray, y: np.ndarray) -> Iterator[np.ndarray]:
    """The chroma, complex (n,), that every kind of edit makes of colours x where it leads as near as it can
    to y: YCrCb, float32 (n, 3)."""
    before, after, rgb, rgb_after = _chroma(x), _chroma(y), _rgb(x), _rgb(y)
    yield _saturated(before, before, after)
    yield _saturated(_chroma(_ycrcb(_balanced(rgb, rgb_after))), before, after)
    yield _saturated(_chroma(_ycrcb(_one_curve(rgb, rgb_after))), before, after)
    if _is_varied(before):
        yield _hue_turned(x, y)


def _is_toned(y: np.ndarray) -> bool:
    """Whether the chroma follows from the brightness: gray, sepia, two inks."""
    light = y[:, 0] / 255
    toned = _fitted(np.stack([light * light, light, np.ones_like(light)], axis=1), _chroma(y))
    return bool(np.mean(np.abs(toned - _chroma(y)) < _NEUTRAL) > _NEARLY_ALL)


@compiled
def _differ(over: np.ndarray, onto: np.ndarray, shown: np.ndarray) -> bool:
    """Whether the chroma of any cell that is shown does by half of what another colour does."""
    for i in range(shown.shape[0]):
        for j in range(shown.shape[1]):
            if shown[i, j]:
                for k in range(1, 3):
                    if abs(np.int32(over[i, j, k]) - np.int32(onto[i, j, k])) > _OTHER / 2:
                        return True
    return False


@compiled
def _plainly_other(before: np.ndarray, after: np.ndarray) -> int:
    """In how many cells another saturation or tint does not explain the chroma, complex64 (n,)."""
    expected, count = _saturated(before, before, after), 0
    for n in range(len(after)):
        count += np.abs(after[n] - expected[n]) > _OTHER
    return count


@compiled
def _saturated(chroma: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """With the tint that the grays have got, and the saturation of most that has colour: complex64 (n,)."""
    real, imaginary = np.empty(len(chroma), np.float32), np.empty(len(chroma), np.float32)
    grays = 0
    for n in range(len(chroma)):
        if np.abs(before[n]) < _NEUTRAL:
            off = after[n] - chroma[n]
            real[grays], imaginary[grays] = off.real, off.imag
            grays += 1
    tint, gain, colours = np.complex64(0), np.float32(1), 0
    if grays and grays >= _SOME_GRAY * len(chroma):
        tint = np.complex64(complex(np.median(real[:grays]), np.median(imaginary[:grays])))
    for n in range(len(chroma)):
        length = np.abs(chroma[n])
        if length > _COLOURFUL:
            real[colours] = ((after[n] - tint) * np.conj(chroma[n])).real / (length * length)
            colours += 1
    if colours:
        gain = np.float32(max(0.0, float(np.median(real[:colours]))))
    saturated = np.empty_like(chroma)
    for n in range(len(chroma)):
        saturated[n] = gain * chroma[n] + tint
    return saturated


def _balanced(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Another white balance: red, green and blue each times what most of the picture shows."""
    dark = _NEAR_RGB
    gains = np.median(np.where((y < 1 - dark) & (x > dark), y / np.maximum(x, dark), 1), axis=0)
    gains = np.clip(gains, 1 / _MOST_GAIN, _MOST_GAIN)
    balanced: np.ndarray = np.clip(x * gains, 0, 1).astype(np.float32)
    return balanced


def _one_curve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Brightness, contrast, gamma: one parabola for red, green and blue, which clips at 0 and 1."""
    values, reached = x.reshape(-1), y.reshape(-1)
    terms = np.stack([np.ones_like(values), values, values * values], axis=1)
    unclipped = (reached > _NEAR_RGB) & (reached < 1 - _NEAR_RGB)
    curve = _robust(terms, reached, _NEAR_RGB, unclipped)
    curved: np.ndarray = np.clip(terms @ curve, 0, 1).astype(np.float32).reshape(x.shape)
    return curved


def _hue_turned(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Every hue, as programs turn them (HSV), by one angle, with one gain."""
    before, after, hsv = _chroma(x), _chroma(y), _hsv(x)
    both = np.minimum(np.abs(before), np.abs(after)) > _COLOURFUL
    turns = np.abs(before) * np.exp(1j * np.deg2rad(_hsv(y)[:, 0] - hsv[:, 0]))
    hsv[:, 0] = (hsv[:, 0] + np.rad2deg(np.angle(turns[both].sum()))) % 360
    turned = _chroma(_ycrcb(cv2.cvtColor(hsv[None], cv2.COLOR_HSV2RGB)[0]))
    power = float(np.vdot(turned[both], turned[both]).real)
    gained: np.ndarray = max(0.0, float(np.vdot(turned[both], after[both]).real) / (power + 1)) * turned
    return gained


def _fitted(terms: np.ndarray, after: np.ndarray) -> np.ndarray:
    fitted: np.ndarray = terms @ _robust(terms, after, _NEAR, np.ones(len(after), bool))
    return fitted


def _robust(terms: np.ndarray, values: np.ndarray, near: float, usable: np.ndarray) -> np.ndarray:
    """The weights (k,) with which `terms` (n, k) come nearest to `values` (n,), by least squares over those
    `usable` that lie within twice the median distance, or `near`."""
    weights, used = np.zeros(terms.shape[1], terms.dtype), usable
    for _ in range(_ROUNDS if usable.any() else 0):
        some = terms[used]
        normal = some.conj().T @ some + _RIDGE * np.eye(terms.shape[1])
        weights = np.linalg.solve(normal, some.conj().T @ values[used])
        far = np.abs(terms @ weights - values)
        used = usable & (far < max(near, 2 * float(np.median(far[usable]))))
    return weights


def _outlined(other: np.ndarray, outline: np.ndarray, shown: np.ndarray, structure: np.ndarray) -> float:
    """Cells of another colour in areas whose outline is in both pictures and that look alike inside."""
    solid = cv2.dilate(cv2.erode(other.astype(np.uint8), _SOLID, anchor=(0, 0)), _SOLID, anchor=(1, 1))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    total = 0
    for number in range(1, count):
        left, top, width, height, size = stats[number].tolist()
        if size < _LEAST_CELLS:
            continue
        box = slice(max(0, top - 1), top + height + 1), slice(max(0, left - 1), left + width + 1)
        area = labels[box] == number
        rim = _edge_of(area, shown[box])
        inner = area & ~rim if (area & ~rim).any() else area
        alike = np.mean(structure[box][inner] > _ALIKE) > _MOSTLY_ALIKE
        if alike and rim.any() and outline[box][rim].mean() > _MOSTLY_OUTLINED:
            total += size
    return float(total)


def _rim(shown: np.ndarray) -> np.ndarray:
    """The outermost cells: of a picture of a thing they show the background."""
    inner = cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0)
    rim: np.ndarray = shown & (inner == 0)
    return rim


def _edge_of(area: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """The cells at both sides of its edge; where the picture ends there is none."""
    beside = shown & ~area
    inner, outer = (cv2.dilate(cells.astype(np.uint8), _AROUND) > 0 for cells in (beside, area))
    edge: np.ndarray = (inner & area) | (outer & beside)
    return edge


def _edges(cells: np.ndarray) -> np.ndarray:
    """By how much brightness or chroma differs around every cell: float32 (h, w)."""
    edges: np.ndarray = (cv2.dilate(cells, _AROUND) - cv2.erode(cells, _AROUND)).max(axis=-1)
    return edges


def _is_clipped(cells: np.ndarray) -> np.ndarray:
    """Where red, green or blue is as low or as high as it can be."""
    rgb = _rgb(cells)
    clipped: np.ndarray = np.any((rgb < _NEAR_RGB) | (rgb > 1 - _NEAR_RGB), axis=1)
    return clipped


def _is_varied(chroma: np.ndarray) -> bool:
    """Whether there are several hues. Of a single one nobody can tell whether the picture or the thing was
    changed: then it counts as the thing."""
    lengths = np.abs(chroma)
    colour = lengths > _COLOURFUL
    return bool(colour.any()) and 1 - abs(chroma[colour].sum()) / lengths[colour].sum() > _VARIED


def _chroma(cells: np.ndarray) -> np.ndarray:
    """Chroma as complex numbers: the angle is the hue, the length how colourful."""
    number: np.ndarray = (cells[..., 1] - 128) + 1j * (cells[..., 2] - 128)
    return number


def _power(cells: np.ndarray) -> float:
    return float(np.square(cells[:, 1:] - 128).sum())


def _rgb(cells: np.ndarray) -> np.ndarray:
    """YCrCb (n, 3), 0…255, as RGB, float32 0…1."""
    rgb = cv2.cvtColor(((cells[None] - _MIDDLE) / 255).astype(np.float32), cv2.COLOR_YCrCb2RGB)[0]
    clipped: np.ndarray = np.clip(rgb, 0, 1)
    return clipped


def _ycrcb(rgb: np.ndarray) -> np.ndarray:
    """The other way round."""
    cells: np.ndarray = cv2.cvtColor(rgb[None], cv2.COLOR_RGB2YCrCb)[0] * np.float32(255) + _MIDDLE
    return cells


def _hsv(cells: np.ndarray) -> np.ndarray:
    """Hue in degrees, saturation and value of YCrCb (n, 3)."""
    hsv: np.ndarray = cv2.cvtColor(_rgb(cells)[None], cv2.COLOR_RGB2HSV)[0]
    return hsv
