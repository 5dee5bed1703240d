"""Which one edit of tones leads from one picture to the other: a brightness, a gamma or a contrast is told
once, by the curve that its gray values follow, and taken out of whatever else is compared."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dupedash.model import ChangeKind

_BINS = 32
"""Of 8 gray values each: a curve needs no more."""
_LEAST_IN_BIN = 0.002
"""Part of the picture; fewer cells say nothing of their gray value."""
_STRENGTHS = np.exp(np.linspace(-1.25, 1.25, 126))
"""Factors and exponents that are tried, 0.29 … 3.5, in steps of 2 %."""
_SHIFT = 100.0
"""Gray values that a strength's logarithm of 1 adds: shifts of -125 … 125 are tried."""
_MEASURED, _EXPLAINED = 1.5, 0.15
"""An edit is the one if what it leaves unexplained, in gray values, is below the first or this part of what
there was: clipping in single channels leaves 0.14 of a brightness by 1.45."""
_CHANGED = 2.0
"""Gray values by which tones differ at least (root of the mean square); saving again makes 0.7, noise on
white that is clipped there 8 in its own bin and 2 in all."""
_BRIGHTER, _STEEPER = 6.0, 0.1
"""Mean difference in gray values and logarithm of the slope from which a curve that is no single edit counts
as brighter, and as another contrast."""
_FLAT = 10.0
"""Difference of neighbouring cells from which they count for less: a blur changes gray values there."""
_VARIED = 6.0
"""Standard deviation of gray values that a curve is read from, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Tones:
    """What leads from picture x to picture y: `kinds`, and the `curve`, float64 (256,), which maps the gray
    values of x to those of y, or if `backwards` those of y to those of x. Tones are `off` by so many gray
    values (root of the mean square); `contrast` is the logarithm to the base 2 of how much stronger those of
    y make all detail."""

    kinds: tuple[ChangeKind, ...]
    curve: np.ndarray
    off: float = 0.0
    contrast: float = 0.0
    backwards: bool = False


    def brought_together(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Two pictures, YCrCb uint8 (h, w, 3), the edited tones made of the other's: first the one on which
        the curve was used, in red, green and blue as an editor does."""
        one, other = (y, x) if self.backwards else (x, y)
        if not self.off:
            return one, other
        curve = self.curve.round().clip(0, 255).astype(np.uint8)
        rgb = cv2.LUT(cv2.cvtColor(one, cv2.COLOR_YCrCb2RGB), curve)
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)), other


