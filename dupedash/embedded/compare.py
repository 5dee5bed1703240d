"""Compare two pictures pixel by pixel where they overlap, and find where they differ *locally*.

Global edits (brightness, gamma, colour) are fitted and taken out first; what is left is judged in small
cells. An edited copy agrees nearly everywhere and differs where something was put over it; two receipts of
one shop differ in every line of text.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

CELL = 4
"""Side of a cell in pixels of the thumbnail; structure is judged in windows of 2 × 2 cells."""
_FLAT = 40.0
_TEXTURED = 80.0
_FLAT_PICTURE = 4.0
_GRAY = 1.0
_GOOD = 0.8
_LOW = 0.5
_PRIOR = 5
_LEAST_PIXELS = 200
_LEAST_CELLS = 4
_MOST_BOXES = 12
_SHRINK_FIRST = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How two overlapping pictures agree.

    `overlap_a`, `overlap_b`: part of each picture that lies in the overlap. `correlation` of all gray
    values, -1…1. `agreeing`: part of the textured windows whose gray values correlate by more than 0.8.
    `structure`: mean local similarity, -1…1, in which contrast counts too; `differing`: part of the windows
    in which it is low. `tone`: part of the overlap in which brightness differs although global edits were
    taken out; `colour`: the same of chroma. `error`: mean absolute difference of the untouched gray values,
    0…255, and `colour_error` that of chroma. `brightness`: how much brighter b is on the mean; `gain`: the
    slope from a's gray values to b's; `chroma_gain`: how many times more colourful b is.
    """

    overlap_a: float
    overlap_b: float
    correlation: float
    agreeing: float
    structure: float
    differing: float
    tone: float
    colour: float
    error: float
    colour_error: float
    brightness: float
    gain: float
    chroma_gain: float


NOTHING = Agreement(0, 0, 0, 0, 0, 1, 1, 1, 255, 255, 0, 1, 1)


