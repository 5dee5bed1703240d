"""From evidence to one number, by the score contract.

≥ 0.95: only scale, format, compression or metadata differ. 0.7 … 0.95: one picture was edited. Below 0.7:
not a duplicate. The weights of `certainty` are those of a logistic regression, and its constant is such that
0.7 is the documented limit.
"""

import math
from dataclasses import dataclass

import numpy as np

from dupedash.embedded.compare.agreement import PROMISING, Agreement
from dupedash.embedded.compare.drawings import replaced
from dupedash.embedded.compare.local import by_cell
from dupedash.embedded.compare.overlay import Laid
from dupedash.embedded.compare.verify import SURE, Evidence
from dupedash.model import EXACT, NEAR

HIGHEST_EDITED = 0.945
"""Just below the exact band: what was edited, or was not compared whole, is never in it."""
EVEN = -0.2
"""Certainty at which the score is NEAR; `tools.calibrate` sets the constant of `WEIGHTS` by it."""
_SLOPE = 0.6
"""So flat that a score tells certainties of -6 to 6 apart: 0.08 to 0.94."""
_UNLIKELY = EVEN - 2.8
"""The most where no edit leads from one to the other: a score of 0.3."""
_A_LABEL = 0.007
"""Part of a picture where letters may pass for a thing in another colour; in 1,750 edited copies they did."""
_SURE_OF_IT, _AT_LEAST = 4.0, -1.1
"""Log-odds of a replacement count fourfold (the certainty of drawings with one layout is up to 5 above EVEN),
from there on: see `replaced.WEIGHTS` for what is lost and what stays."""
WEIGHTS = (-3.3, 3.9, 3.2, -4.6, -355.0, -11.1, -20.0, -16.5, 3.6, -8.4, 2.4, -10.0, 0.9, -4.2)
"""What `tools.calibrate` prints for two sets of 3,500 photos, drawings and generated copies of them, with its
own drawings: a logistic regression over 14,693 pairs that a scan compares. Of 11,919 pairs that are told at
0.7 three are wrong."""


def score(evidence: Evidence) -> float:
    """How surely two pictures show the same content, 0…1. The same for (a, b) and (b, a)."""
    if only_encoding_differs(evidence):
        return EXACT + (1 - EXACT) * max(0.0, 1 - evidence.agreement.error / 20) * 0.98
    odds = math.log(NEAR / (HIGHEST_EDITED - NEAR)) + _SLOPE * (certainty(evidence) - EVEN)
    return HIGHEST_EDITED / (1 + math.exp(-odds))


def certainty(
    evidence: Evidence,
    weights: tuple[float, ...] = WEIGHTS,
    of_drawings: tuple[float, ...] = replaced.WEIGHTS,
) -> float:
    """Log-odds that two pictures are copies of one; with other weights than those held, if asked."""
    total = float(np.dot(terms(evidence), weights)) - of_replacement(evidence, of_drawings)
    return total if not evidence.inliers or possible(evidence) else min(total, _UNLIKELY)


def terms(evidence: Evidence) -> tuple[float, ...]:
    """What speaks for and against two pictures being copies, with the constant first."""
    found, detail = evidence.agreement, evidence.agreement.detail
    alike = found.correlation, found.agreeing, min(found.colour, 0.6)
    # Other content in the same place: another colour, other text, other things.
    recoloured = min(max(0.0, found.recoloured - _A_LABEL), 0.02)
    other = recoloured, min(detail.half_alike, 0.3), min(detail.unlike, 0.3)
    same_content = 1.0, *alike, *other, min(detail.exchanged, 0.3)
    if not evidence.inliers:
        return *same_content, 1.0, min(evidence.pdq, 128) / 128, 0.0, 0.0, 0.0, 0.0
    confirmed = (evidence.confirmed + 1) / (evidence.confirmed + evidence.contradicted + 4)
    frame = (1.0, _told_by_hash(found) * min(evidence.pdq, 100) / 100) if evidence.same_frame else (0.0, 0.0)
    return *same_content, 0.0, 0.0, confirmed, max(0.0, 0.9 - _contained(evidence)), *frame


def _told_by_hash(found: Agreement) -> float:
    """How far another hash of the whole speaks against two pictures of one frame, 0…1: a caption changes it,
    and many windows with it, but leaves the rest as it was. Other text in the same layout is half alike and
    correlates less; where nearly all windows agree, no caption explains another hash.

    Of 799 heavily edited copies in two sets it finds 12 more than 1 throughout, and takes none of 180
    look-alikes of one frame for copies; the nearest goes from 0.57 to 0.60.
    """
    layout = 3 * min(found.detail.half_alike, 0.3) + 6 * max(0.0, 0.95 - found.correlation)
    return min(1.0, 0.4 + layout + 4 * max(0.0, found.agreeing - 0.65))


def _contained(evidence: Evidence) -> float:
    return max(evidence.agreement.overlap_a, evidence.agreement.overlap_b)


def of_replacement(evidence: Evidence, weights: tuple[float, ...] = replaced.WEIGHTS) -> float:
    """What something that was replaced in a drawing takes from the certainty."""
    odds = replaced.log_odds(evidence.replaced, evidence.inliers > 0, weights)
    return _SURE_OF_IT * max(0.0, odds - _AT_LEAST)


def possible(evidence: Evidence) -> bool:
    """Whether an edit could have led from one picture to the other. One shows most of the other; a turn by
    an odd angle leaves one wholly inside: else they rather share an object, a logo or a piece of a screen."""
    if evidence.agreement.agreeing < PROMISING or _by_chance(evidence):
        return False
    odd = abs((evidence.rotation + 45) % 90 - 45)
    return _contained(evidence) >= (0.93 if odd > 12 else 0.6)


