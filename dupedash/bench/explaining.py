"""Whether explanations are true: of copies whose change is known, the share whose change is named, the share
of which something else is told, and how exact the frame and the angle are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dupedash.bench.pictures import Pixels, picture
from dupedash.embedded.compare import pairs
from dupedash.embedded.compare.verify import pixel_axes, rotation
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.errors import Cancelled
from dupedash.model import NEAR, ChangeKind, Explanation, IsCancelled, never
from dupedash.selftest.changed import CHANGES, Change, Changed, as_jpeg, from_file

PICTURES = 24
"""Originals: a share of 1 in 24 is as fine as is told."""
_FINE = 64  # places across and down by which two areas are compared
_SAVED = frozenset({ChangeKind.RE_ENCODED, ChangeKind.RESIZED, ChangeKind.UPSCALED})


@dataclass(frozen=True, slots=True)
class ChangeFigures:
    """One kind of change: copies that were found, of these the shares `named` and of which something `wrong`
    is told beside; the lowest intersection over union of the frame that both show; the largest error of the
    angle, in degrees; and whether mirror images were told from others."""

    name: str
    copies: int
    found: int
    named: float
    wrong: float
    overlap: float
    degrees: float
    mirror: bool


def measure_explanations(count: int = PICTURES, cancelled: IsCancelled = never) -> tuple[ChangeFigures, ...]:
    """The figures of every change, on drawn pictures. Raises Cancelled."""
    originals = [picture(np.random.default_rng([9, number])) for number in range(count)]
    described = [describe(pixels) for pixels in originals]
    figures = []
    for place, change in enumerate(CHANGES):
        if cancelled():
            raise Cancelled("The bench was stopped.")
        told = [_told(change, place, n, pixels, described[n]) for n, pixels in enumerate(originals)]
        figures.append(_figures(change, count, [t for t in told if t is not None]))
    return tuple(figures)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    why: Explanation
    overlap: float
    degrees: float
    mirror: bool


def _told(change: Change, place: int, number: int, pixels: Pixels, original: Descriptor) -> _Told | None:
    made = change.make(pixels, np.random.default_rng([place, number]))
    copy = describe(from_file(as_jpeg(made.pixels)))
    judged = pairs.judge(original, copy, (False, True))
    if judged.score < NEAR:
        return None
    why = judged.explanation(original, copy)
    sizes = pixels.shape[:2], made.pixels.shape[:2]
    return _Told(why, _shared(why, made, *sizes), _angle_off(why, made, *sizes), _mirror_told(why, made))


def _shared(why: Explanation, made: Changed, size: tuple[int, int], other: tuple[int, int]) -> float:
    """Intersection over union, in the original, of what both show by the explanation and in truth."""
    along = (np.arange(_FINE) + 0.5) / _FINE
    points = np.stack([*np.meshgrid(along, along), np.ones((_FINE, _FINE))], axis=-1)
    told, true = (_inside(points @ affine.T) for affine in (_affine(why), _unit(made, size, other)))
    return float((told & true).sum() / max(1, (told | true).sum()))


def _inside(points: np.ndarray) -> np.ndarray:
    return np.asarray(((points >= 0) & (points <= 1)).all(axis=-1))


def _affine(why: Explanation) -> np.ndarray:
    return np.array(why.affine or (1, 0, 0, 0, 1, 0), float).reshape(2, 3)


def _unit(made: Changed, size: tuple[int, int], other: tuple[int, int]) -> np.ndarray:
    """The true map between the unit squares of the original and of the copy, of these heights and widths."""
    (height, width), (high, wide) = size, other
    return np.asarray(made.place * (width, height, 1) / np.array([[wide], [high]]))


def _angle_off(why: Explanation, made: Changed, size: tuple[int, int], other: tuple[int, int]) -> float:
    """Degrees between the angle of the explanation's map and the true one."""
    told, true = (_angle(affine, size, other) for affine in (_affine(why), _unit(made, size, other)))
    return abs((told - true + 180) % 360 - 180)


def _angle(affine: np.ndarray, size: tuple[int, int], other: tuple[int, int]) -> float:
    across, down = pixel_axes(affine, size, other)
    return rotation(-across if _is_mirror(affine) else across, down)


def _is_mirror(affine: np.ndarray) -> bool:
    return bool(np.linalg.det(affine[:, :2]) < 0)


def _mirror_told(why: Explanation, made: Changed) -> bool:
    return why.mirrored == _is_mirror(made.place)


def _figures(change: Change, copies: int, told: Sequence[_Told]) -> ChangeFigures:
    kinds = [set(one.why.kinds) for one in told]
    count, right = max(1, len(told)), change.kinds | change.also | _SAVED
    return ChangeFigures(
        change.name,
        copies,
        len(told),
        sum(bool(k & change.kinds) for k in kinds) / count,
        sum(bool(k - right) for k in kinds) / count,
        min((one.overlap for one in told), default=math.nan),
        max((one.degrees for one in told), default=math.nan),
        all(one.mirror for one in told),
    )


def explanation_words(figures: Sequence[ChangeFigures]) -> str:
    """A line for each change."""
    header = "        explanations: named, wrong beside, frame (IoU), angle (degrees off)"
    return "\n".join([header, *map(_line, figures)])


def _line(f: ChangeFigures) -> str:
    mirror = "" if f.mirror else ", mirror images mistaken"
    return (
        f"        {f.name:16} {f.found:3} of {f.copies}: {f.named:.2f}, {f.wrong:.2f}, {f.overlap:.3f}, "
        f"{f.degrees:.2f}{mirror}"
    )