def compare(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> Agreement:
    """Compare YCrCb pictures, uint8 (h, w, 3). `matrix` (2, 3) maps pixel positions of a to those of b."""
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if zoom > 1:
        return swapped(_compare(b, a, cv2.invertAffineTransform(matrix), 1 / zoom))
    return _compare(a, b, matrix, zoom)


def _compare(a: np.ndarray, b: np.ndarray, matrix: np.ndarray, zoom: float) -> Agreement:
    over, inside = _overlay(a, b.shape, matrix, zoom)
    pixels = float(inside.sum())
    if pixels < _LEAST_PIXELS:
        return NOTHING
    overlap_b = pixels / inside.size
    overlap_a = min(1.0, pixels / (a.shape[0] * a.shape[1] * zoom * zoom))
    box = _bounds(inside)
    parts = (_padded(picture[box]) for picture in (over, b, inside))
    return Agreement(overlap_a, overlap_b, *_measure(*parts))


Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in the unit square of a picture."""


def differing_boxes(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> list[Box]:
    """Where the registered pictures differ, in the unit square of b, the largest first."""
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    over, inside = _overlay(a, b.shape, matrix, zoom)
    if int(inside.sum()) < _LEAST_PIXELS:
        return []
    over, onto, inside = (_padded(picture) for picture in (over, b, inside))
    local = _locally(
        over[..., 0].astype(np.float32), onto[..., 0].astype(np.float32), inside.astype(np.float32)
    )
    low = ((local.structure < _LOW) & (local.known > 0.5)).astype(np.uint8)
    joined = cv2.morphologyEx(low, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    large = sorted((n, x, y, w, h) for x, y, w, h, n in found[1:].tolist() if n >= _LEAST_CELLS)[::-1]
    across, down = CELL / b.shape[1], CELL / b.shape[0]
    return [
        (x * across, y * down, min(1.0, (x + w + 1) * across), min(1.0, (y + h + 1) * down))
        for _, x, y, w, h in large[:_MOST_BOXES]
    ]


def _bounds(inside: np.ndarray) -> tuple[slice, slice]:
    """The box of what is inside, begun at a whole cell."""
    x, y, width, height = cv2.boundingRect(inside)
    return slice(y // CELL * CELL, y + height), slice(x // CELL * CELL, x + width)


def _padded(part: np.ndarray) -> np.ndarray:
    """Grown to whole windows by repeating the edge (the weight there is that of the edge)."""
    down, right = -part.shape[0] % CELL, -part.shape[1] % CELL
    return cv2.copyMakeBorder(part, 0, down, 0, right, cv2.BORDER_REPLICATE) if down or right else part


def _overlay(
    a: np.ndarray, shape: tuple[int, ...], matrix: np.ndarray, zoom: float
) -> tuple[np.ndarray, np.ndarray]:
    """a shrunk and moved onto a picture of that shape, and where it lies: uint8 0 or 1."""
    if zoom < _SHRINK_FIRST:
        size = max(2, round(a.shape[1] * zoom)), max(2, round(a.shape[0] * zoom))
        across, down = a.shape[1] / size[0], a.shape[0] / size[1]
        a = cv2.resize(a, size, interpolation=cv2.INTER_AREA)
        grow = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])
        matrix = matrix @ grow
    size = shape[1], shape[0]
    over = cv2.warpAffine(a, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(np.full(a.shape[:2], 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    return over, (cover > 250).view(np.uint8)


def _measure(over: np.ndarray, onto: np.ndarray, inside: np.ndarray) -> tuple[float, ...]:
    """The measures of `Agreement` after the overlaps, of YCrCb pictures with sides that are multiples of
    CELL."""
    weight = inside.astype(np.float32)
    x, y = over[..., 0].astype(np.float32), onto[..., 0].astype(np.float32)
    error = float(np.vdot(weight, np.abs(x - y))) / float(weight.sum())
    local = _locally(x, y, weight)
    use = local.known > 0.5
    textured = use & (local.variance > _TEXTURED)
    good = int((textured & (local.correlation > _GOOD)).sum())
    prior = _PRIOR * max(0.0, local.fit.correlation)
    n, shown = max(1, int(use.sum())), local.cells > 0.5
    n_shown = max(1, int(shown.sum()))
    colour, chroma_gain, colour_error = _chroma(over[..., 1:], onto[..., 1:], local.cells, shown)
    return (
        local.fit.correlation,
        (good + prior) / (int(textured.sum()) + _PRIOR),
        float(local.structure[use].mean()) if use.any() else 0.0,
        int(((local.structure < _LOW) & use).sum()) / n,
        int(((local.tone > 24) & shown).sum()) / n_shown,
        int(((colour > 14) & shown).sum()) / n_shown,
        error,
        colour_error,
        local.fit.brightness,
        local.fit.gain,
        chroma_gain,
    )


def _cells(values: np.ndarray) -> np.ndarray:
    """Means of CELL × CELL pixels."""
    size = values.shape[1] // CELL, values.shape[0] // CELL
    means: np.ndarray = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return means


def _windows(cells: np.ndarray) -> np.ndarray:
    """Means of 2 × 2 neighbouring cells: one row and column fewer (or the cells themselves if there is but
    one)."""
    down = (cells[1:] + cells[:-1]) / 2 if len(cells) > 1 else cells
    both: np.ndarray = (down[:, 1:] + down[:, :-1]) / 2 if down.shape[1] > 1 else down
    return both


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """`fitted`: one picture's gray values changed by the parabola that brings them nearest to the other's;
    the difference of `brightness`, the `gain` of the straight line, the `correlation`."""

    fitted: np.ndarray
    brightness: float
    gain: float
    correlation: float


def _fit_tone(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> _Fit:
    x = x / 255
    weighted = weight * x
    squared = weighted * x
    total = float(weight.sum())
    sums = [total, float(weighted.sum()), float(np.vdot(weighted, x)), float(np.vdot(squared, x))]
    sums.append(float(np.vdot(squared, x * x)))
    products = [float(np.vdot(part, y)) for part in (weight, weighted, squared)]
    normal = np.array([[sums[i + j] for j in range(3)] for i in range(3)]) + np.eye(3) * 1e-3
    curve = np.linalg.solve(normal, np.array(products)).astype(np.float32)
    fitted = curve[0] + x * (curve[1] + x * curve[2])
    mean_x, mean_y = sums[1] / total, products[0] / total
    brightness = mean_y - mean_x * 255
    var_x = sums[2] / total - mean_x**2
    var_y = float(np.vdot(weight * y, y)) / total - mean_y**2
    both = products[1] / total - mean_x * mean_y
    if var_x * 255**2 < _FLAT_PICTURE or var_y < _FLAT_PICTURE:
        return _Fit(fitted, brightness, 1.0, 0.0)
    gain = both / var_x / 255
    return _Fit(fitted, brightness, gain, both / (var_x * var_y) ** 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class _Local:
    """Maps of what agrees where. By cell: the part of it that is inside (`cells`) and the difference of
    brightness (`tone`). By window of 2 × 2 cells: the part inside (`known`), `structure`, `correlation`,
    `variance`."""

    fit: _Fit
    cells: np.ndarray
    tone: np.ndarray
    known: np.ndarray
    structure: np.ndarray
    correlation: np.ndarray
    variance: np.ndarray


def _locally(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> _Local:
    fit = _fit_tone(x, y, weight)
    x = fit.fitted
    weighted_x, weighted_y = weight * x, weight * y
    products = (weighted_x, weighted_y, weighted_x * x, weighted_y * y, weighted_x * y)
    cells, *sums = (_cells(part) for part in (weight, *products))
    tone = np.abs(sums[0] - sums[1]) / np.maximum(cells, 1e-6)
    known = _windows(cells)
    mean_x, mean_y, square_x, square_y, both = (_windows(s) / np.maximum(known, 1e-6) for s in sums)
    var_x, var_y = square_x - mean_x**2, square_y - mean_y**2
    both = both - mean_x * mean_y
    structure = (2 * both + _FLAT) / (var_x + var_y + _FLAT)
    correlation = both / np.sqrt(np.maximum(var_x, _FLAT / 2) * np.maximum(var_y, _FLAT / 2))
    return _Local(fit, cells, tone, known, structure, correlation, np.maximum(var_x, var_y))


def _chroma(
    over: np.ndarray, onto: np.ndarray, cells: np.ndarray, shown: np.ndarray
) -> tuple[np.ndarray, float, float]:
    """Difference of chroma in every cell after one gain and shift of the whole picture, fitted from the more
    colourful one to the other; how much more colourful `onto` is; and the mean difference without a fit."""
    x, y = _cells(over).astype(np.float32), _cells(onto).astype(np.float32)
    in_x, in_y = x[shown], y[shown]
    if not len(in_x):
        return np.zeros(cells.shape), 1.0, 0.0
    error = float(np.abs(in_x - in_y).mean())
    x, y = x - in_x.mean(axis=0), y - in_y.mean(axis=0)
    power_x, power_y = (float((part[shown] ** 2).mean()) for part in (x, y))
    gain = ((power_y + _GRAY) / (power_x + _GRAY)) ** 0.5
    strong, weak = (x, y) if power_x > power_y else (y, x)
    factor = float((strong[shown] * weak[shown]).mean()) / (max(power_x, power_y) + _GRAY / 10)
    rest = max(0.0, factor) * strong - weak
    return np.hypot(rest[..., 0], rest[..., 1]), gain, error


def swapped(found: Agreement) -> Agreement:
    """The agreement seen from the other picture."""
    gain = 1 / found.gain if abs(found.gain) > 0.05 else 1.0
    chroma = 1 / found.chroma_gain
    return replace(
        found,
        overlap_a=found.overlap_b,
        overlap_b=found.overlap_a,
        gain=gain,
        brightness=-found.brightness,
        chroma_gain=chroma,
    )
