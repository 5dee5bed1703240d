"""Which of two pictures that match is the edited one: what of it can be seen in the pictures themselves.

A border, a letterbox, the frame of a screenshot and the neighbours in a collage all end in a straight seam
where the other picture ends; the view that a crop left out goes on there without one. Text and logos are put
*on* a picture: where the two differ, the one with them has more edges. Colour is lost and never found.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.agreement import Agreement
from dupedash.embedded.compare.edits.marks import Fine, Signs, compare_marks
from dupedash.embedded.compare.edits.rest import Box
from dupedash.embedded.compare.register import centres, square
from dupedash.embedded.compare.verify import Evidence
from dupedash.embedded.describe.descriptor import Descriptor, decode_thumb
from dupedash.model import ChangeKind

_WHOLE = 0.955
"""As in `explain`: from this overlap on a picture is seen as a whole."""
_COLOURLESS = 0.2
"""Part of the other's colour below which one was made gray."""
_SOME_COLOUR, _FAINT = 0.25, 0.05
"""Standard deviations of both chroma channels, added: less is as good as gray; what JPEG leaves in a gray
picture."""
_GRAY = 1.0
"""A gray picture has less of them, however it was saved."""
_TINT = 0.2
"""The part of the variance of colours that brightness leaves unexplained in a tinted picture, at most."""
_SAVED_BRIGHTER, _SAVED_RECOLOURED, _SAVED_DIFFERING = 0.2, 0.045, 0.0002
"""What saving again changes at most in 94 of 100 copies: brightness, colour (a logarithm), windows that
differ."""
_SIZED_DIFFERING = 0.0025
"""In another size fine detail is drawn in another way: 1 in 100 such copies of line drawings has 0.002."""
_REACH, _NEAR_SEAM = 9, 2
"""How far from the other's frame is looked, in pixels of the thumbnail; how exact that frame is."""
_STEP, _TIMES = 30.0, 2.2
"""A seam is a step of so much (all channels added), so many times what is usual beside it."""
_SHARE, _SHARE_OF_PLAIN = 0.55, 0.25
"""The share of the frame on which it must be seen; less is enough where only one plain colour follows."""
_PLAIN_STEP, _PLAIN = 10.0, 0.95
"""A smaller step (all channels added) is plain; where more of what follows is, one plain colour follows."""
_GOES_ON, _MOSTLY_PLAIN = 1.7, 0.7
"""A view goes on where the steps at the frame and beyond it are as those inside. What is as plain as a window
says nothing: a white wall goes on so, too."""
_MORE_EDGES, _MOST_COVERED = 2.0, 0.35
"""Something put over a picture brings so many times the edges that were there, and covers so much at most."""
_LEAST_DIFFERING = 0.005
"""Windows that differ where something was put there; with less nothing can be told."""


