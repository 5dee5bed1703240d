"""Take brightness, contrast and gamma out of two drawings that lie over each other."""

from __future__ import annotations

import numpy as np

from dupedash.compiled import compiled, solve3

_OFF = 24.0
"""Gray values between a curve of tones and what does not follow it: more than JPEG changes."""
_SOME, _LEAST_USED, _MUCH_BETTER = 5, 50, 0.6
"""Every so many pixels of the small picture are enough for a parabola, and so few are not. A label that bends
the curve costs three times as much as the curve without it, red suits over black ones as much."""
_STEADY, _SINGLE = 1e-4, 1e-9
"""Added for each pixel, so that two gray values, and one, make a parabola too: that next to no change."""


@compiled
def tone_curve(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The parabola of gray values that brings x nearest to y, both uint8 (h, w), where `inside` is 1, as a
    table, uint8 (256,).

    Most pixels decide, and what lies far off is left out: first of all of them, then of those that are alike
    as they are; a large label would bend the curve."""
    source, target = _samples(x, y, inside)
    of_all = _parabola(source, target, np.ones(len(source), np.bool_))
    of_alike = _parabola(source, target, np.abs(source - target) < _OFF)
    better = _misfit(of_alike, source, target) < _MUCH_BETTER * _misfit(of_all, source, target)
    table = np.empty(256, np.uint8)
    for value in range(256):
        table[value] = min(max(np.rint(of_alike[value] if better else of_all[value]), 0), 255)
    return table


@compiled
def _samples(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gray values of both at the pixels that are looked at: float32 (n,)."""
    source, target, count = np.empty(inside.size, np.float32), np.empty(inside.size, np.float32), 0
    for i in range(0, inside.shape[0], _SOME):
        for j in range(0, inside.shape[1], _SOME):
            if inside[i, j]:
                source[count], target[count] = x[i, j], y[i, j]
                count += 1
    return source[:count], target[:count]


@compiled
def _parabola(source: np.ndarray, target: np.ndarray, used: np.ndarray) -> np.ndarray:
    """As a table, float32 (256,), in two rounds, the first with the `used` values."""
    curve, bend = np.arange(256).astype(np.float32), np.empty(3)
    for _ in range(2):
        if used.sum() < _LEAST_USED:
            break
        square, product = _normal(source, target, used)
        solve3(square, product, bend)
        for value in range(256):
            part = value / 255
            curve[value] = value + bend[0] + bend[1] * part + bend[2] * part * part
        off = _off(curve, source, target)
        used = off < max(_OFF, 3 * np.median(off))
    return curve


@compiled
def _normal(source: np.ndarray, target: np.ndarray, used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The normal equations (3, 3) and (3,) of what a parabola of x adds to x."""
    square, product = np.eye(3) * _SINGLE * len(source), np.zeros(3)
    square[2, 2] += _STEADY * len(source)
    power = np.ones(3)
    for n in range(len(source)):
        if used[n]:
            power[1] = source[n] / 255.0
            power[2] = power[1] * power[1]
            for i in range(3):
                product[i] += power[i] * (target[n] - source[n])
                for j in range(3):
                    square[i, j] += power[i] * power[j]
    return square, product


@compiled
def _off(curve: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """How far each gray value is from the curve's, float32 (n,)."""
    off = np.empty_like(source)
    for n in range(len(source)):
        off[n] = abs(curve[int(source[n])] - target[n])
    return off


@compiled
def _misfit(curve: np.ndarray, source: np.ndarray, target: np.ndarray) -> float:
    total = 0.0
    for n in range(len(source)):
        total += min(abs(curve[int(source[n])] - target[n]), _OFF)
    return total