_STRETCHED, _OTHER_CONTRAST = 0.1, 0.45
"""Logarithms: of how much more a map enlarges one direction than another, and of the slope of the gray
values."""
_FEW, _MOST = 25, 0.6
"""Keypoints that agree on a map, and windows that agree. Of 1,200 stretched or mirrored pairs of two labelled
sets four showed other content: up to 17 keypoints and .42 of the windows; with fewer than 33 no copy had less
than .84."""


def _by_chance(evidence: Evidence) -> bool:
    """Whether few keypoints agree on a map that stretches, and what is laid over each other by it does not
    bear it out: few windows agree, or another contrast as well has to explain what is seen. Pages, screens
    and logos that are mostly empty can be stretched and turned so that the empty parts fall on each other."""
    found = evidence.agreement
    other_contrast = abs(math.log(max(found.gain, 0.01))) > _OTHER_CONTRAST
    few_windows = 0 < evidence.inliers < _FEW and found.agreeing < _MOST
    if not few_windows and not (evidence.inliers < SURE and other_contrast):
        return False
    longest, shortest = evidence.extremes
    return math.log(longest / max(shortest, 1e-9)) > _STRETCHED


@dataclass(frozen=True, slots=True)
class _Limits:
    """How far a copy may be off that differs only in encoding."""

    structure: float
    gain: float
    differing: float
    colour_error: float
    corner: float


# Set so that of 318 exact copies of photos none is lost. With 514 edits beside them, a limit a fifth stricter
# loses 1 exact copy at most, and one a quarter looser lets 1 edit pass for exact at most.
_PLAIN = _Limits(structure=0.89, gain=0.06, differing=0.004, colour_error=1.85, corner=0.012)
_MEDIUM = _Limits(structure=0.89, gain=0.12, differing=0.015, colour_error=2.0, corner=0.012)
_SMALL = _Limits(structure=0.85, gain=0.16, differing=0.035, colour_error=2.3, corner=0.02)
_SMALL_SIDE, _MEDIUM_SIDE = 250, 420
"""Copies whose long side is below these have lost detail, and with it contrast."""
_OTHER_DETAIL = 0.005
"""Detail that is unlike in copies, at most: a fifth less or a quarter more moves none of 1,621 pairs."""


_INEXACT = 0.02
"""More than a quarter of a pixel takes from structure, and adds to the windows that differ: 0.013 and 0.01 in
copies with fine texture."""


def only_encoding_differs(evidence: Evidence) -> bool:
    """Whether nothing but scale, format and compression differs: frames, tones and details coincide."""
    limits, found = _limits(evidence), evidence.agreement
    detailed = found.structure >= limits.structure and found.differing <= limits.differing
    detailed &= found.detail.unlike <= _OTHER_DETAIL and not evidence.replaced.changed
    return (
        detailed
        and _frames_coincide(evidence, limits)
        and _tones_coincide(found, limits)
        and _same_contrast(evidence, limits)
    )


def nearly_only_encoding_differs(evidence: Evidence) -> bool:
    """Whether a map that is a little more exact could make it so."""
    limits, found = _limits(evidence), evidence.agreement
    near = found.structure >= limits.structure - _INEXACT and found.differing <= limits.differing + _INEXACT
    in_place = bool(near and evidence.inliers) and _frames_coincide(evidence, limits)
    return in_place and _same_gray(found) and _same_chroma(found)


def _limits(evidence: Evidence) -> _Limits:
    side = min(max(evidence.size_a), max(evidence.size_b))
    if side < _SMALL_SIDE:
        return _SMALL
    return _MEDIUM if side < _MEDIUM_SIDE else _PLAIN


def _frames_coincide(evidence: Evidence, limits: _Limits) -> bool:
    if evidence.mirrored or abs(math.log(evidence.stretch)) > 0.03:
        return False
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]).T
    return bool(np.abs(evidence.unit_matrix @ corners - corners[:2]).max() <= limits.corner)


def _tones_coincide(found: Agreement, limits: _Limits) -> bool:
    same_colour = found.colour_error <= (limits.colour_error if _same_chroma(found) else 0.6)
    return _same_gray(found) and same_colour and max(found.tone, found.colour) <= 0.004


def _same_gray(found: Agreement) -> bool:
    return abs(found.brightness) <= 2.5


def _same_chroma(found: Agreement) -> bool:
    return abs(math.log(max(found.chroma_gain, 0.01))) <= 0.1


_RESIZED, _COARSE_GAIN = 0.03, 0.03
"""Logarithms: of the sizes, from where one is a resized copy; of the gain of its coarse tones, at most, which
is below .023 in 80 resized copies, and above .08 in 11 with another contrast or gamma."""


def _same_contrast(evidence: Evidence, limits: _Limits) -> bool:
    """Fine lines lose contrast in another size, what is coarse does not."""
    found = evidence.agreement
    if abs(math.log(max(found.gain, 0.01))) <= limits.gain:
        return True
    resized = abs(math.log(max(evidence.size_a) / max(evidence.size_b))) > _RESIZED
    return resized and found.laid is not None and abs(math.log(_coarse_gain(found.laid))) <= _COARSE_GAIN


def _coarse_gain(laid: Laid) -> float:
    """The deviation of the gray values of one picture's cells by that of the other's."""
    over, onto = (float(by_cell(shown)[..., 0][laid.whole_cells].std()) for shown in (laid.over, laid.onto))
    return (onto + 1e-6) / (over + 1e-6)