class _Beyond(Enum):
    """What a picture shows beyond the other one: nothing, more of the view, something put there, or a plain
    colour, which may be either."""

    NOTHING = 0
    VIEW = 1
    ADDED = 2
    PLAIN = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What shows that a, and that b, is the edited one; what changed, in whichever; and whether anything
    did."""

    a: Signs = ()
    b: Signs = ()
    kinds: Signs = ()
    slight: bool = False


def signs(
    evidence: Evidence,
    a: Descriptor,
    b: Descriptor,
    boxes: tuple[Box, ...],
    contrast: float,
    fits: Callable[[ChangeKind], bool],
) -> Told:
    """What can be seen. `boxes`: where b differs, in its unit square; `contrast` as in `compare_marks`;
    `fits`: whether a kind that the marks tell fits to what else is seen."""
    one, other = decode_thumb(a.thumb), decode_thumb(b.thumb)
    to_b = _true_map(evidence)
    found = evidence.agreement
    whole = min(found.overlap_a, found.overlap_b) > _WHOLE
    fine = compare_marks(a.marks, b.marks, contrast).only(fits) if whole else Fine()
    if contrast:  # other tones change detail, too: it does not tell which of the two was edited
        fine = Fine(open=(*fine.a, *fine.b, *fine.open))
    colour = _colour(one, other, found)
    of_a = _beyond(one, np.linalg.inv(to_b), found.overlap_a)
    of_b = _beyond(other, to_b, found.overlap_b)
    edges = 1.0
    covered = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes)
    if (
        found.differing > _LEAST_DIFFERING
        and covered < _MOST_COVERED
        and contrast == 0
        and not (fine.a or fine.b)
    ):
        edges = _more_edges(one, other, to_b, boxes)
    return Told(
        (*_told(of_a, of_b, found.overlap_a - found.overlap_b, 1 / colour, edges), *fine.a),
        (*_told(of_b, of_a, found.overlap_b - found.overlap_a, colour, 1 / edges), *fine.b),
        fine.kinds,
        _slightly_changed(found, colour, same_size=evidence.size_a == evidence.size_b),
    )


def _slightly_changed(found: Agreement, colour: float, *, same_size: bool) -> bool:
    """Whether more differs than saving again makes: 6 in 100 copies in another size or quality do so, too."""
    return (
        abs(found.brightness) > _SAVED_BRIGHTER
        or abs(math.log(colour)) > _SAVED_RECOLOURED
        or max(found.differing, found.tone) > (_SAVED_DIFFERING if same_size else _SIZED_DIFFERING)
    )


def _colour(one: np.ndarray, other: np.ndarray, found: Agreement) -> float:
    """How many times more colourful the other is, if they differ in nothing else: by the fit where both have
    colour enough. A tint that goes with brightness may have been put on as well as lost: it is not told."""
    # OpenCV's deviation: numpy's over two of three axes takes 100 times as long.
    spread = [float(cv2.meanStdDev(picture)[1][1:].sum()) for picture in (one, other)]
    if max(spread) < _SOME_COLOUR:
        return 1.0
    if min(spread) > _SOME_COLOUR:
        more = found.chroma_gain
    elif max(found.differing, found.tone) <= _SAVED_DIFFERING:
        more = (spread[1] + _FAINT) / (spread[0] + _FAINT)
    else:
        return 1.0
    told = min(spread) < _GRAY and not _tinted(other if more > 1 else one)
    return more if told else float(np.clip(more, 1.01 * _COLOURLESS, 0.99 / _COLOURLESS))


def _tinted(picture: np.ndarray) -> bool:
    """Whether the colour goes with the brightness: sepia, two colours for black and white."""
    unexplained, whole = _spread_of_colour(picture)
    return unexplained < _TINT * whole


@compiled
def _spread_of_colour(picture: np.ndarray) -> tuple[float, float]:
    """Variances of the colours of a YCrCb picture, both channels added: about the mean colour of their
    brightness, of 16, and about that of all."""
    count, sums, square = np.zeros(16), np.zeros((16, 2)), 0.0
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            level = picture[row, column, 0] >> 4
            count[level] += 1
            for n in range(2):
                chroma = float(picture[row, column, 1 + n])
                sums[level, n] += chroma
                square += chroma * chroma
    explained = 0.0
    for level in range(16):
        explained += (sums[level] ** 2).sum() / max(1.0, count[level])
    pixels = count.sum()
    mean = sums.sum(axis=0) / pixels
    return (square - explained) / pixels, square / pixels - (mean**2).sum()


def _told(own: _Beyond, others: _Beyond, within: float, own_colour: float, others_edges: float) -> Signs:
    """The signs of one of the two; `within` > 0: more of it is seen in the other than the other way round."""
    found = []
    if own is _Beyond.ADDED:
        found.append(ChangeKind.BORDERED)
    if others is _Beyond.VIEW and (own is not _Beyond.VIEW or within > 0):
        found.append(ChangeKind.CROPPED)
    if own_colour < _COLOURLESS:
        found.append(ChangeKind.GRAY)
    if others_edges < 1 / _MORE_EDGES:
        found.append(ChangeKind.OVERLAY)
    return tuple(found)


def _true_map(evidence: Evidence) -> np.ndarray:
    """(3, 3), the unit square of a to that of b as it is, not of its mirror image."""
    unit: np.ndarray = square(evidence.unit_matrix)
    return np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) @ unit if evidence.mirrored else unit


def _beyond(picture: np.ndarray, to_unit: np.ndarray, overlap: float) -> _Beyond:
    """What is outside of the other one's frame, which `to_unit` maps into `picture`."""
    steps = _across_frame(picture, to_unit) if overlap < _WHOLE else None
    if steps is None:
        return _Beyond.NOTHING
    middle = len(steps) // 2
    near = steps[middle - _NEAR_SEAM : middle + _NEAR_SEAM + 1]
    inner, outer = steps[: middle - _NEAR_SEAM - 1], steps[middle + _NEAR_SEAM + 2 :]
    seam = near[int(np.argmax(_mean(near, axis=1)))]
    beside = np.concatenate([inner, outer])
    times = _mean(seam) / max(_mean(beside), 1e-6)
    share = _mean(np.where(np.isnan(seam), np.nan, seam > _STEP))
    plain = _mean(np.where(np.isnan(outer), np.nan, outer < _PLAIN_STEP))
    if times > _TIMES and share > (_SHARE_OF_PLAIN if plain > _PLAIN else _SHARE):
        return _Beyond.ADDED
    as_inside = _mean(outer) < _GOES_ON * _mean(inner)
    goes_on = as_inside and 1 / _GOES_ON < times < _GOES_ON and plain < _MOSTLY_PLAIN
    return _Beyond.VIEW if goes_on else _Beyond.PLAIN


