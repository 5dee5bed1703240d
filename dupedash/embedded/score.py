"""From evidence to one number, by the score contract.

≥ 0.95: only scale, format, compression or metadata differ. 0.7 … 0.95: one picture was edited. Below 0.7:
not a duplicate. The weights of `certainty` are those of a logistic regression on real photos with generated
edits; `EVEN` was chosen so that 0.7 is the documented limit.
"""

import math

import numpy as np

from dupedash.embedded.verify import Evidence

EXACT = 0.95
NEAR = 0.70
_HIGHEST_EDITED = 0.945
EVEN = 2.0
"""Certainty at which the score is NEAR."""
_SLOPE = 0.6
_LOOSEST = {"error": 4.0, "differing": 0.004, "tone": 0.0, "colour": 0.0}


def score(evidence: Evidence) -> float:
    """How surely two pictures show the same content, 0…1. The same for (a, b) and (b, a)."""
    if only_encoding_differs(evidence):
        return EXACT + (1 - EXACT) * max(0.0, 1 - evidence.agreement.error / 8) * 0.98
    odds = math.log(NEAR / (_HIGHEST_EDITED - NEAR)) + _SLOPE * (certainty(evidence) - EVEN)
    return _HIGHEST_EDITED / (1 + math.exp(-odds))


def certainty(evidence: Evidence) -> float:
    """Log-odds that two pictures are copies of one."""
    found = evidence.agreement
    by_frame = evidence.inliers == 0
    return (
        -3.24
        + 0.97 * math.log1p(evidence.inliers)
        + (5.54 - 5.42 * min(evidence.pdq, 128) / 128 if by_frame else 0)
        - 0.80 * found.differing
        + 1.60 * found.structure
        + 2.28 * found.correlation
        - 0.61 * max(found.overlap_a, found.overlap_b)
        - 0.40 * min(found.overlap_a, found.overlap_b)
        + 0.70 * found.tone
        - 1.59 * found.colour
    )


def only_encoding_differs(evidence: Evidence) -> bool:
    """Whether nothing but scale, format and compression differs: the frames coincide and no place differs."""
    if evidence.mirrored or abs(math.log(evidence.stretch)) > 0.03:
        return False
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]).T
    if np.abs(evidence.unit_matrix @ corners - corners[:2]).max() > 0.015:
        return False
    found = evidence.agreement
    return (
        all(getattr(found, name) <= limit for name, limit in _LOOSEST.items())
        and 0.97 <= found.gain <= 1.03
        and found.structure >= 0.92
    )
