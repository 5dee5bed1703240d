"""Compare two pictures pixel by pixel where they overlap.

Global edits (brightness, gamma, colour) are fitted and taken out first; what is left is judged in small
cells. An edited copy agrees nearly everywhere and differs where something was put over it; two receipts of
one shop differ in every line of text.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from dupedash.compiled import compiled
from dupedash.embedded.compare.colours import recoloured
from dupedash.embedded.compare.detail import NO_DETAIL, Detail, compare_detail, equally_sharp
from dupedash.embedded.compare.local import by_cell, compare_locally, correlation, structure
from dupedash.embedded.compare.overlay import Laid, Overlap, overlap, zoom_of
from dupedash.embedded.compare.tones import fit_mostly

# Set on photos with copies; `tools.sensitivity` tells what a fifth less and a quarter more of one moves.
_TEXTURED = 80.0
"""Variance of gray values from which a window has texture; moves none of 1,621 pairs over a limit."""
_GRAY = 1.0
"""Added to the power of chroma, so that gray pictures have a gain of 1; 1.25 takes 1 edit for exact."""
_GOOD = 0.8
"""Correlation of windows that agree: 0.64 takes 2 of 1,000 pairs of look-alikes for copies, 1 nearly none."""
_LOW = 0.5
"""Structure of a window that differs: 0.4 takes 2 edits of 375 for exact copies, 0.625 loses 2 of 246."""
_INSIDE = 0.9
"""Part of a cell that lies in both pictures, for its colour to count; moves none over a limit."""
PROMISING = 0.12
"""Where less of the windows agrees the pictures are no match, whatever their detail."""
_FEW, _SAME_LIGHT, _ALL_BUT_A_FEW = 0.5, 0.3, 0.96
"""Where less of the windows agrees though light and dark lie alike, one of the pictures may be blurred. Of
pages of text and their blurred copies all windows then agree, of other pages of one form 0.91 at the most,
blurred by 2 to 8 pixels of 560."""
_PRIOR = 5
"""So many windows more agree as all values do: a plain picture has few of its own. Moves none either."""
_OTHER_TONE, _OTHER_CHROMA = 24, 14
"""Levels of brightness and of chroma by which a cell differs after the fit: more than saving again makes."""


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How two overlapping pictures agree.

    `overlap_a`, `overlap_b`: part of each picture that lies in the overlap. `correlation` of all gray
    values, -1…1. `agreeing`: part of the textured windows whose gray values correlate by more than 0.8.
    `structure`: mean local similarity, -1…1, in which contrast counts too; `differing`: part of the windows
    in which it is low. `tone`: part of the overlap in which brightness differs although global edits were
    taken out; `colour`: the same of chroma. `error`: mean absolute difference of the untouched gray values,
    0…255, and `colour_error` that of chroma. `brightness`: how much brighter b is on the mean; `gain`: the
    slope from a's gray values to b's; `chroma_gain`: how many times more colourful b is. `recoloured`: part
    of the overlap where something has another colour. `detail`: what was replaced; not looked for in pictures
    that are unlike anyway. `laid` are the pictures as they were compared; None where they hardly overlap.
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
    recoloured: float
    detail: Detail
    laid: Laid | None = None


NOTHING = Agreement(0, 0, 0, 0, 0, 1, 1, 1, 255, 255, 0, 1, 1, 0, NO_DETAIL)


def compare(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> Agreement:
    """Compare YCrCb pictures, uint8 (h, w, 3). `matrix` (2, 3) maps pixel positions of a to those of b."""
    if zoom_of(matrix) > 1:
        return swapped(_compare(b, a, cv2.invertAffineTransform(matrix)))
    return _compare(a, b, matrix)


def _compare(a: np.ndarray, b: np.ndarray, matrix: np.ndarray) -> Agreement:
    both = overlap(a, b, matrix)
    if both is None:
        return NOTHING
    overlap_b = both.pixels / (b.shape[0] * b.shape[1])
    overlap_a = min(1.0, both.pixels / (a.shape[0] * a.shape[1] * zoom_of(matrix) ** 2))
    return _measured(both, overlap_a, overlap_b)


def _measured(both: Overlap, overlap_a: float, overlap_b: float) -> Agreement:
    weight = both.inside.astype(np.float32)
    gray_x, gray_y = cv2.extractChannel(both.over, 0), cv2.extractChannel(both.onto, 0)
    x, y = gray_x.astype(np.float32), gray_y.astype(np.float32)
    fit, kept = fit_mostly(x, y, weight)
    local = compare_locally(fit.fitted, y, weight)
    windows, textured, good, low, similar = _windows(local.known, local.var_x, local.var_y, local.covariance)
    agreeing = _agreeing(good, textured, fit.correlation)
    if agreeing < _FEW and fit.correlation > _SAME_LIGHT:
        blurred = _agreeing_if_blurred(x, y, weight)
        agreeing = blurred if blurred > _ALL_BUT_A_FEW else agreeing
    over, onto = by_cell(both.over), by_cell(both.onto)
    tone, colour, chroma_gain, colour_error = _compare_cells(over, onto, kept, local.cells, local.tone)
    promising = agreeing >= PROMISING
    return Agreement(
        overlap_a=overlap_a,
        overlap_b=overlap_b,
        correlation=fit.correlation,
        agreeing=agreeing,
        structure=similar / max(1, windows),
        differing=low / max(1, windows),
        tone=tone,
        colour=colour,
        error=_error(gray_x, gray_y, both.inside),
        colour_error=colour_error,
        brightness=fit.brightness,
        gain=fit.gain,
        chroma_gain=chroma_gain,
        recoloured=recoloured(over, onto, local.cells > _INSIDE, local.structure) if promising else 0.0,
        detail=compare_detail(fit.fitted, y, weight, local) if promising else NO_DETAIL,
        laid=Laid.of(both, local.cells, kept),
    )


def _agreeing_if_blurred(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """The part of the windows that agrees when the sharper picture is blurred until it is as sharp as the
    other: of a blurred page of text each letter differs from what was there."""
    sharp_x, sharp_y = equally_sharp(x, y)
    if sharp_x is x and sharp_y is y:
        return 0.0
    fit, _ = fit_mostly(sharp_x, sharp_y, weight)  # a blur takes contrast, too
    local = compare_locally(fit.fitted, sharp_y, weight)
    _, textured, good, _, _ = _windows(local.known, local.var_x, local.var_y, local.covariance)
    return _agreeing(good, textured, fit.correlation)


def _agreeing(good: int, textured: int, correlation: float) -> float:
    """The part of the textured windows that agrees, as `_PRIOR` has it."""
    return (good + _PRIOR * max(0.0, correlation)) / (textured + _PRIOR)


@compiled
def _error(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> float:
    """The mean absolute difference where `inside` is 1; all uint8."""
    total = pixels = 0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total += inside[i, j] * abs(np.int32(x[i, j]) - np.int32(y[i, j]))
            pixels += inside[i, j]
    return total / pixels


@compiled
def _windows(
    known: np.ndarray, var_x: np.ndarray, var_y: np.ndarray, covariance: np.ndarray
) -> tuple[int, int, int, int, float]:
    """Of the windows inside: how many, textured ones, those of them that agree, those of low structure; and
    the sum of all structure."""
    used = textured = good = low = 0
    total = 0.0
    for i in range(known.shape[0]):
        for j in range(known.shape[1]):
            if known[i, j] > 0.5:
                similar = float(structure(var_x[i, j], var_y[i, j], covariance[i, j]))
                used += 1
                total += similar
                low += int(similar < _LOW)
                if max(var_x[i, j], var_y[i, j]) > _TEXTURED:
                    textured += 1
                    good += int(correlation(var_x[i, j], var_y[i, j], covariance[i, j]) > _GOOD)
    return used, textured, good, low, total


@compiled
def _compare_cells(
    x: np.ndarray, y: np.ndarray, kept: np.ndarray, cells: np.ndarray, tone: np.ndarray
) -> tuple[float, float, float, float]:
    """From means of YCrCb by cell, uint8 (h, w, 3): the parts of the cells inside in which brightness, and
    chroma, differ; how much more colourful y is; and the mean difference of chroma.

    Chroma is compared after one gain and shift of the whole picture, fitted in the `kept` cells from the more
    colourful one to the other.
    """
    count, error, mean, power_x, power_y, both = _chroma_sums(x, y, kept)
    factor = max(0.0, both / (max(power_x, power_y) + _GRAY / 10))
    factor_x, factor_y = (factor, 1.0) if power_x > power_y else (1.0, factor)
    shown = toned = coloured = 0
    for i in range(cells.shape[0]):
        for j in range(cells.shape[1]):
            if cells[i, j] > 0.5:
                shown += 1
                toned += tone[i, j] > _OTHER_TONE
                p = factor_x * (x[i, j, 1] - mean[0]) - factor_y * (y[i, j, 1] - mean[2])
                q = factor_x * (x[i, j, 2] - mean[1]) - factor_y * (y[i, j, 2] - mean[3])
                coloured += math.sqrt(p * p + q * q) > _OTHER_CHROMA
    if not count:
        return toned / max(1, shown), 0.0, 1.0, 0.0
    gain = math.sqrt((power_y + _GRAY) / (power_x + _GRAY))
    return toned / max(1, shown), coloured / max(1, shown), gain, error


@compiled
def _chroma_sums(
    x: np.ndarray, y: np.ndarray, kept: np.ndarray
) -> tuple[int, float, np.ndarray, float, float, float]:
    """Of the kept cells: how many, mean absolute difference, the four means of x and y, the mean power of
    either about them, and of both."""
    mean, cells, error = np.zeros(4), 0, 0.0
    for i in range(kept.shape[0]):
        for j in range(kept.shape[1]):
            if kept[i, j]:
                cells += 1
                for k in range(2):
                    p, q = float(x[i, j, 1 + k]), float(y[i, j, 1 + k])
                    mean[k] += p
                    mean[2 + k] += q
                    error += abs(p - q)
    mean /= max(1, cells)
    power_x = power_y = both = 0.0
    for i in range(kept.shape[0]):
        for j in range(kept.shape[1]):
            if kept[i, j]:
                for k in range(2):
                    p, q = x[i, j, 1 + k] - mean[k], y[i, j, 1 + k] - mean[2 + k]
                    power_x += p * p
                    power_y += q * q
                    both += p * q
    values = max(1, 2 * cells)
    return cells, error / values, mean, power_x / values, power_y / values, both / values


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
        laid=found.laid and replace(found.laid, onto_b=not found.laid.onto_b),
    )
