"""Compare two pictures pixel by pixel where they overlap, and find where they differ *locally*.

Global edits (brightness, gamma, colour) are fitted and taken out first; what is left is judged in small
windows. An edited copy agrees nearly everywhere and differs where something was put over it; two receipts
of one shop differ in every line of text.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

_WINDOW = (9, 9)
_FLAT = 60.0
_LEAST_PIXELS = 150


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two overlapping pictures agree.

    `overlap_a`, `overlap_b`: part of each picture that lies in the overlap; `correlation` of all gray
    values; `structure` mean local similarity of the gray values, -1…1; `differing` part of the overlap in
    which it is low; `tone` part in which brightness differs although global edits were taken out; `colour`
    the same of chroma; `error` mean absolute difference of the untouched pixels, 0…255.
    """

    overlap_a: float
    overlap_b: float
    correlation: float
    structure: float
    differing: float
    tone: float
    colour: float
    error: float
    gain: float
    offset: float
    chroma_gain: float
    textured: float = 0.0


NOTHING = Agreement(0, 0, 0, 0, 1, 1, 1, 255, 1, 0, 1)


def compare(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> Agreement:
    """Compare RGB pictures, uint8 (h, w, 3). `matrix` (2, 3) maps pixel positions of a to those of b."""
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if zoom > 1:
        inverse = cv2.invertAffineTransform(matrix)
        over, onto, inside = _overlay(b, a, inverse, 1 / zoom)
    else:
        over, onto, inside = _overlay(a, b, matrix, zoom)
    pixels = int(inside.sum())
    if pixels < _LEAST_PIXELS:
        return NOTHING
    share = pixels / inside.size
    other = min(1.0, pixels / max(1.0, (b if zoom > 1 else a)[..., 0].size * min(zoom, 1 / zoom) ** 2))
    measures = _measure(over, onto, inside)
    overlaps = (share, other) if zoom > 1 else (other, share)
    return Agreement(*overlaps, *measures)


def _overlay(
    a: np.ndarray, b: np.ndarray, matrix: np.ndarray, zoom: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """a shrunk and moved onto b; b; and where a covers b. Both in float32."""
    if zoom < 0.8:
        size = max(2, round(a.shape[1] * zoom)), max(2, round(a.shape[0] * zoom))
        sx, sy = size[0] / a.shape[1], size[1] / a.shape[0]
        a = cv2.resize(a, size, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.array([[1 / sx, 0, 0.5 / sx - 0.5], [0, 1 / sy, 0.5 / sy - 0.5], [0, 0, 1]])
    size = b.shape[1], b.shape[0]
    over = cv2.warpAffine(a, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(np.full(a.shape[:2], 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    return over, b, cover > 250


def _measure(over: np.ndarray, onto: np.ndarray, inside: np.ndarray) -> tuple[float, ...]:
    x = cv2.cvtColor(over, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    y = cv2.cvtColor(onto, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    error = float(np.abs(x - y)[inside].mean())
    gray_x, gray_y = x[..., 0], y[..., 0]
    fitted, gain, offset = _fit_tone(gray_x, gray_y, inside)
    structure, texture = _structure(fitted, gray_y, inside)
    tone = np.abs(_mean(fitted - gray_y, inside))
    chroma, chroma_gain = _chroma(x[..., 1:] - 128, y[..., 1:] - 128, inside)
    in_x, in_y = gray_x[inside], gray_y[inside]
    flat = min(in_x.std(), in_y.std()) < 2
    correlation = 0.0 if flat else float(np.corrcoef(in_x, in_y)[0, 1])
    s = structure[inside]
    return (
        correlation, float(s.mean()), float((s < 0.5).mean()), float((tone[inside] > 24).mean()),
        float((chroma[inside] > 14).mean()), error, gain, offset, chroma_gain, float((texture[inside] > 2 *
        _FLAT).mean()),
    )  # fmt: skip


def _fit_tone(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, float, float]:
    """x changed by the parabola that brings it nearest to y; and the straight line's gain and offset."""
    in_x, in_y = x[inside], y[inside]
    powers = np.stack([np.ones_like(in_x), in_x / 255, (in_x / 255) ** 2], axis=1)
    solution = np.linalg.lstsq(powers.T @ powers + np.eye(3) * 1e-3, powers.T @ in_y, rcond=None)[0]
    fitted = solution[0] + solution[1] * (x / 255) + solution[2] * (x / 255) ** 2
    spread = float(in_x.std())
    gain = float(((in_x - in_x.mean()) * (in_y - in_y.mean())).mean() / spread**2) if spread > 1 else 1.0
    return fitted.astype(np.float32), gain, float(in_y.mean() - gain * in_x.mean())


def _mean(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Windowed mean over the pixels inside."""
    weight = cv2.blur(inside.astype(np.float32), _WINDOW)
    total = cv2.blur(np.where(inside, values, 0).astype(np.float32), _WINDOW)
    mean: np.ndarray = total / np.maximum(weight, 1e-6)
    return mean


def _structure(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Local similarity, 1 = the same or both flat, and the local variance."""
    mean_x, mean_y = _mean(x, inside), _mean(y, inside)
    var_x = _mean(x * x, inside) - mean_x**2
    var_y = _mean(y * y, inside) - mean_y**2
    both = _mean(x * y, inside) - mean_x * mean_y
    return (2 * both + _FLAT) / (var_x + var_y + _FLAT), np.maximum(var_x, var_y)


def _chroma(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, float]:
    """Local difference of chroma after one gain and a shift of the whole picture, and that gain."""
    in_x, in_y = x[inside], y[inside]
    centred_x, centred_y = in_x - in_x.mean(axis=0), in_y - in_y.mean(axis=0)
    power = float((centred_x**2).sum())
    gain = float(np.clip((centred_x * centred_y).sum() / power, 0, 4)) if power > len(in_x) * 4 else 1.0
    shift = in_y.mean(axis=0) - gain * in_x.mean(axis=0)
    rest = gain * x + shift - y
    return np.hypot(_mean(rest[..., 0], inside), _mean(rest[..., 1], inside)), gain


def swapped(found: Agreement) -> Agreement:
    """The agreement seen from the other picture."""
    gain = 1 / found.gain if abs(found.gain) > 0.05 else 1.0
    chroma = 1 / found.chroma_gain if found.chroma_gain > 0.05 else 1.0
    return replace(
        found,
        overlap_a=found.overlap_b,
        overlap_b=found.overlap_a,
        gain=gain,
        offset=-found.offset * gain,
        chroma_gain=chroma,
    )