SAME_TONES = Tones((), np.arange(256.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Mean gray values (n,) of the one and of the other picture by bin of the one, and the part of each bin;
    `middle` is the mean gray value of the one."""

    one: np.ndarray
    other: np.ndarray
    part: np.ndarray
    middle: float

    def off(self, expected: np.ndarray) -> np.ndarray:
        """How far these values (…, n) are from the other's: the root of the mean square, (…)."""
        return np.asarray(np.sqrt((self.part * np.square(expected - self.other)).sum(axis=-1)))

    @property
    def contrast(self) -> float:
        """Logarithm to the base 2 of the other's deviation as a multiple of the one's; 0 where either has
        none."""
        spread, of_other = _deviation(self.one, self.part), _deviation(self.other, self.part)
        return float(np.log2(of_other / spread)) if min(spread, of_other) > _VARIED else 0.0


def tones(x: np.ndarray, y: np.ndarray, used: np.ndarray) -> Tones:
    """The edit that leads from gray cells x to y, float32 (h, w), in the cells `used`, bool (h, w)."""
    steep = np.maximum(_steepness(x), _steepness(y))[used]
    one, other = x[used].astype(np.float64), y[used].astype(np.float64)
    weight = 1 / (1 + np.square(steep / _FLAT))
    if _deviation(one, weight) < _VARIED:
        weight = np.ones(len(one))
    curves = _curve(one, other, weight, float(one.mean())), _curve(other, one, weight, float(other.mean()))
    off = min(float(curve.off(curve.one)) for curve in curves)
    if off < _CHANGED:
        return SAME_TONES
    edits = [_best_edit(curve) for curve in curves]
    backwards = edits[1].left < edits[0].left
    curve, edit = curves[backwards], edits[backwards]
    brighter = float((weight * (other - one)).sum() / weight.sum())
    if edit.left < max(_MEASURED, _EXPLAINED * float(curve.off(curve.one))):
        kinds = (ChangeKind.CONTRAST,) if edit.contrast else _by_brightness(brighter)
        # Nearly plain cells have no deviation to be compared; what is drawn on them is stronger all the same.
        contrast = curves[0].contrast or (-edit.contrast if backwards else edit.contrast)
        return Tones(kinds, edit.curve, off, contrast, backwards)
    return _of_line(curves[0], brighter)


def _steepness(cells: np.ndarray) -> np.ndarray:
    """Largest difference to a neighbour."""
    across, down = np.abs(np.diff(cells, axis=1)), np.abs(np.diff(cells, axis=0))
    steep = np.zeros(cells.shape, np.float32)
    for part, values in (
        (steep[:, 1:], across), (steep[:, :-1], across), (steep[1:], down), (steep[:-1], down)
    ):  # fmt: skip
        np.maximum(part, values, out=part)
    return steep


def _deviation(values: np.ndarray, weight: np.ndarray) -> float:
    mean = (weight * values).sum() / weight.sum()
    return float(np.sqrt((weight * np.square(values - mean)).sum() / weight.sum()))


def _curve(one: np.ndarray, other: np.ndarray, weight: np.ndarray, middle: float) -> _Curve:
    place = (one * (_BINS / 256)).astype(np.intp)
    count, ones, others = (
        np.bincount(place, values, _BINS) for values in (weight, weight * one, weight * other)
    )
    known = count > _LEAST_IN_BIN * count.sum()
    count = count[known]
    return _Curve(ones[known] / count, others[known] / count, count / count.sum(), middle)


@dataclass(frozen=True, slots=True, eq=False)
class _Edit:
    """An edit: what it leaves unexplained, in gray values, its curve, float64 (256,), and if it is one of
    contrast the logarithm of its strength to the base 2, else 0."""

    left: float
    curve: np.ndarray
    contrast: float


def _edits(values: np.ndarray, middle: float, strength: np.ndarray) -> np.ndarray:
    """Gray values (n,) after each edit of every strength (m, 1): (4, m, n); that of contrast comes last."""
    scaled = strength * values
    bent = 255 * (values / 255) ** strength
    shifted = values + _SHIFT * np.log(strength)
    stretched = middle + strength * (values - middle)
    return np.asarray(np.clip(np.stack([scaled, bent, shifted, stretched]), 0, 255))


def _best_edit(curve: _Curve) -> _Edit:
    left = curve.off(_edits(curve.one, curve.middle, _STRENGTHS[:, None]))
    edit, strength = np.unravel_index(int(left.argmin()), left.shape)
    made = _edits(np.arange(256.0), curve.middle, _STRENGTHS[strength, None, None])[:, 0]
    contrast = float(np.log2(_STRENGTHS[strength])) if edit == len(made) - 1 else 0.0
    return _Edit(float(left[edit, strength]), made[edit], contrast)


def _of_line(curve: _Curve, brighter: float) -> Tones:
    """What a curve is called that no brightness makes."""
    mean, mean_other = float(curve.part @ curve.one), float(curve.part @ curve.other)
    spread = curve.one - mean
    slope = float(curve.part @ (spread * (curve.other - mean_other)) / (curve.part @ (spread * spread) + 1))
    kinds = _by_brightness(brighter) if abs(brighter) > _BRIGHTER else ()
    if abs(np.log(max(slope, 0.05))) > _STEEPER:
        kinds = (*kinds, ChangeKind.CONTRAST)
    bent = np.interp(np.arange(256.0), curve.one, curve.other)
    return Tones(kinds, bent, float(curve.off(curve.one)), curve.contrast)


def _by_brightness(brighter: float) -> tuple[ChangeKind, ...]:
    return (ChangeKind.BRIGHTER if brighter > 0 else ChangeKind.DARKER,)