def _mean(values: np.ndarray, axis: int | None = None) -> Any:
    """Without the places that are outside of the picture; 0 where all are."""
    there = ~np.isnan(values)
    return np.where(there, values, 0).sum(axis=axis) / np.maximum(there.sum(axis=axis), 1)


def _across_frame(picture: np.ndarray, to_unit: np.ndarray) -> np.ndarray | None:
    """(offset, place) the step in gray and colour across the frame, NaN outside of the picture."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], float) @ to_unit.T
    corners = corners[:, :2] * (width, height) - 0.5
    offsets = np.arange(-_REACH - 1, _REACH + 2, dtype=float)
    centre = corners.mean(axis=0)
    sides = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - start
        length = float(np.hypot(*along))
        if length < 8:
            continue
        normal = np.array([along[1], -along[0]]) / length
        if normal @ (start - centre) < 0:
            normal = -normal
        places = start + along * np.linspace(0.03, 0.97, max(8, int(length)))[:, None]
        sides.append(places[None] + offsets[:, None, None] * normal)
    if not sides:
        return None
    at = np.concatenate(sides, axis=1).astype(np.float32)
    values = cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    values = values.astype(np.float32)
    step = np.abs(values[2:] - values[:-2]).sum(axis=2)
    there = (at[..., 0] >= 0) & (at[..., 0] <= width - 1) & (at[..., 1] >= 0) & (at[..., 1] <= height - 1)
    step[~(there[2:] & there[:-2])] = np.nan
    inside = ~np.isnan(step[_REACH - 1 : _REACH + 2]).any(axis=0)
    return step[:, inside] if inside.sum() >= 8 else None


def _more_edges(one: np.ndarray, other: np.ndarray, to_b: np.ndarray, boxes: tuple[Box, ...]) -> float:
    """How many times more edges b has than a where they differ, compared with where they do not."""
    height, width = other.shape[:2]
    matrix = (np.linalg.inv(centres(height, width)) @ to_b @ centres(*one.shape[:2]))[:2]
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if zoom > 1:  # compare where both have their pixels: in the smaller one
        shrunk = cv2.resize(other, None, fx=1 / zoom, fy=1 / zoom, interpolation=cv2.INTER_AREA)
    else:
        shrunk = other
        one = cv2.resize(one, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    height, width = shrunk.shape[:2]
    matrix = (np.linalg.inv(centres(height, width)) @ to_b @ centres(*one.shape[:2]))[:2]
    size = width, height
    over = cv2.warpAffine(one, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(np.full(one.shape[:2], 255, np.uint8), matrix, size) > 250
    differs = np.zeros((height, width), bool)
    for x0, y0, x1, y1 in boxes:
        differs[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)] = True
    inside, outside = differs & cover, ~differs & cover
    if inside.sum() < 16:
        return 1.0
    edges_a, edges_b = _edges(over), _edges(shrunk)
    usual = (edges_b[outside].mean() + 2) / (edges_a[outside].mean() + 2) if outside.sum() > 64 else 1.0
    return float((edges_b[inside].mean() + 2) / (edges_a[inside].mean() + 2) / usual)


def _edges(picture: np.ndarray) -> np.ndarray:
    """Strength of the edges at every pixel."""
    gray = picture[..., 0].astype(np.float32)
    strength: np.ndarray = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1)) / 4
    return strength
